import { parseArgs } from 'node:util';
import { AppError } from '../../contract/errors/app-error.ts';
import { CATALOG_OPTIONS, readCatalogWords, type CatalogWords } from './catalog-words.ts';

/** What stands on the command line. */
export interface Words { command: string[]; home: string | undefined; json: boolean; yes: boolean; offline: boolean; help: boolean; version: boolean; name: string | undefined; key: string | undefined; input: Record<string, unknown>; model: string | undefined; fallback: string | undefined; keepData: boolean; check: boolean; lockfile: boolean; fresh: boolean; limit: number; reset: readonly string[]; secretFd: number | undefined; agent: string | undefined; keys: string | undefined; out: string | undefined; lifetimes: 'folder' | 'hosted'; fingerprint: string | undefined; prefix: string | undefined; priority: number | undefined; folder: string | undefined; port: number; host: string | undefined; cert: string | undefined; since: string | undefined; action: string | undefined; actor: string | undefined; outcome: string | undefined; exportTo: string | undefined; verify: boolean; from: string | undefined; env: readonly string[]; header: readonly string[]; privateNetwork: boolean; copy: boolean; sha256: string | undefined; catalog: CatalogWords }

/** Reads the arguments. @throws AppError `core/bad-input` that names the word it could not read */
export function readWords(argv: readonly string[]): Words {
  const parsed = (() => {
    try {
      return parseArgs({ args: [...argv], allowPositionals: true, options: {
        home: { type: 'string' }, json: { type: 'boolean' }, yes: { type: 'boolean', short: 'y' }, offline: { type: 'boolean' }, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' },
        name: { type: 'string' }, key: { type: 'string' }, input: { type: 'string', multiple: true }, model: { type: 'string' }, fallback: { type: 'string' }, 'keep-data': { type: 'boolean' }, check: { type: 'boolean' }, lockfile: { type: 'boolean' }, new: { type: 'boolean' }, limit: { type: 'string' },
        reset: { type: 'string', multiple: true }, 'secret-fd': { type: 'string' }, agent: { type: 'string' },
        keys: { type: 'string' }, out: { type: 'string' }, for: { type: 'string' }, fingerprint: { type: 'string' }, prefix: { type: 'string' }, priority: { type: 'string' }, static: { type: 'string' }, port: { type: 'string' }, host: { type: 'string' }, cert: { type: 'string' },
        from: { type: 'string' }, since: { type: 'string' }, action: { type: 'string' }, actor: { type: 'string' }, outcome: { type: 'string' }, export: { type: 'string' }, verify: { type: 'boolean' },
        env: { type: 'string', multiple: true }, header: { type: 'string', multiple: true }, private: { type: 'boolean' }, copy: { type: 'boolean' }, sha256: { type: 'string' }, ...CATALOG_OPTIONS,
      } });
    } catch (error) {
      throw new AppError('core/bad-input', `${error instanceof Error ? error.message : String(error)} See "troupe --help".`, { cause: error });
    }
  })();
  const { values, positionals } = parsed;
  const limit = numberOf('limit', values.limit ?? '20', 1, 100);
  const lifetimes = values.for ?? 'folder';
  if (lifetimes !== 'folder' && lifetimes !== 'hosted') throw new AppError('core/bad-input', `--for takes folder or hosted, not "${lifetimes}".`);
  return {
    command: positionals, home: values.home, json: values.json ?? false, yes: values.yes ?? false, offline: values.offline ?? false, help: values.help ?? false, version: values.version ?? false,
    name: values.name, key: values.key, model: values.model, fallback: values.fallback, keepData: values['keep-data'] ?? false, check: values.check ?? false, lockfile: values.lockfile ?? false, fresh: values.new ?? false, limit, input: readInput(values.input ?? []),
    reset: values.reset ?? [], secretFd: values['secret-fd'] === undefined ? undefined : numberOf('secret-fd', values['secret-fd'], 0, 255), agent: values.agent,
    keys: values.keys, out: values.out, lifetimes, fingerprint: values.fingerprint, prefix: values.prefix, folder: values.static, host: values.host, cert: values.cert,
    from: values.from, since: values.since, action: values.action, actor: values.actor, outcome: values.outcome, exportTo: values.export, verify: values.verify ?? false,
    env: values.env ?? [], header: values.header ?? [], privateNetwork: values.private ?? false, copy: values.copy ?? false, sha256: values.sha256, catalog: readCatalogWords(values),
    priority: values.priority === undefined ? undefined : numberOf('priority', values.priority, 1, 1000), port: numberOf('port', values.port ?? '0', 0, 65_535),
  };
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) throw new AppError('core/bad-input', `--${name} takes a whole number from ${least} to ${most}, not "${text}".`);
  return value;
}

/** `k=v` pairs; a value that is JSON is taken as JSON, every other one as text. */
function readInput(pairs: readonly string[]): Record<string, unknown> {
  const input: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new AppError('core/bad-input', `--input takes name=value, not "${pair}".`);
    input[pair.slice(0, equals)] = readValue(pair.slice(equals + 1));
  }
  return { ...input };
}

function readValue(text: string): unknown {
  if (!/^(-?\d|true$|false$|null$|[[{"])/.test(text)) return text;
  try { return JSON.parse(text) as unknown; } catch (error) { if (error instanceof SyntaxError) return text; throw error; }
}

/** `id@range` → id and range. */
export function splitRange(word: string): { id: string; range: string | undefined } {
  const at = word.indexOf('@');
  return at > 0 ? { id: word.slice(0, at), range: word.slice(at + 1) } : { id: word, range: undefined };
}

/** `plugin/target` → both. @throws AppError `core/bad-input` */
export function splitTarget(word: string | undefined, usage: string): { pluginId: string; target: string } {
  const [pluginId, target, ...rest] = (word ?? '').split('/');
  if (!pluginId || !target || rest.length > 0) throw new AppError('core/bad-input', `Expected <plugin>/<name>, got "${word ?? ''}". Usage: ${usage}`);
  return { pluginId, target };
}
