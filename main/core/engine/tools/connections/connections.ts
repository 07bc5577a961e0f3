import { AppError, toWire } from '../../../../../contract/errors/app-error.ts';
import { valueProblem, type ConfigurationField, type ConfigurationValue } from '../../../../../contract/model/configuration.ts';
import { OWN } from '../../../../../contract/model/ids.ts';
import type { BuiltinTool, Connection, ConnectionForm, ConnectionKind, ConnectionStatus, ConnectionTest, HostCircuit } from '../../../../../contract/model/tool.ts';
import type { Activity } from '../../../base/audit/index.ts';
import type { Credentials } from '../../../base/credentials/index.ts';
import { MAX_BODY_BYTES, type Http } from '../../../base/http/index.ts';
import { secretForms } from '../../../base/observe/index.ts';
import type { ConnectionRow, Store, WriteRequest } from '../../../base/store/index.ts';
import type { Clock, Ids, RunContext } from '../../runs/index.ts';
import { maskOver, NO_MASK, type SecretMask } from '../secret-mask.ts';
import { canonicalJson, hashOf, sha256, type Tool } from '../tool.ts';
import { createHostCircuits, hostFailed, type HostCircuits } from './circuits.ts';
import type { ConnectedTool, Kind, Reach, Values } from './kind.ts';
import { KINDS } from './kinds.ts';
import { agentTeller, type Teller } from './teller.ts';

export interface ConnectionsOptions {
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly http: Pick<Http, 'guardedFetch' | 'addressesOf'>;
  /** Where their secrets are kept; `stores`: whether this home keeps any beyond the life of the core. */
  readonly secrets: Pick<Credentials, 'setSecret' | 'withSecret' | 'deleteSecret' | 'hasSecret'>;
  readonly stores: () => boolean;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly changed: (topic: 'tools') => void;
  readonly activity?: Activity | undefined;
}

/** What a person writes into a connection. A secret of null is removed. */
export interface ConnectionChange { readonly set: Values; readonly secrets: Readonly<Record<string, string | null>> }

/** What built-in tools are connected to. Inputs are those of contract/api/tools.ts. */
export interface Connections {
  list(): Promise<Connection[]>;
  forms(): ConnectionForm[];
  secretsKept(): 'sealed' | 'session';
  /** Throws what `connect` would say about the form, before a person is asked for a folder. */
  check(kind: ConnectionKind, change: ConnectionChange): void;
  /** Kept, and given to `agents`. Errors: `core/bad-input` (with `details.problems` by field), `tools/name-taken`, `team/not-found`. */
  connect(input: { kind: ConnectionKind; name: string; folder: string | null; agents?: readonly string[] } & ConnectionChange, request?: WriteRequest): Promise<Connection>;
  /** Errors, here and below: `tools/no-connection`. */
  configure(input: { id: string; reset: readonly string[] } & ConnectionChange, request?: WriteRequest): Promise<Connection>;
  /** A failure is the answer. */
  test(input: { id: string }, signal: AbortSignal): Promise<ConnectionTest>;
  disconnect(input: { id: string }, request?: WriteRequest): Promise<Record<string, never>>;
  give(input: { id: string; agents: readonly string[] }, request?: WriteRequest): Promise<Connection>;
  circuits: HostCircuits & { list(): HostCircuit[] };
  /** Tools of connections that can be given to an agent, each once, without any connection behind it: using one is refused. */
  readonly bare: readonly Tool[];
  /** The kind of connection that a tool needs; undefined for one that needs none. */
  kindWith(toolId: string): ConnectionKind | undefined;
  /** The tools called `toolId` that these agents may use, one for each connection given to them. */
  toolsFor(toolId: string, agents: readonly string[]): Promise<Tool[]>;
}

/** A call to a host or a database takes no longer. */
const CALL_MS = 30_000;
const TEST_MS = 20_000;
const VERSION = '1';
const UNTESTED: ConnectionStatus = { state: 'untested', message: null, checkedAt: null, retryAt: null };

/** Whose connections a run may use: the hire's, and those of the agent of one's own that it is made of. */
export const agentsOf = ({ run }: Pick<RunContext, 'run'>): string[] => [...(run.hireId === null ? [] : [run.hireId]), ...(run.pluginId === OWN ? [run.executionTarget] : [])];

const secretId = (id: string, key: string): string => `tool ${id} ${key}`;
const kindOf = (row: Pick<ConnectionRow, 'kind'>): Kind | undefined => KINDS.find(({ kind }) => kind === row.kind);
const shown = ({ id, title, description, effect }: Pick<Tool, 'id' | 'title' | 'description' | 'effect'>): BuiltinTool => ({ id, title, description, effect });
const once = (request: WriteRequest | undefined): { request?: WriteRequest } => (request ? { request } : {});
const noConnection = (): AppError => new AppError('tools/no-connection', 'There is no such connection. It may have been removed; look at Settings › Tools.');

export function createConnections(options: ConnectionsOptions): Connections {
  const { store, clock } = options;
  const changed = (): void => { options.changed('tools'); };
  const circuits = createHostCircuits(clock, changed);
  const statuses = new Map<string, ConnectionStatus>();
  /** Hosts that a connection asked, to show on it when one of them is left alone. */
  const asked = new Map<string, string>();

  const valuesOf = (kind: Kind, row: Pick<ConnectionRow, 'configuration'>): Values => {
    const stored = JSON.parse(row.configuration) as Record<string, unknown>;
    return Object.fromEntries(kind.fields.flatMap((entry) => {
      const value = Object.hasOwn(stored, entry.key) && valueProblem(entry, stored[entry.key]) === undefined ? stored[entry.key] : entry.default;
      return value === null || value === undefined ? [] : [[entry.key, value as ConfigurationValue]];
    }));
  };

  async function rowOf(id: string): Promise<{ row: ConnectionRow; kind: Kind }> {
    const row = await store.read('connectionById', { id });
    const kind = row && kindOf(row);
    if (!row || !kind) throw noConnection();
    return { row, kind };
  }

  async function view(row: ConnectionRow, kind: Kind): Promise<Connection> {
    const stored = JSON.parse(row.configuration) as Record<string, ConfigurationValue>;
    const values = valuesOf(kind, row);
    const fields = await Promise.all(kind.fields.map(async (entry): Promise<ConfigurationField> => ({
      ...entry, value: entry.type === 'secret' ? null : stored[entry.key] ?? null,
      isSet: entry.type === 'secret' ? await options.secrets.hasSecret(secretId(row.id, entry.key)) : values[entry.key] !== undefined,
    })));
    const host = asked.get(row.id);
    const retryAt = host === undefined ? null : circuits.retryAt(host);
    const status = statuses.get(row.id) ?? UNTESTED;
    return {
      id: row.id, kind: kind.kind, name: row.name, place: kind.place(values, row.folder), fields, missing: fields.filter(({ required, isSet }) => required && !isSet).map(({ key }) => key),
      agents: JSON.parse(row.agents) as string[], tools: toolsIn(kind, values).map(shown), status: retryAt === null ? status : { ...status, state: 'open', retryAt }, createdAt: row.createdAt,
    };
  }

  const toolsIn = (kind: Kind, values: Values): ConnectedTool[] => kind.tools.filter((tool) => tool.offered?.(values) ?? true);

  /** @throws AppError `core/bad-input` that names every field that does not fit; the values are not repeated */
  function check(kind: Kind, { set, secrets }: ConnectionChange, all: Values, held: ReadonlySet<string>): void {
    const entries = new Map(kind.fields.map((entry) => [entry.key, entry]));
    const problems = [
      ...Object.entries(set).flatMap(([key, value]) => { const entry = entries.get(key); const problem = entry ? valueProblem(entry, value) : 'unknown'; return problem === undefined ? [] : [{ key, problem: String(problem) }]; }),
      ...Object.keys(secrets).flatMap((key) => (entries.get(key)?.type === 'secret' ? [] : [{ key, problem: 'unknown' }])),
      ...kind.fields.flatMap(({ key, type, required, default: standard }) => (!required || standard !== null || Object.hasOwn(set, key) || (type === 'secret' ? held.has(key) : all[key] !== undefined) ? [] : [{ key, problem: 'empty' }])),
    ];
    const together = problems.length === 0 ? kind.problem?.(all) : undefined;
    if (problems.length > 0 || together !== undefined) throw new AppError('core/bad-input', together ?? `The connection was not kept: ${problems.map(({ key }) => `"${entries.get(key)?.label ?? key}"`).join(', ')} ${problems.length === 1 ? 'does' : 'do'} not fit. Correct what is marked.`, { details: { problems } });
  }

  /** @throws AppError `core/bad-input` for secrets that were entered for another place than where they would go now */
  function mustBeNew(row: ConnectionRow, kind: Kind, keys: readonly string[]): void {
    const labels = kind.fields.filter(({ key }) => keys.includes(key)).map(({ label }) => `"${label}"`).join(', ');
    if (keys.length > 0) throw new AppError('core/bad-input', `${labels} was entered for ${kind.goesTo?.(valuesOf(kind, row)) ?? ''} and is sent nowhere else. Enter it again together with the change, or remove it first.`, { details: { problems: keys.map((key) => ({ key, problem: 'empty' })) } });
  }

  async function keepSecrets(id: string, name: string, secrets: ConnectionChange['secrets']): Promise<void> {
    for (const [key, value] of Object.entries(secrets)) {
      if (value === null) await options.secrets.deleteSecret(secretId(id, key));
      else await options.secrets.setSecret(`${name}: ${key}`, value, { id: secretId(id, key), session: !options.stores() });
    }
  }

  async function held(id: string, kind: Kind): Promise<Set<string>> {
    const keys = kind.fields.filter(({ type }) => type === 'secret').map(({ key }) => key);
    const there = await Promise.all(keys.map((key) => options.secrets.hasSecret(secretId(id, key))));
    return new Set(keys.filter((_, at) => there[at]));
  }

  const keyed = (secrets: ConnectionChange['secrets']): Set<string> => new Set(Object.entries(secrets).flatMap(([key, value]) => (value === null ? [] : [key])));
  const kindNamed = (name: ConnectionKind): Kind => KINDS.find(({ kind }) => kind === name) as Kind;
  const withDefaults = (kind: Kind, set: Values): Values => valuesOf(kind, { configuration: JSON.stringify(set) });

  /** Over every secret of the connection, so that nothing that comes back can tell one. */
  async function maskFor(id: string, kind: Kind): Promise<SecretMask> {
    const found: { form: string; token: string }[] = [];
    for (const { key, type } of kind.fields) {
      if (type !== 'secret') continue;
      await lend(id, key, (value) => { for (const form of value === undefined ? [] : secretForms(value)) found.push({ form, token: `[${key}]` }); });
    }
    return found.length === 0 ? NO_MASK : maskOver(found);
  }

  async function lend<T>(id: string, key: string, use: (value: string | undefined) => Promise<T> | T): Promise<T> {
    if (!(await options.secrets.hasSecret(secretId(id, key)))) return use(undefined);
    return options.secrets.withSecret(secretId(id, key), use);
  }

  function reachOf(row: ConnectionRow, kind: Kind, mask: SecretMask, signal: AbortSignal, about: { told: Teller }): Reach {
    const through = <T>(host: string, work: () => Promise<T>, bad?: (value: T) => string | undefined): Promise<T> => {
      asked.set(row.id, host);
      return circuits.through(host, work, {
        ...(bad && { bad }),
        failed: hostFailed(signal),
      });
    };
    return {
      values: valuesOf(kind, row), folder: row.folder, name: row.name, clock, ids: options.ids, signal,
      withSecret: (key, use) => lend(row.id, key, use),
      told: (action, subject) => { about.told(action, mask.text(subject), 'done'); },
      async request(origin, request, readOnly) {
        const entry = `${origin.protocol}//${origin.host}`;
        const subject = `${request.method} ${origin.host}`;
        try {
          const response = await through(origin.host, () => options.http.guardedFetch(request, { hosts: [entry], allowPrivate: [entry], readOnly, signal, maxBytes: MAX_BODY_BYTES }),
            ({ status }) => (status >= 500 ? `${origin.host} answered ${status}.` : undefined));
          about.told('host_reached', subject, 'done', String(response.status));
          return { ...response, url: mask.text(response.url), statusText: mask.text(response.statusText), headers: response.headers.map(([name, value]) => [mask.text(name), mask.text(value)]), body: await mask.bytes(response.body) };
        } catch (error) {
          about.told('host_reached', subject, 'failed', toWire(error).code);
          throw error;
        }
      },
      async speak(host, port, work) {
        const where = `${host}:${port}`;
        try {
          const value = await through(where, async () => work((await options.http.addressesOf(host, port))[0] as string));
          about.told('host_reached', where, 'done');
          return value;
        } catch (error) {
          about.told('host_reached', where, 'failed', toWire(error).code);
          throw error;
        }
      },
    };
  }

  /** The tool of one connection. Grant and connection are looked at again with each call: what was taken back holds at once. */
  function toolOf(row: ConnectionRow, kind: Kind, declared: ConnectedTool): Tool {
    const facts = { id: `${declared.id}@${row.id}`, title: `${declared.title} · ${row.name}`, description: `${declared.description} Connection: ${row.name} (${kind.place(valuesOf(kind, row), row.folder)}).`, input: declared.input, output: declared.output, effect: declared.effect };
    return {
      ...facts, connectionName: row.name, version: VERSION, hash: sha256(canonicalJson([hashOf(facts), row.createdAt, row.revision])),
      async run(input, call) {
        const { context } = call.session;
        const now = (await store.read('connectionsOf', { agents: agentsOf(context) })).find(({ id }) => id === row.id);
        if (!now || now.revision !== row.revision || now.createdAt !== row.createdAt) throw new AppError('permission/denied', `The connection "${row.name}" was changed or taken from this agent meanwhile. Give it again in Settings › Tools.`, { details: { permission: `connection:${row.id}` } });
        const mask = await maskFor(row.id, kind);
        const signal = AbortSignal.any([call.signal, AbortSignal.timeout(CALL_MS)]);
        try {
          const output = mask.value(await declared.run(input, reachOf(row, kind, mask, signal, { told: teller(call) })));
          for (const address of declared.found?.(output) ?? []) call.session.addresses.add(address);
          return { output, logs: [], metrics: {} };
        } catch (error) {
          throw mask.error(!call.signal.aborted && signal.aborted ? new AppError('core/timeout', `${row.name} did not answer within ${CALL_MS / 1000} seconds. Ask for less, or try again later.`, { cause: error }) : error);
        }
      },
    };
  }

  const teller = agentTeller(options.activity);

  async function mustBeAgents(agents: readonly string[]): Promise<void> {
    for (const agent of agents) if (!(await store.read('hireById', { id: agent })) && !(await store.read('ownAgentById', { id: agent }))) throw new AppError('team/not-found', 'One of these agents is not there any more. Look at the team and choose again.');
  }

  const connections: Connections = {
    async list() { return (await Promise.all((await store.read('connectionList', undefined)).map((row) => { const kind = kindOf(row); return kind ? view(row, kind) : undefined; }))).filter((one) => one !== undefined); },
    forms: () => KINDS.map(({ kind, fields, picks, tools }) => ({ kind, fields: [...fields], picks, tools: tools.map(shown) })),
    secretsKept: () => (options.stores() ? 'sealed' : 'session'),
    check(name, change) { const kind = kindNamed(name); check(kind, change, withDefaults(kind, change.set), keyed(change.secrets)); },
    async connect({ kind: name, name: called, folder, set, secrets, agents = [] }, request) {
      const kind = kindNamed(name);
      connections.check(name, { set, secrets });
      if (kind.picks && folder === null) throw new AppError('core/bad-input', 'This connection needs a folder. Pick one.', { details: { problems: [] } });
      await mustBeAgents(agents);
      const id = options.ids.next();
      const stored = await store.write('insertConnection', { id, kind: name, name: called, configuration: JSON.stringify(set), folder: kind.picks ? folder : null, at: clock.now() }, once(request));
      if (stored.id === id) await keepSecrets(id, called, secrets);
      if (agents.length > 0) await store.write('giveConnection', { id: stored.id, agents, at: clock.now() });
      changed();
      const { row } = await rowOf(stored.id);
      return view(row, kind);
    },
    async configure({ id, set, reset, secrets }, request) {
      const { row, kind } = await rowOf(id);
      const kept = Object.fromEntries(Object.entries({ ...JSON.parse(row.configuration) as Values, ...set }).filter(([key]) => !reset.includes(key)));
      const keys = new Set([...await held(id, kind), ...keyed(secrets)].filter((key) => secrets[key] !== null));
      const next = withDefaults(kind, kept);
      check(kind, { set, secrets }, next, keys);
      if (kind.goesTo && kind.goesTo(valuesOf(kind, row)) !== kind.goesTo(next)) mustBeNew(row, kind, [...keys].filter((key) => !Object.hasOwn(secrets, key)));
      await keepSecrets(id, row.name, secrets);
      await store.write('configureConnection', { id, configuration: JSON.stringify(kept), changed: [...Object.keys(set), ...reset, ...Object.keys(secrets)] }, once(request));
      statuses.delete(id);
      changed();
      return view((await rowOf(id)).row, kind);
    },
    async test({ id }, stop) {
      const { row, kind } = await rowOf(id);
      const [began, mask] = [clock.now(), await maskFor(id, kind)];
      const host = asked.get(id);
      // The person asks for it: a host that is left alone is asked at once.
      if (host !== undefined) circuits.reset(host);
      const signal = AbortSignal.any([stop, AbortSignal.timeout(TEST_MS)]);
      const result = await kind.test(reachOf(row, kind, mask, signal, { told: () => undefined })).then((message) => ({ ok: true, message: mask.text(message) }), (error: unknown) => ({
        ok: false, message: signal.aborted ? `It did not answer within ${TEST_MS / 1000} seconds. Check the address.` : mask.text(toWire(error).message),
      }));
      statuses.set(id, { state: result.ok ? 'ready' : 'failing', message: result.message, checkedAt: clock.now(), retryAt: null });
      changed();
      return { ...result, latencyMs: clock.now() - began };
    },
    async disconnect({ id }, request) {
      const found = await store.read('connectionById', { id });
      const kind = found && kindOf(found);
      await store.write('dropConnection', { id }, once(request));
      for (const { key, type } of kind?.fields ?? []) if (type === 'secret') await options.secrets.deleteSecret(secretId(id, key));
      statuses.delete(id);
      asked.delete(id);
      changed();
      return {};
    },
    async give({ id, agents }, request) {
      await mustBeAgents(agents);
      await store.write('giveConnection', { id, agents, at: clock.now() }, once(request));
      changed();
      const { row, kind } = await rowOf(id);
      return view(row, kind);
    },
    circuits,
    bare: KINDS.flatMap(({ tools }) => tools.map((declared): Tool => ({
      id: declared.id, title: declared.title, description: declared.description, input: declared.input, output: declared.output, effect: declared.effect, hash: hashOf(declared), version: VERSION,
      run: () => Promise.reject(new AppError('permission/denied', `No connection for ${declared.title} was given to this agent. Give it one in Settings › Tools.`, { details: { permission: `connection:${declared.id}` } })),
    }))),
    kindWith: (toolId) => KINDS.find(({ tools }) => tools.some(({ id }) => id === toolId))?.kind,
    async toolsFor(toolId, agents) {
      const rows = agents.length === 0 ? [] : await store.read('connectionsOf', { agents });
      return rows.flatMap((row) => {
        const kind = kindOf(row);
        return kind ? toolsIn(kind, valuesOf(kind, row)).filter(({ id }) => id === toolId).map((declared) => toolOf(row, kind, declared)) : [];
      });
    },
  };
  return connections;
}
