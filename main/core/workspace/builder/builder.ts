import { AppError, toWire } from '../../../../contract/errors/app-error.ts';
import type { AgentDocument } from '../../../../contract/manifest/index.ts';
import { draftSchema, type AgentTemplate, type AgentVersion, type DifferenceLine, type Draft, type DraftProblem, type OwnAgent, type OwnAgentDetail, type PickableTool, type Preview } from '../../../../contract/model/builder.ts';
import { projectRun } from '../../../../contract/model/chat-projection.ts';
import { OWN } from '../../../../contract/model/ids.ts';
import type { Run } from '../../../../contract/model/run.ts';
import { parseAgentDocument, readStrictYaml, sha512Of, tidyAgent, writeAgentDocument } from '../../../../packaging/index.ts';
import type { OwnAgentRow, Store, WriteRequest } from '../../base/store/index.ts';
import { historyOf, type Agents } from '../../engine/agents/index.ts';
import type { Models } from '../../engine/models/index.ts';
import { pendingRun, type Clock, type Ids, type Runnable, type Runs } from '../../engine/runs/index.ts';
import type { PluginSource, Tools } from '../../engine/tools/index.ts';
import { differenceOf } from './difference.ts';
import { codeOf } from './own-agents.ts';
import { formProblems, problemsOfDraft } from './problems.ts';
import { templateOf, templates } from './templates.ts';

export interface BuilderOptions {
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly plugins: PluginSource;
  readonly agents: Agents;
  readonly tools: Tools;
  readonly models: Pick<Models, 'resolve'>;
  readonly runs: Pick<Runs, 'launch' | 'cancel'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly changed: (topic: 'builder' | 'team') => void;
}

/** What a new agent begins with. */
export type Beginning = { kind: 'nothing' } | { kind: 'template'; id: string } | { kind: 'agent'; pluginId: string; agentId: string } | { kind: 'hire'; id: string };

/** Agents of the person's own: drafts, versions, and the talk beside the form. Inputs are those of contract/api/builder.ts. */
export interface Builder {
  list(): Promise<{ agents: OwnAgent[] }>;
  /** Errors: `builder/not-found`, here and wherever an id is given. */
  get(input: { id: string }): Promise<OwnAgentDetail>;
  /** Errors: `builder/not-found` (no such template), `team/not-found`, `team/no-agent`, `plugins/not-installed`. */
  create(input: { from: Beginning }, request?: WriteRequest): Promise<OwnAgentDetail>;
  /** Errors: `builder/changed`, `core/bad-input` when it is larger than a document may be. */
  change(input: { id: string; revision: number; draft: Draft }, request?: WriteRequest): Promise<{ revision: number; unsaved: boolean; problems: DraftProblem[] }>;
  /** Errors: `builder/bad-agent` while the draft has problems that stand in the way. */
  save(input: { id: string; note: string }, request?: WriteRequest): Promise<AgentVersion>;
  versions(input: { id: string }): Promise<{ versions: AgentVersion[] }>;
  difference(input: { id: string; from: number | null; to: number | null }): Promise<{ lines: DifferenceLine[] }>;
  takeBack(input: { id: string; version: number }, request?: WriteRequest): Promise<OwnAgentDetail>;
  duplicate(input: { id: string }, request?: WriteRequest): Promise<OwnAgentDetail>;
  remove(input: { id: string }, request?: WriteRequest): Promise<Record<string, never>>;
  restore(input: { id: string }, request?: WriteRequest): Promise<OwnAgentDetail>;
  templates(): { templates: AgentTemplate[] };
  tools(): Promise<{ tools: PickableTool[] }>;
  /** Errors: `builder/bad-agent`. */
  export(input: { id: string; draft: boolean }): Promise<{ name: string; mediaType: string; text: string }>;
  /** Errors: `builder/bad-agent`. */
  import(input: { text: string }, request?: WriteRequest): Promise<OwnAgentDetail>;
  preview(input: { id: string }): Promise<Preview>;
  /** Errors: `builder/busy`, `builder/bad-agent`, `models/not-found`. */
  send(input: { id: string; text: string; model: string | null }, request?: WriteRequest): Promise<{ runId: string }>;
  reset(input: { id: string }, request?: WriteRequest): Promise<Record<string, never>>;
  /** What carries a turn of the preview on after a restart; for `runs.recover`. Errors: `builder/not-found`. */
  runnableOf(run: Run): Promise<Runnable>;
}

const MOST_BYTES = 256 * 1024;
const TURNS = 50;
/** The preview belongs to no conversation; its messages name this in place of one. */
const TALK = 'preview';

const once = (request: WriteRequest | undefined): { request?: WriteRequest } => (request ? { request } : {});
const badAgent = (message: string, error?: unknown): AppError => new AppError('builder/bad-agent', message, { details: toWire(error).details, cause: error });
const notFound = (): AppError => new AppError('builder/not-found', 'There is no such agent of yours. It may have been removed; undo that, or make a new one.');

export function createBuilder(options: BuilderOptions): Builder {
  const { store, agents, tools, models, plugins, clock, ids } = options;
  const problemsOf = async (id: string, draft: Draft): Promise<DraftProblem[]> => problemsOfDraft({ ...parts, agents: [id, ...(await store.read('hireList', undefined)).filter((hire) => hire.pluginId === OWN && hire.agentId === id).map((hire) => hire.id)] }, draft);
  const parts = { models, tools, installed: async (pluginId: string) => (await plugins.get(pluginId))?.status === 'active' };

  async function rowOf(id: string): Promise<OwnAgentRow> {
    const row = await store.read('ownAgentById', { id });
    if (!row || row.removedAt !== null) throw notFound();
    return row;
  }

  const draftOf = (row: OwnAgentRow): Draft => draftSchema.parse(JSON.parse(row.draft));
  const isUnsaved = (draft: Draft, document: string | null): boolean => document === null || writeAgentDocument(draft) !== document;

  function viewOf(row: OwnAgentRow): OwnAgent {
    const draft = draftOf(row);
    return {
      id: row.id, name: (draft.name ?? '').trim() || (draft.role ?? '').trim().slice(0, 60), description: draft.description ?? draft.goal ?? '', emoji: draft.avatar?.emoji || null, colour: draft.avatar?.colour || null,
      version: row.version, unsaved: isUnsaved(draft, row.document), hiredAs: JSON.parse(row.hiredAs) as string[], createdAt: row.createdAt, updatedAt: row.updatedAt,
    };
  }

  /** Keeps a draft under a new id. */
  async function insert(draft: Draft, request: WriteRequest | undefined): Promise<OwnAgentDetail> {
    const { id } = await store.write('insertOwnAgent', { id: ids.next(), draft: textOf(draft), at: clock.now() }, once(request));
    options.changed('builder');
    return builder.get({ id });
  }

  function textOf(draft: Draft): string {
    const text = JSON.stringify(tidyAgent(draft));
    if (Buffer.byteLength(text) > MOST_BYTES) throw new AppError('core/bad-input', 'An agent may be written in 256 KiB at most, and this one is longer. Shorten its texts.');
    return text;
  }

  /** The draft's document when it is right. @throws AppError `builder/bad-agent` */
  async function documentOf(draft: Draft): Promise<{ document: string; digest: string }> {
    const problems = formProblems(draft);
    if (problems.length > 0) throw new AppError('builder/bad-agent', `This agent is not ready. ${problems.slice(0, 3).map(({ message }) => message).join(' ')}`, { details: { problems } });
    const document = writeAgentDocument(draft);
    try { parseAgentDocument(document); } catch (error) { throw badAgent('This agent cannot be written as a file that Troupe reads again. Take unusual characters out of its texts.', error); }
    return { document, digest: await sha512Of(new TextEncoder().encode(document)) };
  }

  /** An offered agent as a draft of one's own: its tools by their whole ids, without files that only its plugin has. */
  async function draftFrom(pluginId: string, agentId: string): Promise<Draft> {
    const { document, name, description, code } = await agents.find(pluginId, agentId);
    const whole = (tool: string): string => (tool.includes('/') || tool.startsWith('builtin.') || pluginId === OWN ? tool : `${code.pluginId}/${tool}`);
    return draftSchema.parse(withoutDefaults({ ...document, name: document.name ?? name, description: document.description ?? description, tools: document.tools.map(whole), knowledge: [] }));
  }

  async function begin(from: Beginning): Promise<Draft> {
    if (from.kind === 'nothing') return {};
    if (from.kind === 'agent') return draftFrom(from.pluginId, from.agentId);
    if (from.kind === 'template') {
      const draft = templateOf(from.id);
      if (!draft) throw new AppError('builder/not-found', `There is no template "${from.id}".`);
      return draft;
    }
    const hire = await store.read('hireById', { id: from.id });
    if (!hire || hire.state === 'dismissed') throw new AppError('team/not-found', 'This agent is not in your team. It may have been dismissed; look at the team.');
    const draft = await draftFrom(hire.pluginId, hire.agentId);
    return { ...draft, name: hire.name, ...(hire.model === null ? {} : { model: hire.model }), ...(hire.fallbackModel === null ? {} : { fallback_model: hire.fallbackModel }) };
  }

  const turnOf = async (id: string, digest: string, messageId: string, text: string, model: string | null): Promise<Runnable> => {
    const kept = await store.read('ownAgentDocument', { digest });
    if (!kept) throw notFound();
    return agents.runnable({
      pluginId: OWN, agentId: id, code: codeOf(id, kept.document, digest, 'draft'), model, text, logged: true,
      history: async () => {
        const { messages } = await builder.preview({ id });
        return historyOf(messages.slice(0, messages.findIndex((message) => message.id === messageId)));
      },
    });
  };

  const builder: Builder = {
    list: async () => ({ agents: (await store.read('ownAgentList', undefined)).map(viewOf) }),
    async get({ id }) {
      const row = await rowOf(id);
      const draft = draftOf(row);
      return { agent: viewOf(row), draft, revision: row.revision, problems: await problemsOf(row.id, draft) };
    },
    create: async ({ from }, request) => insert(await begin(from), request),
    async change({ id, revision, draft }, request) {
      const stored = await store.write('changeOwnAgent', { id, revision, draft: textOf(draft), at: clock.now() }, once(request));
      options.changed('builder');
      return { ...stored, unsaved: isUnsaved(draft, (await rowOf(id)).document), problems: await problemsOf(id, draft) };
    },
    async save({ id, note }, request) {
      const draft = draftOf(await rowOf(id));
      const inTheWay = (await problemsOf(id, draft)).filter(({ severity }) => severity === 'error');
      if (inTheWay.length > 0) throw new AppError('builder/bad-agent', `This agent is not ready. ${inTheWay.slice(0, 3).map(({ message }) => message).join(' ')}`, { details: { problems: inTheWay } });
      const version = await store.write('saveOwnAgent', { id, ...await documentOf(draft), note, at: clock.now() }, once(request));
      options.changed('builder');
      options.changed('team');
      return version;
    },
    async versions({ id }) {
      await rowOf(id);
      return { versions: await store.read('ownAgentVersions', { id }) };
    },
    async difference({ id, from, to }) {
      const row = await rowOf(id);
      const text = async (version: number | null): Promise<string> => (version === null ? writeAgentDocument(draftOf(row)) : documentAt(id, version));
      return { lines: differenceOf(await text(from), await text(to)) };
    },
    async takeBack({ id, version }, request) {
      await rowOf(id);
      const draft = draftSchema.parse(readStrictYaml(await documentAt(id, version), 'The version'));
      await store.write('changeOwnAgent', { id, revision: null, draft: textOf(draft), at: clock.now() }, once(request));
      options.changed('builder');
      return builder.get({ id });
    },
    async duplicate({ id }, request) {
      const draft = draftOf(await rowOf(id));
      const name = (draft.name ?? '').trim();
      return insert(name === '' ? draft : { ...draft, name: `${name.slice(0, 93)} (copy)` }, request);
    },
    async remove({ id }, request) {
      await rowOf(id);
      await store.write('removeOwnAgent', { id, removedAt: clock.now() }, once(request));
      options.changed('builder');
      options.changed('team');
      return {};
    },
    async restore({ id }, request) {
      await store.write('removeOwnAgent', { id, removedAt: null }, once(request));
      options.changed('builder');
      options.changed('team');
      return builder.get({ id });
    },
    templates: () => ({ templates: templates() }),
    async tools() {
      const servers = await tools.mcp();
      const codes = (await plugins.list()).filter(({ status }) => status === 'active');
      const own = (await Promise.all(codes.flatMap((code) => code.manifest.plugin.capabilities.tools.map(async ({ id }) => ({ tool: await tools.find(`${code.pluginId}/${id}`), code })))));
      const shown = ({ id, title, description, effect, input }: (typeof tools.builtin)[number]) => ({ id, title, description, effect, input });
      return { tools: [...tools.builtin.map((tool) => ({ ...shown(tool), pluginId: null, pluginName: 'Troupe' })), ...own.map(({ tool, code }) => ({ ...shown(tool), pluginId: code.pluginId, pluginName: code.manifest.plugin.name })),
        ...servers.map(({ tool, serverName }) => ({ ...shown(tool), pluginId: tool.id.slice(0, tool.id.indexOf('/')), pluginName: serverName }))] };
    },
    async export({ id, draft }) {
      const row = await rowOf(id);
      const document = draft || row.document === null ? (await documentOf(draftOf(row))).document : row.document;
      return { name: `${fileName(viewOf(row).name)}.yaml`, mediaType: 'application/yaml', text: document };
    },
    async import({ text }, request) {
      let value: unknown;
      try {
        parseAgentDocument(text);
        value = readStrictYaml(text, 'The agent document');
      } catch (error) {
        throw badAgent(toWire(error).message, error);
      }
      return insert(draftSchema.parse(value), request);
    },
    async preview({ id }) {
      const row = await rowOf(id);
      const talk = await store.read('previewTalk', { id, preview: row.preview, limit: TURNS });
      return {
        number: row.preview, activeRunId: talk.find(({ active }) => active)?.run.id ?? null,
        messages: talk.flatMap(({ run, events }) => projectRun({ id: run.id, conversationId: TALK }, events)),
      };
    },
    async send({ id, text, model }, request) {
      const { document, digest } = await documentOf(draftOf(await rowOf(id)));
      if (model !== null) await models.resolve(model);
      const [run, messageId] = [{ id: ids.next(), pluginId: OWN, executionType: 'agent' as const, executionTarget: id, parentRunId: null, model, createdAt: clock.now() }, ids.next()];
      const stored = await store.write('startPreviewTurn', { run, messageId, text, digest, document, eventId: ids.next() }, once(request));
      if (stored.runId === run.id) options.runs.launch(pendingRun({ ...run, conversationId: null, hireId: null, parameters: { preview: stored.preview, messageId, digest } }), await turnOf(id, digest, messageId, text, model));
      return { runId: stored.runId };
    },
    async reset({ id }, request) {
      const { active } = await store.write('resetPreview', { id }, once(request));
      await Promise.all(active.map((run) => options.runs.cancel({ id: run })));
      options.changed('builder');
      return {};
    },
    async runnableOf(run) {
      const { digest, messageId } = run.parameters as { digest?: unknown; messageId?: unknown };
      return turnOf(run.executionTarget, typeof digest === 'string' ? digest : '', typeof messageId === 'string' ? messageId : '', '', run.model);
    },
  };

  async function documentAt(id: string, version: number): Promise<string> {
    const kept = await store.read('ownAgentVersion', { id, version });
    if (!kept) throw new AppError('builder/not-found', `This agent has no version ${version}.`);
    return kept.document;
  }

  return builder;
}

/** What every document has anyway is not worth a line in one's own. */
function withoutDefaults(document: AgentDocument): Record<string, unknown> {
  const plain = parseAgentDocument('role: x') as Record<string, unknown>;
  return tidyAgent(Object.fromEntries(Object.entries(document).filter(([key, value]) => key === 'role' || JSON.stringify(value) !== JSON.stringify(plain[key]))));
}

/** A name that every file system takes. */
const fileName = (name: string): string => name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60) || 'agent';
