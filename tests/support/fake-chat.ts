/** Team, chat and runs of the scripted core: a message starts a run that streams an answer. */
import type { implement } from '@orpc/server';
import type { Contract } from '../../contract/api/index.ts';
import { AppError } from '../../contract/errors/app-error.ts';
import type { ErrorCode } from '../../contract/errors/codes.ts';
import type { Attachment } from '../../contract/model/attachment.ts';
import type { ChatMessage, Conversation } from '../../contract/model/chat.ts';
import type { RunEvent } from '../../contract/model/run.ts';
import type { ChatCosts } from '../../contract/model/spending.ts';
import type { Hire } from '../../contract/model/team.ts';
import { teamConfiguration } from './fake-configuration.ts';
import { createLog } from './fake-log.ts';
import type { FakeWorld } from './fake-world.ts';

const fail = (code: ErrorCode, message: string): never => { throw new AppError(code, message); };
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="90"><rect width="120" height="90" fill="#4a7"/><circle cx="60" cy="45" r="28" fill="#fd5"/></svg>';
let made = 0;
const nextId = (what: string): string => { made += 1; return `${what}-${made}`; };

export function chatProcedures(os: ReturnType<typeof implement<Contract>>, world: FakeWorld) {
  const dismissed: Hire[] = [];
  const limits: Record<'conversation' | 'agent', number | null> = { conversation: null, agent: null };
  const costs = (): ChatCosts => ({ conversation: { tokens: 12_345, estimated: false, runs: 8, cost: 42_100, unknown: 1, limit: limits.conversation }, agent: { tokens: 98_765, estimated: true, runs: 31, cost: 1_240_000, unknown: 0, limit: limits.agent } });
  const removed: Conversation[] = [];
  const hireOf = (id: string): Hire => world.hires.find((hire) => hire.id === id) ?? fail('team/not-found', 'This agent is not on your team.');
  const talkOf = (id: string): Conversation => world.conversations.find((talk) => talk.id === id) ?? fail('chat/not-found', 'This conversation is gone.');
  const changeTalk = (id: string, change: Partial<Conversation>): Conversation => { const next = { ...talkOf(id), ...change }; world.conversations = world.conversations.map((talk) => (talk.id === id ? next : talk)); world.changed('chat'); return next; };
  const changeHire = (id: string, change: Partial<Hire>): Hire => { const next = { ...hireOf(id), ...change }; world.hires = world.hires.map((hire) => (hire.id === id ? next : hire)); world.changed('team'); return next; };
  const free = (name: string): void => { if (world.hires.some((hire) => hire.name.toLowerCase() === name.toLowerCase())) fail('team/name-taken', `${name} is on your team already.`); };

  const answer = (conversationId: string, text: string): string => {
    const runId = nextId('run');
    const hire = hireOf(talkOf(conversationId).hireId);
    const log = createLog<RunEvent>();
    const list = world.messages.get(conversationId) ?? [];
    world.messages.set(conversationId, list);
    let seq = 0;
    const tell = (type: string, channel: RunEvent['channel'], data: Record<string, unknown>): void => { seq += 1; log.push({ run: runId, seq, id: `${runId}-${seq}`, parent: null, at: Date.now(), type, channel, namespace: [], data }); };
    const base = { conversationId, runId, at: Date.now(), model: null, usage: null, parentId: list.at(-1)?.id ?? null };
    if (text !== '') list.push({ ...base, id: nextId('message'), seq: list.length, role: 'user', status: 'done', blocks: [{ type: 'text', text }] });
    const reply: ChatMessage = { ...base, id: nextId('message'), seq: list.length, role: 'assistant', status: 'streaming', model: hire.modelLabel, blocks: [] };
    list.push(reply);
    world.runs.set(runId, { log, run: { id: runId, pluginId: hire.pluginId, executionType: 'agent', executionTarget: hire.agentId, parameters: {}, status: 'running', conversationId, hireId: hire.id, parentRunId: null, model: hire.model, createdAt: Date.now(), startedAt: Date.now(), completedAt: null, result: null, error: null, tokenUsage: null, lastSeq: 0 } });
    world.running += 1;
    changeTalk(conversationId, { activeRunId: runId, lastText: text, updatedAt: Date.now() });
    void (async () => {
      tell('run_started', 'lifecycle', {});
      const words = `You said: ${text}`.split(/(?<= )/);
      let soFar = '';
      for (const word of words) {
        await new Promise((resolve) => { setTimeout(resolve, world.stepMs); });
        if (world.runs.get(runId)?.run.status === 'cancelled') { reply.status = 'cancelled'; tell('run_cancelled', 'lifecycle', {}); break; }
        soFar += word;
        reply.blocks = [{ type: 'text', text: soFar }];
        tell('llm_stream_chunk', 'llm', { text: word });
      }
      if (reply.status === 'streaming') { reply.status = 'done'; tell('assistant_message_finished', 'messages', { messageId: reply.id, text: soFar }); tell('run_finished', 'lifecycle', {}); }
      const entry = world.runs.get(runId);
      if (entry) entry.run = { ...entry.run, status: entry.run.status === 'cancelled' ? 'cancelled' : 'completed', completedAt: Date.now(), lastSeq: seq };
      world.running -= 1;
      log.end();
      changeTalk(conversationId, { activeRunId: null, lastText: soFar });
      world.changed('runs');
    })();
    return runId;
  };
  const runOf = (id: string) => world.runs.get(id) ?? fail('run/not-found', 'There is no such run.');

  return {
    team: {
      hireable: os.team.hireable.handler(({ input }) => ({ agents: world.hireable.filter((agent) => input.pluginId === undefined || agent.pluginId === input.pluginId) })),
      list: os.team.list.handler(() => ({ hires: world.hires })),
      get: os.team.get.handler(({ input }) => hireOf(input.id)),
      byName: os.team.byName.handler(({ input }) => world.hires.find((hire) => hire.name.toLowerCase() === input.name.toLowerCase()) ?? fail('team/not-found', 'Nobody has this name.')),
      hire: os.team.hire.handler(({ input }) => {
        free(input.name);
        const agent = world.hireable.find((candidate) => candidate.pluginId === input.pluginId && candidate.agentId === input.agentId) ?? fail('team/no-agent', 'The plugin offers no such agent.');
        const hire: Hire = { id: nextId('hire-new'), name: input.name, pluginId: input.pluginId, agentId: input.agentId, role: agent.role, description: agent.description, avatar: null, status: 'ready', needs: [], model: input.model, modelLabel: input.model ?? 'Practice model', fallbackModel: input.fallbackModel ?? null, tools: agent.tools, createdAt: Date.now(), lastActiveAt: null };
        world.hires = [...world.hires, hire];
        world.changed('team');
        return hire;
      }),
      change: os.team.change.handler(({ input }) => {
        if (input.name !== undefined && input.name !== hireOf(input.id).name) free(input.name);
        return changeHire(input.id, { ...(input.name !== undefined && { name: input.name }), ...(input.model !== undefined && { model: input.model, modelLabel: input.model ?? 'Practice model' }), ...(input.fallbackModel !== undefined && { fallbackModel: input.fallbackModel }), ...(input.paused !== undefined && { status: input.paused ? 'paused' : 'ready' }) });
      }),
      dismiss: os.team.dismiss.handler(({ input }) => { dismissed.push(hireOf(input.id)); world.hires = world.hires.filter((hire) => hire.id !== input.id); world.changed('team'); return {}; }),
      ...teamConfiguration(os, world),
      duplicate: os.team.duplicate.handler(({ input }) => { const hire = world.hires.find((candidate) => candidate.id === input.id) ?? fail('team/not-found', 'This agent is not on your team.'); const copy = { ...hire, id: `${hire.id}-2`, name: `${hire.name} 2` }; world.hires = [...world.hires, copy]; world.changed('team'); return copy; }),
      restore: os.team.restore.handler(({ input }) => { const hire = dismissed.find((candidate) => candidate.id === input.id) ?? fail('team/not-found', 'This agent is not on your team.'); world.hires = [...world.hires, hire]; world.changed('team'); return hire; }),
    },
    chat: {
      conversations: os.chat.conversations.handler(({ input }) => ({ conversations: world.conversations.filter((talk) => (input.hireId === undefined || talk.hireId === input.hireId) && talk.title.toLowerCase().includes(input.words.toLowerCase())).sort((a, b) => b.updatedAt - a.updatedAt).slice(0, input.limit) })),
      get: os.chat.get.handler(({ input }) => talkOf(input.id)),
      start: os.chat.start.handler(({ input }) => { const talk: Conversation = { id: nextId('talk'), hireId: hireOf(input.hireId).id, title: 'New conversation', createdAt: Date.now(), updatedAt: Date.now(), lastText: '', activeRunId: null, pinned: false, folder: null }; world.conversations = [...world.conversations, talk]; world.changed('chat'); return talk; }),
      place: os.chat.place.handler(({ input }) => changeTalk(input.id, { ...(input.pinned !== undefined && { pinned: input.pinned }), ...(input.folder !== undefined && { folder: input.folder }) })),
      costs: os.chat.costs.handler(({ input }) => { talkOf(input.id); return costs(); }),
      limitCost: os.chat.limitCost.handler(({ input }) => { limits[input.of] = input.limit; world.changed('chat'); return costs(); }),
      rename: os.chat.rename.handler(({ input }) => changeTalk(input.id, { title: input.title })),
      remove: os.chat.remove.handler(({ input }) => { removed.push(talkOf(input.id)); world.conversations = world.conversations.filter((talk) => talk.id !== input.id); world.changed('chat'); return {}; }),
      restore: os.chat.restore.handler(({ input }) => { const talk = removed.find((candidate) => candidate.id === input.id) ?? fail('chat/not-found', 'This conversation is gone.'); world.conversations = [...world.conversations, talk]; world.changed('chat'); return talk; }),
      messages: os.chat.messages.handler(({ input }) => {
        const all = world.messages.get(talkOf(input.id).id) ?? [];
        const end = input.before === undefined ? all.length : all.findIndex((message) => message.id === input.before);
        return { messages: all.slice(Math.max(0, end - input.limit), end), earlier: end > input.limit };
      }),
      export: os.chat.export.handler(({ input }) => ({ name: `${talkOf(input.id).title}.${{ json: 'json', html: 'html', markdown: 'md' }[input.format]}`, mediaType: input.format === 'json' ? 'application/json' : 'text/markdown', text: `# ${talkOf(input.id).title}` })),
      attach: os.chat.attach.handler(({ input }) => {
        if (!input.last) return { attachment: null };
        if (input.name.endsWith('.zip')) throw new AppError('chat/bad-attachment', `"${input.name}" is neither text nor an image that can be shown (PNG, JPEG, WebP, GIF).`, { details: { reason: 'type' } });
        const image = /\.(png|svg)$/.test(input.name);
        const attachment: Attachment = { id: nextId('file'), name: input.name, kind: image ? 'image' : 'text', mediaType: image ? 'image/svg+xml' : 'text/plain', bytes: 12_345, width: null, height: null };
        return { attachment };
      }),
      attachment: os.chat.attachment.handler(() => ({ mediaType: 'image/svg+xml', base64: Buffer.from(PICTURE).toString('base64'), last: true })),
      readImport: os.chat.readImport.handler(({ input }) => {
        if (!input.last) return { preview: null };
        if (input.name.endsWith('.zip')) throw new AppError('chat/bad-import', 'This is no export of conversations: a JSON list or object was expected, and byte 0 begins something else.');
        return { preview: { source: 'chatgpt', conversations: 3, messages: 240, already: 1, titles: ['A trip to Rome', 'Tax questions'], agents: ['ChatGPT'], leftOut: [{ what: 'file', count: 4 }, { what: 'tool', count: 12 }], refused: [{ where: 'Conversation 4, "Odd"', why: 'The message "a" follows itself by way of others.' }], refusedCount: 1 } };
      }),
      storeImport: os.chat.storeImport.handler(({ input }) => {
        hireOf(input.hireId);
        const talks = ['A trip to Rome', 'Tax questions'].map((title, at): Conversation => ({ id: nextId('imported'), hireId: input.hireId, title, createdAt: 1, updatedAt: Date.now() - at, lastText: '', activeRunId: null, pinned: false, folder: null, importedFrom: 'chatgpt' }));
        world.conversations = [...world.conversations, ...talks];
        world.imports = [{ id: 'import-1', source: 'chatgpt', file: 'conversations.json', at: Date.now(), conversations: 2 }];
        world.changed('chat');
        return { importId: 'import-1', imported: 2, already: 1, left: 0 };
      }),
      dropImport: os.chat.dropImport.handler(() => ({})),
      imports: os.chat.imports.handler(() => ({ imports: world.imports })),
      removeImport: os.chat.removeImport.handler(() => { removed.push(...world.conversations.filter((talk) => talk.importedFrom)); world.conversations = world.conversations.filter((talk) => !talk.importedFrom); world.imports = []; world.changed('chat'); return { conversations: 2 }; }),
      restoreImport: os.chat.restoreImport.handler(() => { world.conversations = [...world.conversations, ...removed.filter((talk) => talk.importedFrom)]; world.changed('chat'); return { conversations: 2 }; }),
      send: os.chat.send.handler(({ input }) => {
        if (talkOf(input.id).activeRunId !== null) fail('chat/busy', 'An answer is under way.');
        return { runId: answer(input.id, input.text) };
      }),
      edit: os.chat.edit.handler(({ input }) => ({ runId: answer(input.id, input.text) })),
      retry: os.chat.retry.handler(({ input }) => ({ runId: answer(input.id, '') })),
      answers: os.chat.answers.handler(({ input }) => {
        const all = world.messages.get(talkOf(input.id).id) ?? [];
        const one = all.find(({ id }) => id === input.messageId) ?? fail('chat/not-found', 'This answer is gone.');
        return { messages: [...(world.answersBeside.get(one.id) ?? []), one] };
      }),
      handOver: os.chat.handOver.handler(({ input }) => changeTalk(input.id, { hireId: hireOf(input.hireId).id })),
      continue: os.chat.continue.handler(({ input }) => ({ runId: answer(input.id, '') })),
      choose: os.chat.choose.handler(({ input }) => { talkOf(input.id); return {}; }),
    },
    runs: {
      start: os.runs.start.handler(() => fail('run/not-yet-supported', 'The scripted core starts runs from chats only.')),
      list: os.runs.list.handler(({ input }) => ({ runs: [...world.runs.values()].map(({ run }) => run).filter((run) => !input.active || run.status === 'running' || run.status === 'waiting').reverse().slice(0, input.limit) })),
      get: os.runs.get.handler(({ input }) => runOf(input.id).run),
      events: os.runs.events.handler(({ input, signal }) => runOf(input.runId).log.read(input.after, signal)),
      cancel: os.runs.cancel.handler(({ input }) => { const entry = runOf(input.id); entry.run = { ...entry.run, status: 'cancelled' }; return {}; }),
      approvals: os.runs.approvals.handler(() => ({ approvals: world.approvals })),
      revokeApproval: os.runs.revokeApproval.handler(({ input }) => { world.approvals = world.approvals.filter((one) => one.hireId !== input.hireId || one.toolId !== input.toolId || one.scope !== input.scope); world.changed('runs'); return {}; }),
      approve: os.runs.approve.handler(({ input }) => {
        const asked = runOf(input.id).log.rows().findLast((event) => event.type === 'tool_approval_requested' && event.data['callId'] === input.callId);
        if (asked?.id !== input.questionId) fail('run/question-replaced', 'Another question took its place.');
        return {};
      }),
    },
  };
}
