import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Attached, Attachment } from '../../../../contract/model/attachment.ts';
import type { ChatMessage, Conversation, ExportedConversation, ExportFormat } from '../../../../contract/model/chat.ts';
import type { ChatCosts } from '../../../../contract/model/spending.ts';
import type { Run } from '../../../../contract/model/run.ts';
import { failpoint } from '../../base/observe/index.ts';
import type { Store, WriteRequest } from '../../base/store/index.ts';
import { CONTINUE, historyOf, type Agents } from '../../engine/agents/index.ts';
import { pendingRun, type Clock, type Ids, type Runnable, type Runs } from '../../engine/runs/index.ts';
import type { Attachments } from './attachments.ts';
import { exportConversation } from './export.ts';
import { titleOf } from './title.ts';

export interface ChatOptions {
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly runs: Runs;
  readonly agents: Agents;
  readonly attachments: Attachments;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly changed: (topic: 'chat') => void;
}

/** Conversations with hired agents: every turn is a run, and messages are what its log amounts to. Inputs are those of contract/api/chat.ts. */
export interface Chat {
  conversations(input: { hireId?: string | undefined; words: string; limit: number }): Promise<{ conversations: Conversation[] }>;
  /** Errors: `chat/not-found`, here and below. */
  get(input: { id: string }): Promise<Conversation>;
  /** Errors: `team/not-found`. */
  start(input: { hireId: string }, request?: WriteRequest): Promise<Conversation>;
  rename(input: { id: string; title: string }, request?: WriteRequest): Promise<Conversation>;
  /** Pins it or not, puts it into a folder or (null) into none. */
  place(input: { id: string; pinned?: boolean | undefined; folder?: string | null | undefined }, request?: WriteRequest): Promise<Conversation>;
  /** What it took in all, and its agent in all conversations. */
  costs(input: { id: string }): Promise<ChatCosts>;
  /** Limits what it, or its agent, may cost in all; null: no limit. It holds from the next call of a model on. */
  limitCost(input: { id: string; of: 'conversation' | 'agent'; limit: number | null }, request?: WriteRequest): Promise<ChatCosts>;
  /** Hides it, and stops the answer under way. */
  remove(input: { id: string }, request?: WriteRequest): Promise<Record<string, never>>;
  restore(input: { id: string }, request?: WriteRequest): Promise<Conversation>;
  /** `before` is the id of the message that the page ends before. */
  messages(input: { id: string; before?: string | undefined; limit: number }): Promise<{ messages: ChatMessage[]; earlier: boolean }>;
  /** The branch that is shown, as JSON all of them; a message under way as far as it has come. */
  export(input: { id: string; format: ExportFormat }): Promise<ExportedConversation>;
  /** Answers when the message is on the disk. Errors: `chat/busy`, `team/not-found`, `chat/bad-attachment`. */
  send(input: { id: string; text: string; attachments?: readonly Attached[] | undefined }, request?: WriteRequest): Promise<{ runId: string }>;
  /** Says something else in the place of an earlier message, as a branch beside it, with its files when none are named. Errors: as `send`. */
  edit(input: { id: string; messageId: string; text: string; attachments?: readonly Attached[] | undefined }, request?: WriteRequest): Promise<{ runId: string }>;
  /** Answers a message again, the last one when none is named; the earlier answers stay beside it. `hireId` and `model`: who answers this once. Errors: as `send`. */
  retry(input: { id: string; messageId?: string | undefined; hireId?: string | undefined; model?: string | undefined }, request?: WriteRequest): Promise<{ runId: string }>;
  /** The answers that stand beside one, itself among them. */
  answers(input: { id: string; messageId: string }): Promise<{ messages: ChatMessage[] }>;
  /** Somebody else of the team answers from now on. Errors: `chat/busy`, `team/not-found`, `team/paused`. */
  handOver(input: { id: string; hireId: string }, request?: WriteRequest): Promise<Conversation>;
  /** Goes on where the last answer was cut off. Errors: as `send`. */
  continue(input: { id: string }, request?: WriteRequest): Promise<{ runId: string }>;
  /** Shows the branch that a message lies on, down to where it was left. Errors: `chat/busy`. */
  choose(input: { id: string; messageId: string }, request?: WriteRequest): Promise<Record<string, never>>;
  /** What carries a turn of an earlier life of the core on; for `runs.recover`. Errors: `team/not-found`. */
  runnableOf(run: Run): Promise<Runnable>;
}

/** Messages are read in steps of so many, until a summary stands for what is older or this is longer than any model reads, in characters. */
const STEP = 400;
const BEYOND_ANY_MODEL = 4_000_000;
const EXPORT_PAGE = 200;

const once = (request: WriteRequest | undefined): { request?: WriteRequest } => (request ? { request } : {});

/** The message that a run answers, or the answer that it goes on with. */
interface Asked { readonly messageId: string; readonly continues: boolean }

interface Said { readonly text: string; readonly attachments?: readonly Attachment[] }

export function createChat(options: ChatOptions): Chat {
  const { store, runs, agents, attachments: files, clock, ids } = options;

  /** What answers a message; with `continues`, what goes on with the answer `messageId`. */
  const runnableFor = async (hireId: string, model: string | null, { messageId, continues }: Asked, said: Said): Promise<Runnable> => {
    const hire = await hired(hireId);
    return agents.runnable({
      pluginId: hire.pluginId, agentId: hire.agentId, model: model ?? hire.model, fallback: hire.fallbackModel, ...said, logged: true,
      history: async () => {
        const { messages: read, older } = await readUpTo(messageId, continues);
        const messages = await named(read, hireId);
        return historyOf(messages, await files.partsOfAll(messages), older);
      },
    });
  };

  /** As much of the branch up to a message as a model may need, oldest first; `older`: something stands before that, and no summary for it. */
  async function readUpTo(messageId: string, included: boolean): Promise<{ messages: ChatMessage[]; older: boolean }> {
    const messages: ChatMessage[] = [];
    for (let characters = 0, step = { messageId, included }; ;) {
      const page = await store.read('messagesUpTo', { ...step, limit: STEP });
      messages.unshift(...page);
      const summary = messages.flatMap(({ blocks }) => blocks.filter((block) => block.type === 'summary')).at(-1);
      if (page.length < STEP || (summary && messages.some(({ id }) => id === summary.through))) return { messages, older: false };
      characters += page.reduce((sum, { blocks }) => sum + blocks.reduce((all, block) => all + (block.type === 'text' ? block.text.length : block.type === 'tool' ? block.call.result?.length ?? 0 : 0), 0), 0);
      if (characters > BEYOND_ANY_MODEL) return { messages, older: true };
      step = { messageId: page[0]?.id ?? '', included: false };
    }
  }

  /** What others of the team answered says so: an agent takes what it reads as its own words otherwise. */
  async function named(messages: readonly ChatMessage[], hireId: string): Promise<ChatMessage[]> {
    const names = await namesOf(messages, hireId, 'Another agent');
    return messages.map((message) => {
      const name = message.author ?? (message.hireId === undefined ? undefined : names.get(message.hireId));
      return name === undefined ? message : { ...message, blocks: [{ type: 'text', text: `[${name}, another agent, answered this:]\n\n` }, ...message.blocks] };
    });
  }

  /** The names of those who answered, by their hire, but `own`. */
  async function namesOf(messages: readonly ChatMessage[], own: string, unknown: string): Promise<ReadonlyMap<string, string>> {
    const others = [...new Set(messages.flatMap((message) => (message.hireId === undefined || message.hireId === own ? [] : [message.hireId])))];
    return new Map(await Promise.all(others.map(async (id) => [id, (await store.read('hireById', { id }))?.name ?? unknown] as const)));
  }

  async function hired(id: string): Promise<{ pluginId: string; agentId: string; model: string | null; fallbackModel: string | null }> {
    const hire = await store.read('hireById', { id });
    if (!hire || hire.state === 'dismissed') throw new AppError('team/not-found', 'The agent of this conversation is no longer in your team. Restore it, or start a conversation with another.');
    if (hire.state === 'paused') throw new AppError('team/paused', `${hire.name} is paused and takes no messages. Resume the agent on the team page and send again.`);
    return hire;
  }

  /** The run of a new turn, not stored yet. */
  async function newTurn(conversationId: string, by: { hireId?: string | undefined; model?: string | undefined } = {}) {
    const conversation = await chat.get({ id: conversationId });
    const hireId = by.hireId ?? conversation.hireId;
    const hire = await hired(hireId);
    return { id: ids.next(), pluginId: hire.pluginId, executionType: 'agent' as const, executionTarget: hire.agentId, hireId, parentRunId: null, model: by.model ?? hire.model, createdAt: clock.now() };
  }

  async function launch(turn: Awaited<ReturnType<typeof newTurn>>, conversationId: string, stored: { runId: string }, asked: Asked, said: Said): Promise<{ runId: string }> {
    // A repeated request gets the first run's id: that one is under way or over, and nothing starts twice.
    if (stored.runId === turn.id) runs.launch(pendingRun({ ...turn, conversationId, parameters: asked }), await runnableFor(turn.hireId, turn.model, asked, said));
    options.changed('chat');
    return { runId: stored.runId };
  }

  async function say({ id, text, edits, attachments }: { id: string; text: string; edits?: string; attachments?: readonly Attached[] | undefined }, request: WriteRequest | undefined): Promise<{ runId: string }> {
    const [turn, messageId] = [await newTurn(id), ids.next()];
    failpoint('chat.before-user-message');
    const stored = await store.write('startChatTurn', { turn, conversationId: id, messageId, text, title: titleOf(text), eventId: ids.next(), edits, attachments }, once(request));
    failpoint('chat.after-user-message');
    return launch(turn, id, stored, { messageId, continues: false }, { text, attachments: stored.attachments });
  }

  const chat: Chat = {
    conversations: async (input) => ({ conversations: await store.read('conversationList', input) }),
    async get({ id }) {
      const found = await store.read('conversationById', { id });
      if (!found) throw new AppError('chat/not-found', 'There is no such conversation. It may have been removed; undo that, or start a new one.');
      return found;
    },
    async start({ hireId }, request) {
      const hire = await store.read('hireById', { id: hireId });
      if (!hire || hire.state === 'dismissed') throw new AppError('team/not-found', 'This agent is not in your team. Hire it first.');
      const { id } = await store.write('insertConversation', { id: ids.next(), hireId, at: clock.now() }, once(request));
      options.changed('chat');
      return chat.get({ id });
    },
    async rename(input, request) {
      await store.write('renameConversation', input, once(request));
      options.changed('chat');
      return chat.get(input);
    },
    async place(input, request) {
      await store.write('placeConversation', { ...input, at: clock.now() }, once(request));
      options.changed('chat');
      return chat.get(input);
    },
    async costs({ id }) {
      const costs = await store.read('chatCosts', { id });
      if (!costs) throw new AppError('chat/not-found', 'There is no such conversation. It may have been removed; undo that, or start a new one.');
      return costs;
    },
    async limitCost(input, request) {
      await store.write('limitCost', { id: input.id, of: input.of, limit: input.limit }, once(request));
      options.changed('chat');
      return chat.costs(input);
    },
    async remove({ id }, request) {
      const { active } = await store.write('archiveConversation', { id, archivedAt: clock.now() }, once(request));
      await Promise.all(active.map((run) => runs.cancel({ id: run })));
      options.changed('chat');
      return {};
    },
    async restore({ id }, request) {
      await store.write('archiveConversation', { id, archivedAt: null }, once(request));
      options.changed('chat');
      return chat.get({ id });
    },
    async messages({ id, before, limit }) {
      await chat.get({ id });
      return store.read('messagePage', { conversationId: id, before, limit });
    },
    async export({ id, format }) {
      const conversation = await chat.get({ id });
      const hire = await store.read('hireById', { id: conversation.hireId });
      const about = { conversation, agent: hire?.name ?? 'Agent', at: clock.now() };
      const withNames = async (messages: readonly ChatMessage[]): Promise<{ messages: readonly ChatMessage[]; names: ReadonlyMap<string, string> }> => ({ messages, names: await namesOf(messages, conversation.hireId, 'Agent') });
      if (format === 'json') {
        const { messages, leafId } = await store.read('messageTree', { conversationId: id });
        return exportConversation({ ...about, ...await withNames(messages), leafId }, format);
      }
      const messages: ChatMessage[] = [];
      for (let more = true; more;) {
        const page = await store.read('messagePage', { conversationId: id, before: messages[0]?.id, limit: EXPORT_PAGE });
        messages.unshift(...page.messages);
        more = page.earlier;
      }
      return exportConversation({ ...about, ...await withNames(messages), leafId: messages.at(-1)?.id ?? null }, format);
    },
    send: (input, request) => say(input, request),
    edit: ({ messageId, ...input }, request) => say({ ...input, edits: messageId }, request),
    async retry({ id, messageId, ...by }, request) {
      const turn = await newTurn(id, by);
      const stored = await store.write('retryChatTurn', { turn, conversationId: id, eventId: ids.next(), messageId }, once(request));
      return launch(turn, id, stored, { messageId: stored.messageId, continues: false }, { text: stored.text, attachments: stored.attachments });
    },
    async answers({ id, messageId }) {
      await chat.get({ id });
      const messages = await store.read('answersBeside', { conversationId: id, messageId });
      if (!messages) throw new AppError('chat/not-found', 'This answer is not in the conversation. Open the conversation anew.');
      return { messages };
    },
    async handOver({ id, hireId }, request) {
      await hired(hireId);
      await store.write('handOverConversation', { id, hireId, at: clock.now() }, once(request));
      options.changed('chat');
      return chat.get({ id });
    },
    async continue({ id }, request) {
      const turn = await newTurn(id);
      const stored = await store.write('continueChatTurn', { turn, conversationId: id, eventId: ids.next(), text: CONTINUE }, once(request));
      return launch(turn, id, stored, { messageId: stored.messageId, continues: true }, { text: CONTINUE });
    },
    async choose({ id, messageId }, request) {
      await store.write('chooseBranch', { conversationId: id, messageId }, once(request));
      options.changed('chat');
      return {};
    },
    async runnableOf(run) {
      if (run.hireId === null) throw new AppError('team/not-found', 'This run belongs to nobody in your team.');
      const { messageId, continues } = run.parameters as { messageId?: unknown; continues?: unknown };
      return runnableFor(run.hireId, run.model, { messageId: typeof messageId === 'string' ? messageId : '', continues: continues === true }, { text: '' });
    },
  };
  return chat;
}
