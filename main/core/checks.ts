/** What `doctor` looks at in the rooms behind the home's key. Each check is cheap enough to run at any time and changes nothing. */
import { AppError } from '../../contract/errors/app-error.ts';
import type { SandboxPool } from '../../sandbox/host/index.ts';
import type { CatalogStore, Store } from './base/store/index.ts';
import type { RoomCheck } from './doctor.ts';
import type { Models } from './engine/models/index.ts';
import type { Catalog } from './marketplace/catalog/index.ts';

export interface CheckedRooms {
  store: Pick<Store, 'read'>;
  catalogStore: Pick<CatalogStore, 'read'>;
  catalog: Pick<Catalog, 'status'>;
  sandbox: Pick<SandboxPool, 'run' | 'stats'>;
  models: Pick<Models, 'list' | 'models'>;
  now(): number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A registry that can be asked and was not for this long is worth a word. */
const OLD_CATALOG_MS = 14 * DAY_MS;
/** Proves that a plugin's code runs, that its answer comes back, and that a host call gets through. */
const TRIVIAL_PLUGIN = 'export default { tools: { double: async ({ number }, ctx) => { await ctx.sleep(0); return number * 2; } } };';

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

export function roomChecks(rooms: CheckedRooms): RoomCheck[] {
  const { store, catalogStore, catalog, sandbox, models, now } = rooms;
  return [
    { id: 'store', async look() {
      const [main, derived] = await Promise.all([store.read('databaseHealth', {}), catalogStore.read('databaseHealth', {})]);
      const facts = { bytes: main.bytes, schema: main.schema, catalogBytes: derived.bytes };
      const found = main.problems[0] ?? derived.problems[0];
      if (main.problems.length > 0) return { status: 'failed', message: `The database is damaged: ${found ?? ''}`, advice: 'Stop Troupe, keep a copy of the home, and put the newest file of its backups folder in the place of troupe.db.', facts };
      if (derived.problems.length > 0) return { status: 'failed', message: `The catalog's database is damaged: ${found ?? ''}`, advice: 'Stop Troupe and remove catalog.db: it is made anew from the registries.', facts };
      return { message: `The database is sound (${Math.ceil(main.bytes / 1024)} KiB, schema ${main.schema}).`, facts };
    } },
    { id: 'catalog', async look() {
      const { registries } = await catalog.status();
      const facts = { registries: registries.map(({ id, kind, entries, sequence, syncedAt, expiresAt, error }) => ({ id, kind, entries, sequence, syncedAt, expiresAt, error: error?.code ?? null })) };
      const refused = registries.find(({ error }) => error !== null);
      if (refused) return { status: refused.entries > 0 ? 'warning' : 'failed', message: `The registry ${refused.name} could not be synced: ${refused.error?.message ?? ''}`, advice: 'What was synced before goes on working. Try "troupe catalog sync".', facts };
      const expired = registries.find(({ kind, expiresAt }) => kind !== 'embedded' && expiresAt !== null && expiresAt < now());
      if (expired) return { status: 'warning', message: `What the registry ${expired.name} signed has expired, so nothing new is installed from it.`, advice: 'Sync the catalog with a network.', facts };
      const old = registries.find(({ kind, syncedAt }) => kind !== 'embedded' && (syncedAt ?? 0) < now() - OLD_CATALOG_MS);
      if (old) return { status: 'warning', message: `The registry ${old.name} was not synced for two weeks.`, advice: 'Sync the catalog with a network.', facts };
      return { message: `The catalog knows ${counted(registries.reduce((sum, { entries }) => sum + entries, 0), 'plugin')} of ${counted(registries.length, 'registry', 'registries')}.`, facts };
    } },
    { id: 'sandbox', async look() {
      const began = performance.now();
      const { output } = await sandbox.run({
        code: TRIVIAL_PLUGIN, entry: { kind: 'tool', tool: 'double' }, input: { number: 21 }, hostCalls: { call: () => Promise.resolve(null) },
        context: { execution: { user_id: 'doctor', session_id: 'doctor', execution_id: 'doctor' }, parameters: {}, config: {} }, limits: { deadlineMs: 2_000 },
      });
      if (output !== 42) throw new AppError('sandbox/crashed', 'A plugin in the sandbox answered wrongly.', { details: { output } });
      const { processes, engine } = sandbox.stats();
      return { message: `The sandbox runs plugins in ${counted(processes, 'process', 'processes')}${engine === 'quickjs' ? ' with QuickJS, the slower of its two engines' : ''}.`, facts: { engine, processes, milliseconds: Math.round(performance.now() - began) } };
    } },
    { id: 'models', async look() {
      const [providers, known] = await Promise.all([models.list(), models.models()]);
      const facts = { models: known.length, providers: providers.map(({ id, name, hasKey, isDefault, status }) => ({ id, name, hasKey, isDefault, state: status.state, code: status.code })) };
      const failing = providers.filter(({ status }) => status.state === 'failing' || status.state === 'open');
      if (failing.length > 0) return { status: 'warning', message: `${failing.map(({ name, status }) => `${name} does not answer as it should: ${status.message ?? status.state}`).join(' ')}`, advice: 'Test the provider in Settings › Models, or choose another model.', facts };
      if (providers.length === 0) return { message: 'No model provider was added; agents answer with the practice model.', facts };
      return { message: `${counted(providers.length, 'model provider')} with ${counted(known.filter((model) => !model.practice).length, 'model')}.`, facts };
    } },
  ];
}
