/** The user's settings: typed by the contract's schema, kept in the store, with a word when they change. */
import * as z from 'zod/mini';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { settingsChangeSchema, settingsSchema, type Settings, type SettingsChange } from '../../../../contract/model/settings.ts';
import type { Log } from '../observe/index.ts';
import type { Store, WriteRequest } from '../store/index.ts';

export interface SettingsService {
  /** The value in force, or its default. */
  get<K extends keyof Settings>(key: K): Settings[K];
  all(): Settings;
  /**
   * Changes the given settings; `request` makes it happen once.
   * @returns all settings as they were right after this change
   * @throws AppError `settings/unknown` for a name that is none, `core/bad-input` for a value that does not fit
   */
  change(change: SettingsChange, request?: WriteRequest): Promise<Settings>;
  /** Puts the given settings back to their defaults. */
  reset(keys: readonly (keyof Settings)[]): Promise<Settings>;
  /** Calls `listener` after each change with the names that differ; answers how to end it. */
  onChange(listener: (changed: readonly (keyof Settings)[], settings: Settings) => void): () => void;
}

type StoredRow = { key: string; value: string };

/** Reads the settings once; `get` and `all` then answer from memory. */
export async function openSettings(options: { store: Store; now: () => number; log?: Log }): Promise<SettingsService> {
  const { store, now, log } = options;
  const listeners = new Set<Parameters<SettingsService['onChange']>[0]>();
  const parse = (rows: readonly StoredRow[]): Settings => settingsFrom(rows, (key) => log?.warn({ setting: key }, 'a stored setting does not fit and counts as unset'));
  let current = parse(await store.read('storedSettings', {}));

  /** Asks the store rather than trusting the answer of a write, which may be the first answer of a repeat. */
  async function refresh(): Promise<void> {
    const before = current;
    current = parse(await store.read('storedSettings', {}));
    const changed = (Object.keys(current) as (keyof Settings)[]).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(current[key]));
    if (changed.length > 0) for (const listener of listeners) listener(changed, current);
  }

  return {
    get: (key) => current[key],
    all: () => ({ ...current }),
    async change(change, request) {
      for (const key of Object.keys(change)) refuseUnknown(key);
      const parsed = z.safeParse(settingsChangeSchema, change);
      if (!parsed.success) throw new AppError('core/bad-input', `A setting has a value that does not fit: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} (${issue.message})`).join(', ')}. Choose one of the offered values.`);
      const values = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined).map(([key, value]) => [key, JSON.stringify(value)]));
      const rows = await store.write('putSettings', { values, at: now() }, { ...(request && { request }) });
      await refresh();
      return parse(rows);
    },
    async reset(keys) {
      for (const key of keys) refuseUnknown(key);
      const rows = await store.write('dropSettings', { keys });
      await refresh();
      return parse(rows);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => { listeners.delete(listener); };
    },
  };
}

function refuseUnknown(key: string): void {
  if (!Object.hasOwn(settingsSchema.shape, key)) throw new AppError('settings/unknown', `There is no setting called "${key.slice(0, 80)}". The settings are ${Object.keys(settingsSchema.shape).join(', ')}.`);
}

/** A row of an earlier or later release that no longer fits must not cost the other settings. */
function settingsFrom(rows: readonly StoredRow[], onUnfit: (key: string) => void): Settings {
  const fitting: Record<string, unknown> = {};
  for (const { key, value } of rows) {
    if (!Object.hasOwn(settingsSchema.shape, key)) continue;
    const parsed = z.safeParse(settingsChangeSchema, { [key]: JSON.parse(value) as unknown });
    if (parsed.success) Object.assign(fitting, parsed.data);
    else onUnfit(key);
  }
  return z.parse(settingsSchema, fitting);
}
