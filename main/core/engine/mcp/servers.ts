import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError, hasCode, toWire } from '../../../../contract/errors/app-error.ts';
import type { McpBundle, McpDefinition, McpLogLine, McpPreview, McpServer, McpState, McpTest, McpTool, McpTransport } from '../../../../contract/model/mcp.ts';
import { folderToGive } from '../../base/folders/index.ts';
import type { HttpParts } from '../../base/http/index.ts';
import type { Store, WriteRequest } from '../../base/store/index.ts';
import type { UploadPart } from '../../base/uploads/index.ts';
import type { Clock, Ids } from '../runs/index.ts';
import { readAddress, serverFetch } from './address.ts';
import { createBoundedLog, type BoundedLog } from './bounded-log.ts';
import { createBundles } from './bundles.ts';
import { Connection } from './connection.ts';
import { definitionHash, definitionText, readDefinition, toolId } from './definition.ts';
import { programEnvironment } from './environment.ts';
import { slugFor } from './names.ts';
import { readServersFile } from './servers-file.ts';
import { createProcessGuard } from './process-guard.ts';
import { outputOf } from './result.ts';
import type { McpAnswer, McpQuestion, Session } from './session.ts';
import { serverOf, toolOf, type StoredServer } from './stored.ts';
import type { SignIn } from './sign-in.ts';
import { dropValues, keepValues, missingOf, presentValues, secretId, valuesOf, type McpSecrets } from './values.ts';

export interface McpOptions {
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly secrets: McpSecrets;
  readonly network: HttpParts;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly changed: () => void;
  /** Takes the values of known secrets out of a text. */
  readonly clean: (text: string) => string;
  /** Where programs begin: a folder of their own, each. */
  readonly folder: string;
  /** Troupe's own folder, of which nobody is told. */
  readonly home: string;
  /** Troupe's own version, which servers are told. */
  readonly version: string;
  /** Where bundles are unpacked. */
  readonly bundles: string;
  /** Where a bundle lies that a page brought, until it is added; nothing else may lie there. */
  readonly broughtBundles: string;
  readonly guardFile?: string | undefined;
  /** Ms after which an unused server is stopped. */
  readonly idleMs?: number | undefined;
}

/** A tool that agents may be given. */
export interface UsableTool { readonly id: string; readonly serverId: string; readonly serverName: string; readonly effect: McpTool['effect']; readonly definition: McpDefinition; readonly hash: string }

export interface McpCall {
  readonly signal: AbortSignal;
  readonly progress: (fraction: number, message: string) => void;
  /** Puts a question of the server to the person. `withdrawn` is aborted when nobody waits for the answer any more; its reason says why. */
  readonly ask: (server: string, question: McpQuestion, withdrawn: AbortSignal) => Promise<McpAnswer>;
  /** Calls of one run may be asked for each other; those of another never. */
  readonly run: string;
}

type Values = Readonly<Record<string, string>>;

/** Servers of the Model Context Protocol. Inputs are those of contract/api/mcp.ts. */
export interface Mcp {
  list(): Promise<{ servers: McpServer[] }>;
  /** Whether a transport may be used at all, and what the person is to confirm for it; null when there is nothing to confirm. Errors: `core/bad-input`. */
  confirmation(name: string, transport: McpTransport): string | null;
  /** Errors: `mcp/not-found`. */
  get(input: { id: string }): Promise<McpServer>;
  /** Errors: `core/bad-input`, `credentials/no-store`. */
  add(input: { name: string; transport: McpTransport; values: Values }, request?: WriteRequest): Promise<McpServer>;
  update(input: { id: string; name?: string | undefined; transport?: McpTransport | undefined; values: Values }, request?: WriteRequest): Promise<McpServer>;
  setEnabled(input: { id: string; enabled: boolean }, request?: WriteRequest): Promise<McpServer>;
  remove(input: { id: string }, request?: WriteRequest): Promise<Record<string, never>>;
  restore(input: { id: string }, request?: WriteRequest): Promise<McpServer>;
  test(input: { id: string }, signal: AbortSignal): Promise<McpTest>;
  tools(input: { id: string }): Promise<{ tools: McpTool[] }>;
  setEffect(input: { id: string; tool: string; effect: McpTool['effect'] }, request?: WriteRequest): Promise<McpTool>;
  acceptTool(input: { id: string; tool: string; hash: string }, request?: WriteRequest): Promise<McpTool>;
  /** Begins a sign-in at the server; its end is told by `changed`. Errors: `mcp/bad-answer`, `mcp/unavailable`, `core/bad-input` for a program. */
  signIn(input: { id: string }): Promise<{ at: string | null; done: Promise<void> }>;
  signOut(input: { id: string }): Promise<McpServer>;
  log(input: { id: string }): Promise<{ lines: McpLogLine[] }>;
  /** What a file of servers would add. Errors: `core/bad-input`. */
  previewImport(input: { text: string }): McpPreview[];
  /** Adds those that `keys` names, with the values that stand in the file. Errors: `core/bad-input`, `credentials/no-store`. */
  import(input: { text: string; keys: readonly string[] }): Promise<McpServer[]>;
  /** Looks at a bundle where it lies; nothing of it is run or written. Errors: `core/bad-input`, `plugins/bad-archive`. */
  openBundle(input: { path: string }): Promise<McpBundle>;
  /** A part of a bundle that a page was given; after the last one the same as `openBundle`, else null. Errors: those of `openBundle`. */
  bringBundle(part: UploadPart): Promise<McpBundle | null>;
  /** How the server of an opened bundle would be reached. Errors: `core/bad-input`, `plugins/bad-archive`. */
  previewBundle(input: { id: string; values: Values }): Promise<McpTransport>;
  /** Unpacks an opened bundle and adds its server. Errors: those of `previewBundle` and `add`. */
  addBundle(input: { id: string; name: string; values: Values }, request?: WriteRequest): Promise<McpServer>;
  /** Tells a program of a folder; it hears at once when it runs. Errors: `mcp/not-found`, `core/bad-input`, `permission/denied`. */
  addFolder(input: { id: string; path: string }, request?: WriteRequest): Promise<McpServer>;
  /** Whether it may be told of folders at all. Errors: `mcp/not-found`, `core/bad-input`. */
  checkFolders(input: { id: string }): Promise<McpServer>;
  removeFolder(input: { id: string; path: string }, request?: WriteRequest): Promise<McpServer>;
  /** Every tool of every server that is switched on, as it was pinned. */
  usable(): Promise<readonly UsableTool[]>;
  /**
   * Calls a pinned tool; `input` has passed its schema. Errors: `mcp/tool-paused`, `mcp/unavailable`, `mcp/bad-answer`,
   * `mcp/values-missing`, `mcp/sign-in-needed`, `tools/failed`, the signal's reason.
   */
  call(tool: UsableTool, input: Readonly<Record<string, unknown>>, call: McpCall): Promise<unknown>;
  /** At start: what a crash left of bundles. */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

interface Live { readonly connection: Connection; readonly log: BoundedLog; readonly calls: Set<McpCall>; server: StoredServer; about: string | null; refused: McpTool[]; stale: boolean }

const once = (request: WriteRequest | undefined): { request?: WriteRequest } => (request ? { request } : {});
const notFound = (): AppError => new AppError('mcp/not-found', 'There is no such MCP server. It may have been removed; undo that, or add it again.');
const DAY_MS = 86_400_000;

export function createMcp(options: McpOptions): Mcp {
  const { store, secrets, clock, ids } = options;
  const guard = createProcessGuard(options.guardFile);
  const live = new Map<string, Live>();
  const signIns = new Map<string, SignIn>();
  const bundles = createBundles({ folder: options.bundles, brought: options.broughtBundles, nextId: () => ids.next(), kept: () => store.read('mcpTransports', { since: clock.now() - DAY_MS }) });
  let stopped = false;

  async function stored(id: string): Promise<StoredServer> {
    const row = await store.read('mcpServerById', { id });
    if (!row || row.removedAt !== null) throw notFound();
    return serverOf(row);
  }

  function liveOf(server: StoredServer): Live {
    const known = live.get(server.id);
    if (known) { known.server = server; return known; }
    const log = createBoundedLog(() => clock.now(), options.clean);
    const one: Live = { log, calls: new Set(), server, about: null, refused: [], stale: true, connection: new Connection({
      name: server.name, clock, log, changed: options.changed, idleMs: options.idleMs, open: (closed, signal) => open(one, closed, signal),
    }) };
    live.set(server.id, one);
    return one;
  }

  async function open(one: Live, closed: () => void, signal: AbortSignal): Promise<Session> {
    const { server, log } = one;
    const values = await valuesOf(secrets, server);
    const [dial, end] = [await import('./dial.ts'), [closed]];
    let transport;
    if (server.transport.kind === 'stdio') {
      const folder = path.join(options.folder, server.id);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      transport = new dial.ProgramTransport({ ...server.transport, environment: programEnvironment(values), folder, guard, log });
    } else {
      const { fetch, close } = serverFetch(server.transport, options.network);
      end.push(close);
      const url = new URL(server.transport.url);
      // A header of the person's own takes the place of a sign-in.
      const hasOwn = server.transport.headers.some((name) => name.toLowerCase() === 'authorization');
      transport = dial.addressTransport(url, fetch, values, hasOwn ? undefined : dial.keptSignIn({ secrets, serverId: server.id, name: server.name, url, fetch }));
    }
    one.stale = true;
    const session = await dial.openSession({
      transport, version: options.version, log, signal, folders: () => one.server.folders, closed: () => { for (const each of end) each(); },
      toolsChanged: () => { one.stale = true; log.add('troupe', 'It says that its tools changed.'); }, ask: (question, withdrawn) => askFor(one, question, withdrawn),
    });
    one.about = session.server;
    return session;
  }

  /** The question goes to the run whose call is under way. With none, or with several runs, nobody knows whose it is. */
  async function askFor(one: Live, question: McpQuestion, withdrawn: AbortSignal): Promise<McpAnswer> {
    const [call, ...others] = one.calls;
    if (!call || others.some(({ run }) => run !== call.run)) {
      one.log.add('troupe', 'It asked for something while no single run was using it; that was declined.');
      return { action: 'cancel' };
    }
    return call.ask(one.server.name, question, withdrawn);
  }

  /** Lists the tools when they may have changed, and keeps what they say now. */
  async function look(one: Live, session: Session, signal: AbortSignal): Promise<void> {
    if (!one.stale) return;
    one.stale = false;
    try {
      const offered = await session.tools(signal);
      const refused: McpTool[] = [];
      const read = new Map<string, string>();
      for (const tool of offered) {
        const result = readDefinition(one.server.slug, tool);
        const problem = 'problem' in result ? result.problem : read.has(tool.name) ? 'Another tool of this server has the same name.' : undefined;
        if ('definition' in result && problem === undefined) read.set(tool.name, definitionText(result.definition));
        else refused.push({ id: toolId(one.server.slug, ''), name: tool.name.slice(0, 128), state: 'refused', effect: 'write', pinned: null, seen: null, hash: '', problem: problem ?? null });
      }
      one.refused = refused;
      const { changed } = await store.write('seeMcpTools', { id: one.server.id, tools: [...read].map(([name, definition]) => ({ name, definition })) });
      if (changed.length > 0) one.log.add('troupe', `These tools say something else now: ${changed.join(', ').slice(0, 500)}.`);
      options.changed();
    } catch (error) {
      one.stale = true;
      throw error;
    }
  }

  const toolsOf = async (server: StoredServer): Promise<McpTool[]> => (await store.read('mcpTools', { serverId: server.id })).map((row) => toolOf(server, row));
  async function toolNamed(server: StoredServer, name: string): Promise<McpTool> {
    const tool = (await toolsOf(server)).find((one) => one.name === name);
    if (!tool) throw new AppError('tools/not-found', `The MCP server "${server.name}" has no tool "${name.slice(0, 80)}". Test the server to see which it has.`);
    return tool;
  }

  function view(server: StoredServer, tools: readonly McpTool[], present: ReadonlySet<string>): McpServer {
    const missing = missingOf(server, present);
    const { state, code, message, retryAt } = live.get(server.id)?.connection.state() ?? { state: 'idle' as const, code: null, message: null, retryAt: null };
    const shown: McpState = !server.enabled ? 'off' : missing.length > 0 ? 'values' : code === 'mcp/sign-in-needed' ? 'signIn' : state;
    return {
      id: server.id, slug: server.slug, name: server.name, transport: server.transport, enabled: server.enabled, missing, state: shown, code, message, retryAt,
      tools: tools.filter((tool) => tool.state === 'ready').length, paused: tools.filter((tool) => tool.state === 'changed' || tool.state === 'new').length, folders: [...server.folders], signedIn: code === 'mcp/sign-in-needed' ? false : present.has(secretId(server.id, 'oauth')) ? true : null, createdAt: server.createdAt,
    };
  }

  /** A server that runs is told, and asks for its folders as they are now. */
  async function foldersChanged(id: string): Promise<McpServer> {
    const one = live.get(id);
    if (one) {
      one.server = await stored(id);
      one.connection.tell((session) => session.rootsChanged());
    }
    options.changed();
    return mcp.get({ id });
  }

  /** Ends what runs as it was; the next use begins with what is kept now. */
  async function end(id: string): Promise<void> {
    const one = live.get(id);
    live.delete(id);
    await one?.connection.stop();
  }

  const mcp: Mcp = {
    async list() {
      const [rows, tools, present] = await Promise.all([store.read('mcpServers', undefined), store.read('mcpTools', { serverId: null }), presentValues(secrets)]);
      return { servers: rows.map(serverOf).map((server) => view(server, tools.filter(({ serverId }) => serverId === server.id).map((row) => toolOf(server, row)), present)) };
    },
    async get({ id }) {
      const server = await stored(id);
      return view(server, await toolsOf(server), await presentValues(secrets, id));
    },
    confirmation(name, transport) {
      if (transport.kind === 'http') { readAddress(transport); return null; }
      return [transport.command, ...transport.args].map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : JSON.stringify(word))).join(' ') + (transport.environment.length === 0 ? '' : `\n${name}: ${transport.environment.join(', ')}`);
    },
    async add({ name, transport, values }, request) {
      mcp.confirmation(name, transport);
      const id = ids.next();
      await keepValues(secrets, { id, name, transport }, values);
      try {
        const kept = await store.write('insertMcpServer', { id, slug: slugFor(name, new Set(await store.read('mcpSlugs', undefined))), name, transport: JSON.stringify(transport), at: clock.now() }, once(request));
        if (kept.id !== id) await dropValues(secrets, id, null, false);
        options.changed();
        return await mcp.get({ id: kept.id });
      } catch (error) {
        await dropValues(secrets, id, null, false);
        throw error;
      }
    },
    async update({ id, name, transport, values }, request) {
      const server = await stored(id);
      const next = { ...server, name: name ?? server.name, transport: transport ?? server.transport };
      mcp.confirmation(next.name, next.transport);
      await keepValues(secrets, next, values);
      await store.write('changeMcpServer', { id, name: name ?? null, transport: transport ? JSON.stringify(transport) : null, folders: next.transport.kind === 'http' && server.folders.length > 0 ? '[]' : null, at: clock.now() }, once(request));
      // A header's value, like a sign-in, is for the host that it was entered for.
      const [sameHost, kept] = [isSameHost(server.transport, next.transport), next.transport];
      await dropValues(secrets, id, kept.kind === 'stdio' || sameHost ? kept : { ...kept, headers: kept.headers.filter((header) => Object.hasOwn(values, header)) }, sameHost);
      await end(id);
      options.changed();
      return mcp.get({ id });
    },
    async setEnabled({ id, enabled }, request) {
      await store.write('setMcpEnabled', { id, enabled, at: clock.now() }, once(request));
      await end(id);
      options.changed();
      return mcp.get({ id });
    },
    async remove({ id }, request) {
      await stored(id);
      await store.write('removeMcpServer', { id, at: clock.now() }, once(request));
      await end(id);
      // A day later the removal is not undone any more, and its secrets go.
      for (const gone of await store.read('mcpRemoved', { before: clock.now() - DAY_MS })) await dropValues(secrets, gone, null, false);
      await bundles.sweep();
      options.changed();
      return {};
    },
    async restore({ id }, request) {
      await store.write('removeMcpServer', { id, at: null }, once(request));
      options.changed();
      return mcp.get({ id });
    },
    async test({ id }, signal) {
      const server = await stored(id);
      const one = liveOf(server);
      const began = clock.now();
      try {
        one.connection.reset();
        one.stale = true;
        await one.connection.use(signal, (session) => look(one, session, signal));
        return { ok: true, milliseconds: clock.now() - began, server: one.about, tools: (await mcp.tools({ id })).tools, code: null, message: null };
      } catch (error) {
        const { code, message } = toWire(error);
        if (code === 'core/internal' || signal.aborted) throw error;
        return { ok: false, milliseconds: clock.now() - began, server: one.about, tools: (await mcp.tools({ id })).tools, code, message };
      }
    },
    async tools({ id }) {
      const server = await stored(id);
      return { tools: [...await toolsOf(server), ...live.get(id)?.refused ?? []] };
    },
    async setEffect({ id, tool, effect }, request) {
      const server = await stored(id);
      await toolNamed(server, tool);
      await store.write('setMcpEffect', { id, name: tool, effect }, once(request));
      options.changed();
      return toolNamed(server, tool);
    },
    async acceptTool({ id, tool, hash }, request) {
      const server = await stored(id);
      const row = (await store.read('mcpTools', { serverId: id })).find(({ name }) => name === tool);
      if (!row) throw new AppError('tools/not-found', `The MCP server "${server.name}" has no tool "${tool.slice(0, 80)}". Test the server to see which it has.`);
      const moved = new AppError('mcp/tool-paused', 'The tool says something else again than what was looked at. Look at it once more.');
      if (row.seen === null || definitionHash(id, row.seen) !== hash) throw moved;
      if (!await store.write('pinMcpTool', { id, name: tool, seen: row.seen, hash }, once(request))) throw moved;
      options.changed();
      return toolNamed(server, tool);
    },
    async signIn({ id }) {
      const server = await stored(id);
      if (server.transport.kind !== 'http') throw new AppError('core/bad-input', 'A program has no sign-in here. Enter what it needs as values of its variables.');
      signIns.get(id)?.cancel();
      const { beginSignIn } = await import('./dial.ts');
      const { fetch, close } = serverFetch(server.transport, options.network);
      try {
        const begun = await beginSignIn({ secrets, serverId: id, name: server.name, url: new URL(server.transport.url), fetch }, ids.next() + ids.next());
        signIns.set(id, begun);
        begun.done.then(() => end(id), (error: unknown) => { liveOf(server).log.add('troupe', toWire(error).message); }).finally(() => { close(); if (signIns.get(id) === begun) signIns.delete(id); options.changed(); });
        return begun;
      } catch (error) {
        close();
        throw error;
      }
    },
    async signOut({ id }) {
      await stored(id);
      await secrets.deleteSecret(secretId(id, 'oauth'));
      await end(id);
      options.changed();
      return mcp.get({ id });
    },
    async log({ id }) {
      await stored(id);
      return { lines: live.get(id)?.log.lines() ?? [] };
    },
    previewImport: ({ text }) => readServersFile(text).map(({ preview }) => preview),
    async import({ text, keys }) {
      const chosen = readServersFile(text).filter(({ preview }) => keys.includes(preview.key));
      const unusable = keys.find((key) => !chosen.some(({ preview }) => preview.key === key && preview.transport !== null));
      if (unusable !== undefined) throw new AppError('core/bad-input', `The server "${unusable.slice(0, 80)}" of the file cannot be added. Look at what the preview says of it.`);
      const added: McpServer[] = [];
      for (const { preview, values } of chosen) if (preview.transport) added.push(await mcp.add({ name: preview.name, transport: preview.transport, values }));
      return added;
    },
    openBundle: ({ path: file }) => bundles.open(file),
    bringBundle: (part) => bundles.bring(part),
    previewBundle: async ({ id, values }) => (await bundles.preview(id, values)).transport,
    addBundle: ({ id, name, values }, request) => bundles.add(id, values, ({ transport, values: filled }) => mcp.add({ name, transport, values: filled }, request)),
    async checkFolders({ id }) {
      const server = await mcp.get({ id });
      if (server.transport.kind !== 'stdio') throw new AppError('core/bad-input', 'An address has no folders of this machine. Only programs are told of them.');
      return server;
    },
    async addFolder({ id, path: given }, request) {
      const { name } = await mcp.checkFolders({ id });
      const checked = await folderToGive(given, options.home);
      if ('why' in checked) throw new AppError('permission/denied', `"${name}" cannot get this folder: ${checked.why}`);
      await store.write('giveMcpFolder', { id, path: checked.real, at: clock.now() }, once(request));
      return foldersChanged(id);
    },
    async removeFolder({ id, path: given }, request) {
      await store.write('takeMcpFolder', { id, path: given, at: clock.now() }, once(request));
      return foldersChanged(id);
    },
    async usable() {
      const [rows, tools] = await Promise.all([store.read('mcpServers', undefined), store.read('mcpTools', { serverId: null })]);
      return rows.map(serverOf).filter(({ enabled }) => enabled).flatMap((server) => tools.filter(({ serverId }) => serverId === server.id).flatMap((row): UsableTool[] => {
        const tool = toolOf(server, row);
        return tool.pinned === null ? [] : [{ id: tool.id, serverId: server.id, serverName: server.name, effect: tool.effect, definition: tool.pinned, hash: definitionHash(server.id, row.pinned ?? '') }];
      }));
    },
    async call(tool, input, asked) {
      const server = await stored(tool.serverId);
      if (!server.enabled) throw new AppError('mcp/unavailable', `The MCP server "${server.name}" is switched off. Switch it on in Settings → MCP servers.`);
      const one = liveOf(server);
      // What a call asks ends with it: an answer would reach nobody.
      const over = new AbortController();
      const call: McpCall = { ...asked, ask: (name, question, withdrawn) => asked.ask(name, question, AbortSignal.any([withdrawn, over.signal])) };
      one.calls.add(call);
      try {
        return await again(() => one.connection.use(call.signal, async (session) => {
          await look(one, session, call.signal);
          const now = (await toolsOf(server)).find(({ name }) => name === tool.definition.name);
          if (now?.state !== 'ready' || now.hash !== tool.hash) {
            throw new AppError('mcp/tool-paused', now?.state === 'gone' ? `The MCP server "${server.name}" does not offer the tool ${tool.definition.name} any more.` : `The MCP server "${server.name}" changed what its tool ${tool.definition.name} is. It is paused until you looked at it in Settings → MCP servers.`);
          }
          return outputOf(await session.call(tool.definition.name, input, call), server.name, tool.definition.output !== null);
        }), one, call.signal);
      } finally {
        one.calls.delete(call);
        over.abort(new AppError('mcp/unavailable', 'The call for which the MCP server asked has ended. Nothing was sent to it.'));
      }
    },
    async recover() {
      await bundles.clear();
      await bundles.sweep();
    },
    async stop() {
      stopped = true;
      for (const one of signIns.values()) one.cancel();
      await Promise.all([...live.keys()].map(end));
      await bundles.clear();
      guard.stop();
    },
  };

  /** Once more where the server certainly did nothing: it did not know the session any more. */
  async function again<T>(work: () => Promise<T>, one: Live, signal: AbortSignal): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (stopped || signal.aborted || !hasCode(error, 'mcp/unavailable') || toWire(error).details['session'] !== 'gone') throw error;
      one.log.add('troupe', 'It forgot the session; a new one is opened.');
      await one.connection.stop();
      return work();
    }
  }

  return mcp;
}

/** A sign-in belongs to the host that it was made for. */
function isSameHost(before: McpTransport, after: McpTransport): boolean {
  return before.kind === 'http' && after.kind === 'http' && URL.parse(before.url)?.host === URL.parse(after.url)?.host;
}
