import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import { OWN } from '../../../../contract/model/ids.ts';
import { guardrailsOf, type AgentDocument, type PersonalDataKind } from '../../../../contract/manifest/index.ts';
import type { Attachment } from '../../../../contract/model/attachment.ts';
import type { Part } from '../../../../contract/model/message.ts';
import { parseAgentDocument } from '../../../../packaging/documents/parse.ts';
import type { UsedMemory } from '../../../../contract/model/memory.ts';
import type { KnowledgeService } from '../knowledge/index.ts';
import type { MemoryService } from '../memory/index.ts';
import { wordsOfFile, type ChatModel, type Models, type Pace } from '../models/index.ts';
import type { EventData, RunContext, RunLimits, Runnable } from '../runs/index.ts';
import { addressesIn, addressesKnown, agentsOf, createToolSession, providerNames, toldMissing, type InstalledCode, type PluginSource, type Tool, type Tools } from '../tools/index.ts';
import type { Budget } from '../usage/index.ts';
import { createModelInUse } from './failover.ts';
import { createGuard } from './guardrails/guard.ts';
import { createMasking, maskedModel } from './guardrails/masking.ts';
import type { HistoryEntry } from './history.ts';
import { limitedModel } from './limits.ts';
import { runLoop, type LoopResult } from './loop.ts';
import { systemPrompt, type Found } from './prompt.ts';
import { createToolChoice } from './tool-choice.ts';
import { createTranscript } from './transcript.ts';

/** Agents of the person's own; app.ts passes them in. Each is code of its own: one document, and the tools that the person gave it. */
export interface OwnAgents {
  /** By its newest version; undefined when there is none. */
  get(agentId: string): Promise<InstalledCode | undefined>;
  list(): Promise<readonly InstalledCode[]>;
}

export interface AgentsOptions {
  readonly plugins: PluginSource;
  readonly own?: OwnAgents | undefined;
  readonly models: Pick<Models, 'resolve'>;
  readonly tools: Tools;
  /** What agents remember; without it none has a memory. */
  readonly memory?: Pick<MemoryService, 'recallFor'> | undefined;
  /** Documents of the person; without it no agent has any. */
  readonly knowledge?: Pick<KnowledgeService, 'namesFor' | 'find'> | undefined;
  /** Holds calls to the agents' `max_rpm`; without it none waits. */
  readonly pace?: Pace | undefined;
  /** Limits of what conversations and hires may cost; without it there are none. */
  readonly budget?: Budget | undefined;
  /** Files of messages as a model takes them; without it none arrive. */
  readonly attachments?: { partsOf(attachments: readonly Attachment[]): Promise<readonly Part[]> } | undefined;
}

/** An agent of an installed plugin or of one's own (`code.pluginId` is then `own`), as it is offered. */
export interface OfferedAgent {
  readonly code: InstalledCode;
  readonly agentId: string;
  readonly name: string;
  readonly description: string;
  readonly document: AgentDocument;
}

/** What an agent is to do in one run. */
export interface AgentTask {
  readonly pluginId: string;
  readonly agentId: string;
  /** What it is made of, when that is not what is offered now: a draft. */
  readonly code?: InstalledCode | undefined;
  /** `<provider>/<model>`; null takes the agent's own, else the default. */
  readonly model: string | null;
  /** `<provider>/<model>` that answers when the model cannot be reached; null takes the agent's own, if it has one. */
  readonly fallback?: string | null | undefined;
  /** What the user asked (or the engine, when it has an answer gone on with); already in the log when `logged`. */
  readonly text: string;
  readonly logged: boolean;
  /** Files that came with it; a run that is taken up again has them from its log. */
  readonly attachments?: readonly Attachment[];
  /** Fills in `{name}` in the agent's texts. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** What was said before, oldest first. */
  history(): Promise<readonly HistoryEntry[]>;
}

export interface Agents {
  /** Every agent that active plugins offer; those whose document cannot be read are left out. */
  offered(pluginId?: string): Promise<OfferedAgent[]>;
  /** One agent, also of a disabled plugin. Errors: `plugins/not-installed`, `team/no-agent`, `plugins/bad-manifest`. */
  find(pluginId: string, agentId: string): Promise<OfferedAgent>;
  /** The tools that an agent may use, by id, and what it may not. `agents`: as for `Tools.forAgent`. */
  toolsOf(agent: OfferedAgent, agents?: readonly string[]): ReturnType<Tools['forAgent']>;
  /** Everything is looked up when it runs: what is missing then becomes the run's error. */
  runnable(task: AgentTask): Runnable;
}

const DOCUMENTS = 500;
/** Put to the model with the request; more it looks up itself. */
const PASSAGES = 4;

export function createAgents(options: AgentsOptions): Agents {
  const { plugins, models, tools, own, memory, knowledge, attachments, pace, budget } = options;
  // A digest names the same bytes for ever, so that a team is listed without reading its documents again.
  const documents = new Map<string, AgentDocument>();

  const read = async (code: InstalledCode, agentId: string): Promise<OfferedAgent> => {
    const offered = code.manifest.plugin.capabilities.agents.find((agent) => agent.id === agentId);
    if (!offered) throw new AppError('team/no-agent', `${code.manifest.plugin.name} ${code.version} has no agent "${agentId}". It offers: ${code.manifest.plugin.capabilities.agents.map((agent) => agent.id).join(', ') || 'none'}.`);
    if (offered.file === undefined) throw new AppError('run/not-yet-supported', `The agent "${offered.name}" runs at ${offered.remote?.url ?? 'another address'}, and agents on other machines cannot be run yet. Hire one that runs on this machine.`);
    const key = `${code.sha512}/${offered.file}`;
    const document = documents.get(key) ?? parseAgentDocument(await code.readFile(offered.file), offered.file);
    documents.set(key, document);
    const oldest = documents.size > DOCUMENTS ? documents.keys().next().value : undefined;
    if (oldest !== undefined) documents.delete(oldest);
    return { code, agentId, name: offered.name, description: offered.description, document };
  };

  const agents: Agents = {
    async offered(pluginId) {
      const codes = [...await plugins.list(), ...await own?.list() ?? []].filter((code) => code.status === 'active' && (pluginId === undefined || code.pluginId === pluginId));
      const readable = await Promise.allSettled(codes.flatMap((code) => code.manifest.plugin.capabilities.agents.map((agent) => read(code, agent.id))));
      return readable.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    },
    async find(pluginId, agentId) {
      if (pluginId === OWN) {
        const mine = await own?.get(agentId);
        if (!mine) throw new AppError('team/no-agent', 'There is no agent of yours with this id, or no version of it was saved yet. Open it in the builder and save it.');
        return read(mine, agentId);
      }
      const code = await plugins.get(pluginId);
      if (!code) throw new AppError('plugins/not-installed', `The plugin "${pluginId}" is not installed. Install it and try again.`);
      return read(code, agentId);
    },
    toolsOf: (agent, whose) => toolsFor(agent, { memory: agent.document.memory, knowledge: false }, whose),
    runnable: (task) => ({ type: 'agent', target: task.agentId, execute: (context) => execute(task, context) }),
  };

  /** With a memory come its tools, with documents theirs; without them they are nobody's, whatever the document lists. */
  async function toolsFor({ code, document }: OfferedAgent, has: { readonly memory: boolean; readonly knowledge: boolean }, whose: readonly string[] | undefined): ReturnType<Tools['forAgent']> {
    const theirs = [...has.memory ? tools.ofMemory : [], ...has.knowledge ? tools.ofKnowledge : []];
    const selection = await tools.forAgent(code, document.tools.filter((reference) => !theirs.some(({ id }) => id === reference)), whose);
    return { ...selection, tools: [...selection.tools, ...theirs] };
  }

  /** The same again when the run goes on after a restart: the log says what was recalled and found, and how far citations are numbered. */
  async function gathered({ document }: OfferedAgent, task: AgentTask, context: RunContext): Promise<{ memories: readonly UsedMemory[]; found: Found; cited: number }> {
    const names = await knowledge?.namesFor(context.run) ?? [];
    if (context.past.some((event) => event.type === 'agent_prepared')) {
      const before = context.past.slice(0, context.past.findIndex((event) => event.type === 'agent_prepared'));
      const of = <T extends 'memory_recalled' | 'knowledge_found'>(events: RunContext['past'], type: T): EventData[T][] => events.filter((event) => event.type === type).map((event) => event.data as unknown as EventData[T]);
      const cited = of(context.past, 'knowledge_found').flatMap(({ passages }) => passages.map(({ number }) => number));
      return { memories: of(before, 'memory_recalled')[0]?.memories ?? [], found: { names, passages: of(before, 'knowledge_found')[0]?.passages ?? [] }, cited: Math.max(0, ...cited) };
    }
    const asked = askedOf(task, context);
    const how = { signal: context.signal, byMeaning: hiddenOf(document).length === 0 };
    const { memories, note: ofMemory } = (document.memory ? await memory?.recallFor(context.run, asked, how) : undefined) ?? { memories: [], note: null };
    const { passages, note = ofMemory } = (names.length === 0 ? undefined : await knowledge?.find(context.run, asked, PASSAGES, 0, how)) ?? { passages: [] };
    if (note !== null) context.emit('notice_added', { code: 'knowledge/by-words', message: note });
    if (memories.length > 0) context.emit('memory_recalled', { memories });
    if (passages.length > 0) context.emit('knowledge_found', { passages });
    return { memories, found: { names, passages }, cited: passages.length };
  }

  async function execute(task: AgentTask, context: RunContext): Promise<unknown> {
    const agent = task.code ? await read(task.code, task.agentId) : await agents.find(task.pluginId, task.agentId);
    if (agent.code.status !== 'active') throw new AppError('plugins/not-installed', `${agent.code.manifest.plugin.name} is disabled. Enable it on the page of the plugin and try again.`);
    const release = plugins.pin(agent.code.sha512);
    try {
      return await answer(agent, task, context);
    } finally {
      release();
    }
  }

  async function answer(agent: OfferedAgent, task: AgentTask, context: RunContext): Promise<LoopResult> {
    const { document, code } = agent;
    const [first, { memories, found, cited }, history, attached] = await Promise.all([modelFor(task.model, document), gathered(agent, task, context), task.history(), attachments?.partsOf(attachedOf(task, context)) ?? []]);
    const selection = await toolsFor(agent, { memory: document.memory && context.run.hireId !== null, knowledge: found.names.length > 0 }, agentsOf(context));
    const fallback = task.fallback ?? document.fallback_model;
    const rules = guardrailsOf(document);
    const hidden = hiddenOf(document);
    const masking = hidden.length > 0 ? createMasking(hidden) : undefined;
    const limits = { context, pace, budget, perMinute: document.max_rpm ?? null, name: document.name ?? document.role };
    const guarded = (one: ChatModel): ChatModel => limitedModel(masking ? maskedModel(one, masking) : one, one, limits);
    const model = createModelInUse(guarded(first), fallback == null ? undefined : async () => guarded(await models.resolve(fallback)));
    const nameOf = (tool: Tool): string => names.get(tool.id) as string;
    const choice = createToolChoice(selection.tools, {
      always: new Set([...tools.ofMemory, ...tools.ofKnowledge].map(({ id }) => id)), request: askedOf(task, context), history: history.flatMap(({ messages }) => messages), nameOf,
    });
    const names = providerNames(choice.all.map((tool) => tool.id));
    const system = systemPrompt(document, { ...document.inputs, ...task.inputs }, memories, found);
    const transcript = createTranscript(context.past, attached);
    if (!task.logged && !context.past.some((event) => event.type === 'user_message_added' || event.type === 'prompt_added')) {
      const data: EventData['prompt_added'] = { text: task.text, reason: 'task' };
      context.emit('prompt_added', data);
      transcript.add({ type: 'prompt_added', data });
    }
    if (task.logged && context.past.length === 0) transcript.add({ type: 'user_message_added', data: { text: task.text } });
    context.emit('agent_prepared', {
      pluginId: code.pluginId, version: code.version, sha512: code.sha512, agentId: agent.agentId, system,
      tools: choice.all.map((tool) => ({ id: tool.id, name: nameOf(tool), hash: tool.hash, version: tool.version })),
    });
    for (const { reference, message, connection } of context.past.length > 0 ? [] : toldMissing(selection)) context.emit('notice_added', { code: connection === undefined ? 'tools/not-found' : 'tools/no-connection', message: `The agent works without "${reference}". ${message}` });
    if (choice.isPartial && history.length === 0 && context.past.length === 0) context.emit('notice_added', { code: 'tools_chosen', message: `This agent has ${selection.tools.length} tools. The model gets those that fit the request, and looks for others itself.` });
    if (history[0]?.afterOlder && context.past.length === 0) context.emit('notice_added', { code: 'models/context-too-long', message: `The conversation is longer than any model can read at once: only its newest ${history.length} messages are read for this answer. Say again what matters of those before, or start a new conversation.` });
    if (document.max_execution_time) context.lowerDeadline(document.max_execution_time * 1000);
    const bounded = { ...context, limits: { ...context.limits, ...limitsOf(document, context.limits) } };
    const session = createToolSession(bounded, () => Promise.resolve(model.current()), { cited, hides: hidden.length > 0, addresses: [...addressesKnown(history.flatMap(({ messages }) => messages)), ...addressesIn(askedOf(task, context))] });
    const guard = createGuard({
      rules, retries: document.guardrail_max_retries, context: bounded, transcript, session, toolbox: tools,
      judge: async (reference) => (reference === undefined ? model.current() : guarded(await models.resolve(reference))),
      tool: async (reference) => (await tools.forAgent(code, [reference])).tools.find((tool) => tool.effect === 'read'),
    });
    await guard.input([askedOf(task, context), ...attached.flatMap((part) => (part.type === 'file' ? [wordsOfFile(part) ?? []].flat() : []))].join('\n\n'));
    return runLoop({
      context: bounded, transcript, model, system, history, toolbox: tools, session, guard, held: guard.holds,
      tools: choice.all.map((tool) => ({ name: nameOf(tool), description: tool.description, input: tool.input })), ...(choice.isPartial && { handed: choice.handed }),
      toolIds: new Map(choice.all.map((tool) => [nameOf(tool), tool.id])), toolByName: new Map(choice.all.map((tool) => [nameOf(tool), tool])),
      responseSchema: document.response_format && { name: 'answer', schema: document.response_format }, maxTokens: document.max_tokens ?? undefined,
    });
  }

  /** The hire's choice must exist; the document's is a wish. */
  async function modelFor(chosen: string | null, document: AgentDocument): Promise<ChatModel> {
    if (chosen !== null) return models.resolve(chosen);
    const wish = document.model ?? document.llm;
    if (typeof wish !== 'string') return models.resolve(undefined);
    return models.resolve(wish).catch((error: unknown) => {
      if (hasCode(error, 'models/not-found', 'core/bad-input')) return models.resolve(undefined);
      throw error;
    });
  }

  return agents;
}

/** Kinds of personal data that no model is to see. */
const hiddenOf = (document: AgentDocument): readonly PersonalDataKind[] => guardrailsOf(document).flatMap((rule) => (rule.type === 'personal_data' && rule.on === 'input' && rule.action === 'mask' ? rule.kinds : []));

/** A run that is taken up again is not told what was asked: its log knows. */
const askedOf = (task: AgentTask, { past }: RunContext): string => task.text || String(past.find((event) => event.type === 'user_message_added' || event.type === 'prompt_added')?.data.text ?? '');

const attachedOf = (task: AgentTask, { past }: RunContext): readonly Attachment[] =>
  (past.find((event) => event.type === 'user_message_added')?.data as Partial<EventData['user_message_added']> | undefined)?.attachments ?? task.attachments ?? [];

/** A document may lower a limit, never raise it. */
const limitsOf = (document: AgentDocument, limits: RunLimits): Partial<RunLimits> => ({ maxIterations: Math.min(document.max_iter, limits.maxIterations) });
