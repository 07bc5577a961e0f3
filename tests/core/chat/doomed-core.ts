/** A core that dies at a failpoint. Arguments: home folder, failpoint (`name:n`), file that the tool writes to, and `halfway` to die in the middle of an answer instead. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { enableFailpoints, parseFailpoint } from '../../../main/core/base/observe/index.ts';
import { openStore } from '../../../main/core/base/store/index.ts';
import { doomedScript, HALF, halfwayScript, REQUEST, TEXT } from './doomed-script.ts';
import { fakeSandbox, HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper } from '../agents/workshop.ts';

const [, , folder = '', failpoint = '', effects = '', how = ''] = process.argv;
// That of the nth answer is the first of all, since no other answer is said in pieces.
const streamed = Number(/^run\.after-first-chunk:(\d+)$/.exec(failpoint)?.[1] ?? 0);
const point = parseFailpoint(streamed > 0 ? 'run.after-first-chunk:1' : failpoint);
if (point) enableFailpoints(point);

const store = await openStore({ file: path.join(folder, 'troupe.db') });
const plugins = new TestPlugins();
withHelper(plugins);
const shop = openWorkshop({
  home: { folder, store, reopen: () => Promise.resolve(store), close: () => Promise.resolve() }, plugins, model: scriptedModel(how === 'halfway' ? halfwayScript : doomedScript(streamed)), idPrefix: 'doomed-',
  sandbox: fakeSandbox({ look: () => 'seen', send: () => { appendFileSync(effects, 'sent\n'); return 'sent'; } }),
});
const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null });
const talk = await shop.chat.start({ hireId: hire.id });
process.stdout.write(`talk ${talk.id}\n`);
const { runId } = await shop.chat.send({ id: talk.id, text: TEXT }, REQUEST);
process.stdout.write(`sent ${runId}\n`);
let shown = '';
for await (const batch of shop.runs.events(runId, 0, new AbortController().signal)) {
  const asked = batch.find((event) => event.type === 'tool_approval_requested');
  if (asked) await shop.runs.approve({ id: runId, callId: 'c2-1', questionId: asked.id, decision: 'allow', scope: 'once' });
  for (const event of batch) process.stdout.write(`${event.type === 'tool_usage_finished' ? `tool ${JSON.stringify(event.data.error)}\n` : ''}seen ${event.seq}\n`);
  for (const event of batch) shown = event.type === 'llm_call_started' ? '' : shown + (event.type === 'llm_stream_chunk' ? String(event.data['text']) : '');
  // What a reader has got so far is told before the end, which comes at no step of the run's own.
  if (how === 'halfway' && shown.length > HALF.length / 2 && HALF.startsWith(shown)) process.stdout.write(`shown ${JSON.stringify(shown)}\n`, () => { process.kill(process.pid, 'SIGKILL'); });
}
const { status, error } = await shop.runs.get({ id: runId });
process.stdout.write(`lived ${status} ${JSON.stringify(error)}\n`);
await store.stop();
