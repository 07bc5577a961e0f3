/** Agents of one's own in the scripted core: drafts are kept, a message to the preview streams an answer. */
import type { implement } from '@orpc/server';
import type { Contract } from '../../contract/api/index.ts';
import { AppError } from '../../contract/errors/app-error.ts';
import type { AgentVersion, Draft, DraftProblem, OwnAgentDetail, PickableTool } from '../../contract/model/builder.ts';
import type { ChatMessage } from '../../contract/model/chat.ts';
import { createProjection } from '../../contract/model/chat-projection.ts';
import type { RunEvent } from '../../contract/model/run.ts';
import { NOW } from './fake-data.ts';
import { createLog } from './fake-log.ts';
import type { FakeWorld } from './fake-world.ts';

export interface FakeOwnAgent { id: string; draft: Draft; revision: number; saved: string | null; versions: AgentVersion[]; removed: boolean; preview: { number: number; runs: string[] }; problems: DraftProblem[] }

export const ownAgent = (id: string, draft: Draft, part: Partial<FakeOwnAgent> = {}): FakeOwnAgent => ({ id, draft, revision: 1, saved: null, versions: [], removed: false, preview: { number: 1, runs: [] }, problems: [], ...part });

export const PICKABLE: PickableTool[] = [
  { id: 'builtin.calculator', title: 'Calculator', description: 'Works out an expression exactly.', effect: 'read', pluginId: null, pluginName: 'Troupe', input: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] } },
  { id: 'dev.troupe.text-toolkit/word_count', title: 'Count words', description: 'Counts the words of a text.', effect: 'read', pluginId: 'dev.troupe.text-toolkit', pluginName: 'Text Toolkit', input: { type: 'object', properties: { text: { type: 'string' } } } },
  { id: 'dev.troupe.spreadsheet-analyst/write_report', title: 'Write a report', description: 'Writes a report into the folder that you picked.', effect: 'write', pluginId: 'dev.troupe.spreadsheet-analyst', pluginName: 'Spreadsheet Analyst', input: { type: 'object' } },
];

let made = 0;
const digest = (text: string): string => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7).toString(16).padStart(8, '0').repeat(16);

export function builderProcedures(os: ReturnType<typeof implement<Contract>>, world: FakeWorld) {
  const of = (id: string): FakeOwnAgent => world.ownAgents.get(id) ?? (() => { throw new AppError('builder/not-found', 'There is no such agent of yours.'); })();
  const problemsOf = ({ draft, problems }: FakeOwnAgent): DraftProblem[] => [...(draft.role ? [] : [{ path: 'role', severity: 'error' as const, message: 'role should be a text, but is nothing.', fix: draft.name ? { kind: 'use_name' as const, set: { role: draft.name }, pluginId: null } : null }]), ...problems.filter(({ fix }) => fix?.kind !== 'remove_tool' || JSON.stringify(fix.set['tools']) !== JSON.stringify(draft.tools))];
  const detail = (one: FakeOwnAgent): OwnAgentDetail => ({
    agent: { id: one.id, name: one.draft.name ?? '', description: one.draft.description ?? '', emoji: one.draft.avatar?.emoji ?? null, colour: one.draft.avatar?.colour ?? null, version: one.versions.length, unsaved: one.saved !== JSON.stringify(one.draft), hiredAs: world.hires.filter(({ agentId }) => agentId === one.id).map(({ name }) => name), createdAt: NOW - 86_400_000, updatedAt: NOW },
    draft: one.draft, revision: one.revision, problems: problemsOf(one),
  });
  const add = (draft: Draft): OwnAgentDetail => { made += 1; const one = ownAgent(`own-${made}`, draft); world.ownAgents.set(one.id, one); world.changed('builder'); return detail(one); };
  const said = (one: FakeOwnAgent): ChatMessage[] => one.preview.runs.flatMap((id) => { const projection = createProjection({ id, conversationId: 'preview' }); projection.add((world.runs.get(id)?.log.rows() ?? []) as RunEvent[]); return [...projection.messages()]; });
  return {
    list: os.builder.list.handler(() => ({ agents: [...world.ownAgents.values()].filter(({ removed }) => !removed).map((one) => detail(one).agent) })),
    get: os.builder.get.handler(({ input }) => detail(of(input.id))),
    create: os.builder.create.handler(({ input }) => add(input.from.kind === 'template' ? { name: 'Writing Partner', role: 'an editor', prompts: ['Make this shorter: '] } : {})),
    change: os.builder.change.handler(({ input }) => {
      const one = of(input.id);
      if (one.revision !== input.revision) throw new AppError('builder/changed', 'This agent was changed in another window meanwhile.');
      one.draft = input.draft;
      one.revision += 1;
      world.changed('builder');
      return { revision: one.revision, unsaved: detail(one).agent.unsaved, problems: problemsOf(one) };
    }),
    save: os.builder.save.handler(({ input }) => {
      const one = of(input.id);
      const version = { version: one.versions.length + 1, digest: digest(JSON.stringify(one.draft)), at: NOW, note: '' };
      one.versions.unshift(version);
      one.saved = JSON.stringify(one.draft);
      world.hireable = [...world.hireable.filter(({ agentId }) => agentId !== one.id), { pluginId: 'own', pluginName: '', agentId: one.id, name: one.draft.name ?? '', description: '', role: one.draft.role ?? '', goal: '', tools: one.draft.tools ?? [] }];
      world.changed('builder');
      return version;
    }),
    versions: os.builder.versions.handler(({ input }) => ({ versions: of(input.id).versions })),
    difference: os.builder.difference.handler(() => ({ lines: [{ kind: 'same', text: 'name: Recipe Scout' }, { kind: 'removed', text: 'goal: Find a recipe.' }, { kind: 'added', text: 'goal: Turn what is at hand into a meal that people like.' }, { kind: 'same', text: 'tools:' }, { kind: 'same', text: '  - builtin.calculator' }] })),
    takeBack: os.builder.takeBack.handler(({ input }) => { const one = of(input.id); one.draft = { ...one.draft, goal: 'Find a recipe.' }; one.revision += 1; world.changed('builder'); return detail(one); }),
    duplicate: os.builder.duplicate.handler(({ input }) => add({ ...of(input.id).draft, name: `${of(input.id).draft.name ?? ''} (copy)` })),
    remove: os.builder.remove.handler(({ input }) => { of(input.id).removed = true; world.changed('builder'); return {}; }),
    restore: os.builder.restore.handler(({ input }) => { of(input.id).removed = false; world.changed('builder'); return detail(of(input.id)); }),
    templates: os.builder.templates.handler(() => ({ templates: [{ id: 'writing-partner', name: 'Writing Partner', description: 'Makes a text clearer and shorter and keeps your voice.', emoji: '✍️', tools: [] }, { id: 'decision-helper', name: 'Decision Helper', description: 'Weighs options with you.', emoji: '⚖️', tools: ['builtin.calculator'] }] })),
    tools: os.builder.tools.handler(() => ({ tools: PICKABLE })),
    export: os.builder.export.handler(({ input }) => ({ name: 'agent.yaml', mediaType: 'application/yaml', text: `role: ${of(input.id).draft.role ?? ''}\n` })),
    import: os.builder.import.handler(({ input }) => { if (!input.text.startsWith('role:')) throw new AppError('builder/bad-agent', 'The agent document cannot be used. role should be a text, but is nothing.'); return add({ role: input.text.slice(5).trim() }); }),
    preview: os.builder.preview.handler(({ input }) => { const one = of(input.id); const messages = said(one); return { number: one.preview.number, messages, activeRunId: messages.at(-1)?.status === 'streaming' ? (one.preview.runs.at(-1) ?? null) : null }; }),
    send: os.builder.send.handler(({ input }) => {
      const one = of(input.id);
      made += 1;
      const runId = `preview-run-${made}`;
      const log = createLog<RunEvent>();
      let seq = 0;
      const tell = (type: string, channel: RunEvent['channel'], data: Record<string, unknown>): void => { seq += 1; log.push({ run: runId, seq, id: `${runId}-${seq}`, parent: null, at: NOW, type, channel, namespace: [], data }); };
      world.runs.set(runId, { log, run: { id: runId, pluginId: 'own', executionType: 'agent', executionTarget: one.id, parameters: {}, status: 'running', conversationId: null, hireId: null, parentRunId: null, model: input.model, createdAt: NOW, startedAt: NOW, completedAt: null, result: null, error: null, tokenUsage: null, lastSeq: 0 } });
      tell('user_message_added', 'messages', { messageId: `${runId}-u`, seq: one.preview.runs.length * 2 + 1, text: input.text, at: NOW });
      one.preview.runs.push(runId);
      tell('llm_stream_chunk', 'llm', { text: `I am ${one.draft.role ?? ''}. You said: ${input.text}` });
      tell('run_finished', 'lifecycle', {});
      log.end();
      return { runId };
    }),
    reset: os.builder.reset.handler(({ input }) => { const one = of(input.id); one.preview = { number: one.preview.number + 1, runs: [] }; world.changed('builder'); return {}; }),
  };
}
