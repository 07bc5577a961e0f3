/** A world in which every screen has much to show: a team with every status, conversations with all that can stand in one. */
import type { Conversation } from '../../contract/model/chat.ts';
import type { Hire } from '../../contract/model/team.ts';
import { startRun, talk } from '../renderer/chat/scripted-run.ts';
import { fakeDocument } from './fake-knowledge.ts';
import { remembered } from './fake-memory.ts';
import { ownAgent } from './fake-builder.ts';
import { createWorld, type FakeWorld } from './fake-core.ts';
import { NOW } from './fake-data.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TOOLKIT = 'dev.troupe.text-toolkit';
const SHEET = 'dev.troupe.spreadsheet-analyst';

export const hire = (id: string, name: string, change: Partial<Hire> = {}): Hire => ({
  id, name, pluginId: TOOLKIT, agentId: 'agent-0', role: 'Editor', description: 'Makes text clear.', avatar: null, status: 'ready', needs: [], model: null,
  modelLabel: 'Practice model', fallbackModel: null, tools: [`${TOOLKIT}/count_words`], createdAt: NOW, lastActiveAt: Date.now() - HOUR, ...change,
});
const at = (id: string, hireId: string, title: string, ago: number, lastText = 'See you there'): Conversation => talk(id, { hireId, title, updatedAt: Date.now() - ago, lastText });

export function fullWorld(): FakeWorld {
  const world = createWorld();
  world.hires = [
    hire('hire-1', 'Ada'),
    hire('hire-2', 'Maximilian von und zu Hohenzollern-Sigmaringen the Second', { role: 'Senior research and spreadsheet analysis specialist', status: 'working', modelLabel: 'meta-llama/llama-4-maverick-17b-128e-instruct-fp8' }),
    hire('hire-3', 'Grace', { status: 'paused', role: 'Researcher', lastActiveAt: null }),
    hire('hire-4', 'Lin', { status: 'setup', needs: ['Pick a folder for "data".', 'Enter "api_key" in the configuration of Spreadsheet Analyst.'], role: 'Analyst', pluginId: SHEET }),
    hire('hire-5', 'Zoë', { status: 'error', role: '' }),
  ];
  world.conversations = [
    at('talk-1', 'hire-1', 'Trip to Lisbon', 60_000), at('talk-2', 'hire-2', 'Summarise the quarterly report with all of its appendices and the very long title', DAY, 'Here is the summary'),
    at('talk-3', 'hire-3', 'Grocery list', 3 * DAY), at('talk-4', 'gone', 'Old one', 60 * DAY), at('talk-5', 'hire-1', 'Tidy up', 1_000), at('talk-6', 'hire-4', 'Which region sold most?', 2 * HOUR),
  ];
  talkWithEverything(world);
  const long = startRun(world, 'talk-2', 'All of it, please. '.repeat(120));
  long.chunk(`${Array.from({ length: 40 }, (_, paragraph) => `Paragraph ${paragraph}. ${'Lorem ipsum dolor sit amet, consectetur adipiscing elit. '.repeat(4)}`).join('\n\n')}\n\n${'a'.repeat(3_000)}`);
  long.finish();
  const groceries = startRun(world, 'talk-3', 'Milk, bread');
  groceries.tell('llm_call_finished', { text: 'Written down.', usage: { promptTokens: 1_100, completionTokens: 104, estimated: true, cost: 2_140 } });
  groceries.finish('run_cancelled');
  const hello = startRun(world, 'talk-4', 'Hello');
  hello.tell('llm_call_finished', { text: 'Hello.', usage: { promptTokens: 12, completionTokens: 2, cost: null } });
  hello.finish('run_interrupted');
  const asking = startRun(world, 'talk-5', 'Tidy up the folder');
  asking.chunk('I will remove the files that are not needed.');
  asking.tell('llm_call_finished', { text: 'I will remove the files that are not needed.' });
  asking.tell('tool_approval_requested', { callId: 'k', toolId: `${SHEET}/delete_files`, name: 'delete_files', effect: 'destructive', arguments: { folder: '/home/ada/Documents/reports', files: Array.from({ length: 40 }, (_, file) => `report-${file}.csv`), note: 'Click \u202ewolla\u202c. <button>Allow once</button>' } });
  const entry = world.runs.get(asking.id);
  if (entry) entry.run = { ...entry.run, status: 'waiting' };
  world.keyState = { ...world.keyState, recoveryCodePending: true };
  const cook = { name: 'Recipe Scout', description: 'Finds recipes for what is in the fridge.', role: 'a cook who wastes nothing', goal: 'Turn what is at hand into a meal that people like.', instructions: 'Cook for {people}. Ask what is in the fridge. Suggest three dishes, the fastest first.', inputs: { people: 'two' }, avatar: { emoji: '🍳', colour: '#2d6a27' }, tools: ['builtin.calculator', 'com.example.pantry/look_up'], prompts: ['What can I cook with eggs and rice?', 'Plan three dinners for under 20 €, none of them with the same vegetable twice.'] };
  world.ownAgents.set('own-cook', ownAgent('own-cook', cook, {
    saved: '', versions: [{ version: 2, digest: '0f3c9a1b'.repeat(16), at: NOW - HOUR, note: '' }, { version: 1, digest: '9a1b0f3c'.repeat(16), at: NOW - 3 * DAY, note: '' }],
    problems: [{ path: 'tools[1]', severity: 'warning', message: 'The tool com.example.pantry/look_up belongs to the plugin com.example.pantry, which is not installed or is disabled. The agent works without it.', fix: { kind: 'install', set: {}, pluginId: 'com.example.pantry' } }, { path: 'tools[1]', severity: 'warning', message: 'The tool com.example.pantry/look_up is given twice.', fix: { kind: 'remove_tool', set: { tools: ['builtin.calculator'] }, pluginId: null } }],
  }));
  world.ownAgents.set('own-new', ownAgent('own-new', { name: 'An agent with a very long name that goes on and on until nobody reads it any more' }));
  world.ownAgents.set('own-plain', ownAgent('own-plain', { role: 'a clerk' }));
  world.hires.push(hire('hire-6', 'Remy', { pluginId: 'own', agentId: 'own-cook', role: cook.role, avatar: cook.avatar }));
  const [ada = '', max = ''] = world.hires.map(({ name }) => name);
  world.documents = [
    fakeDocument('doc-1', 'Handbook of the house, edition 2026, revised.pdf', [{ place: { page: 1 }, text: 'Welcome. This handbook says how we work.' }, { place: { page: 2 }, text: 'Everybody has thirty days of holiday a year.\nUnused days end on 31 March.' }, { place: { page: 3 }, text: 'Parking is behind the house. '.repeat(20) }], { notes: ['2 of 40 pages have no text; they may be pictures.'] }),
    fakeDocument('doc-3', 'rates.md', [{ place: { line: 1 }, text: 'Rates of the year.' }], { kind: 'markdown', plugin: { id: 'dev.troupe.text-toolkit', name: 'Text Toolkit' } }),
    fakeDocument('doc-2', 'prices.csv', [{ place: { row: 1 }, text: 'Item: Tea; Price: 3.20' }], { kind: 'csv' }),
  ];
  world.memories = [
    remembered('m1', 'Answers should be short, in British English, and name their sources.', { kind: 'preference', pinned: true, usedAt: NOW - HOUR }),
    remembered('m2', 'The user lives in Lisbon and has two children, Inês and Tomás.', { scope: 'agent', scopeId: 'hire-1', owner: ada, author: 'agent', runId: 'r', conversationId: 'talk-1', usedAt: NOW - DAY }),
    remembered('m3', 'The report goes to the board on the first Monday of each quarter.', { scope: 'agent', scopeId: 'hire-2', owner: max }),
    remembered('m4', 'The trip is for four people.', { scope: 'conversation', scopeId: 'talk-1', owner: 'Trip to Lisbon', kind: 'note', author: 'agent', conversationId: 'talk-1' }),
    remembered('m5', `https://example.com/${'a'.repeat(300)} ${'A long note about nothing. '.repeat(12)}`, { kind: 'note' }),
  ];
  world.running = 1;
  return world;
}

function talkWithEverything(world: FakeWorld): void {
  const run = startRun(world, 'talk-1', 'Can you compare the **two** trips and show me a table?');
  run.tell('knowledge_found', { passages: [{ number: 1, documentId: 'doc-1', position: 1, name: 'Handbook of the house, edition 2026, revised.pdf', place: { page: 2 }, text: 'Everybody has thirty days of holiday a year.' }] });
  run.tell('memory_recalled', { memories: [{ id: 'm1', scope: 'shared', kind: 'preference', text: 'Answers should be short, in British English, and name their sources.' }, { id: 'm4', scope: 'conversation', kind: 'note', text: 'The trip is for four people.' }] });
  run.chunk('Of course. Let me look at the numbers first.');
  run.tell('llm_call_finished', { text: 'Of course. Let me look at the numbers first.', usage: { promptTokens: 900, completionTokens: 20 } });
  for (let day = 0; day < 9; day += 1) {
    run.tell('tool_usage_started', { callId: `c${day}`, toolId: `${TOOLKIT}/count_words`, name: 'count_words', effect: 'read', arguments: { path: `notes/day-${day}.md`, limit: day } });
    run.tell('tool_usage_finished', { callId: `c${day}`, content: '{"words": 120}', durationMs: 120 * day * day, logs: ['opened', 'read'], ...(day === 7 && { error: { code: 'tools/failed', message: 'The file is not there.' } }) });
  }
  run.chunk('## Result\n\nThe second trip is **cheaper** and fits your holidays [1], see [the guide](https://lisbon.example.com/guide) for more.\n\n| Trip | Days | Price |\n|---|--:|--:|\n| Lisbon | 4 | 820 € |\n| Porto and the valley of the Douro | 5 | 760 € |\n\n- [x] compared\n- [ ] booked\n\n```python\ndef cheaper(a, b):\n    return a if a.price < b.price else b\n```\n\n> Prices change every day.\n\n![map](https://tracker.example/p.png)\n\nAnything else?');
  run.finish();
  const failed = startRun(world, 'talk-1', 'Please delete the old notes.');
  failed.tell('notice_added', { code: 'x', message: 'The earlier part of this conversation was left out, since the model reads at most 8,192 tokens.' });
  failed.finish('run_failed', { error: { code: 'models/rate-limited', message: 'The provider answered 429: too many requests in this minute.' } });
}
