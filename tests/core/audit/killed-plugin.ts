/** An agent calls a plugin's tool, which makes one request; killed.test.ts kills it there. What the host received stands in the file `received`. */
import { appendFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { openAudit } from '../../../main/core/base/audit/index.ts';
import { enableFailpoints } from '../../../main/core/base/failpoints/index.ts';
import { openStore } from '../../../main/core/base/store/index.ts';
import type { RunContext } from '../../../main/core/engine/runs/index.ts';
import { createTools, createToolSession } from '../../../main/core/engine/tools/index.ts';
import { TestPlugins } from '../agents/workshop.ts';

const [, , folder = '', method = '', effect = '', failpoint = ''] = process.argv;
if (failpoint !== '') enableFailpoints({ name: failpoint, hit: 1 });
const store = await openStore({ file: path.join(folder, 'troupe.db') });
const audit = openAudit({ store, now: Date.now });
const plugins = new TestPlugins();
plugins.add('dev.test.caller', { grants: ['network:api.example.com'], manifest: { capabilities: { tools: [{ id: 'send', name: 'Send', description: 'Sends.', effect: effect as 'read' }] } }, files: { 'dist/plugin.js': '' } });
const tools = createTools({
  plugins, store, userSalt: 'salt', activity: audit.activity, secrets: { withSecret: () => Promise.reject(new Error('There is none.')) },
  http: { guardedFetch(request) {
    appendFileSync(path.join(folder, 'received'), `${request.method}\n`);
    return Promise.resolve({ status: 200, statusText: 'OK', url: request.url, headers: [], body: new Uint8Array() });
  } },
  sandbox: { async run({ hostCalls, signal }) {
    await hostCalls.call('fetch', { url: 'https://api.example.com/x', method, headers: [], redirect: 'follow' }, signal ?? new AbortController().signal);
    return { output: null, logs: [], metrics: { wallMs: 1, cpuMs: 1, memoryBytes: 1, hostCalls: 1 } };
  } },
});
const context = {
  run: { id: 'run-1', pluginId: 'dev.test.caller', executionType: 'agent', executionTarget: 'writer', conversationId: null, hireId: 'hire-1' }, past: [], signal: new AbortController().signal, clock: { now: Date.now }, ids: { next: () => 'id' },
  emit: () => 'event', durable: () => Promise.resolve(),
} as unknown as RunContext;
await tools.invoke(createToolSession(context, () => Promise.reject(new Error('There is no model.'))), await tools.find('dev.test.caller/send'), { callId: 'c', input: {}, depth: 1, readOnly: false, standing: 'approved', signal: context.signal });
await audit.flush();
writeSync(1, 'written\n');
process.exit(0);
