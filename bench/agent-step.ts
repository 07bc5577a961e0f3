/** What the engine adds to a model call: a streamed agent step with every event on the disk, beside the bare client and the same server. */
import { spawn } from 'node:child_process';
import OpenAI from 'openai';
import type { TroupeClient } from '../contract/link/client.ts';
import { finishOperation, finishRun, withCore } from './built-core.ts';
import { sample, spread, timed, type Figure } from './measure.ts';

/** Rounds of the long run: each asks for a tool that is not there, so that the engine answers without a sandbox. */
const ROUNDS = 10;

/** An OpenAI-compatible server that answers at once: a tool call until the conversation holds as many answers as "rounds=N" says, then text. */
const SERVER = `require('node:http').createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => { text += chunk; });
  request.on('end', () => {
    if (request.method === 'GET') { response.setHeader('content-type', 'application/json'); response.end('{"object":"list","data":[{"id":"m","object":"model"}]}'); return; }
    const body = JSON.parse(text);
    const wanted = Number(/rounds=(\\d+)/.exec(text)?.[1] ?? 0);
    const done = body.messages.filter((message) => message.role === 'tool').length;
    const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
    const send = (choice) => response.write('data: ' + JSON.stringify({ ...head, choices: [{ index: 0, finish_reason: null, ...choice }] }) + '\\n\\n');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (done < wanted) {
      send({ delta: { role: 'assistant', tool_calls: [{ index: 0, id: 'call' + done, type: 'function', function: { name: 'no_such_tool', arguments: '{}' } }] } });
      send({ delta: {}, finish_reason: 'tool_calls' });
    } else {
      for (const word of ['It', ' is', ' done', '.']) send({ delta: { role: 'assistant', content: word } });
      send({ delta: {}, finish_reason: 'stop' });
    }
    response.write('data: ' + JSON.stringify({ ...head, choices: [], usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 } }) + '\\n\\n');
    response.end('data: [DONE]\\n\\n');
  });
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

const run = async (client: TroupeClient, rounds: number): Promise<void> => {
  const { runId } = await client.call.runs.start({ pluginId: 'dev.troupe.web-research', target: 'writer', input: { prompt: `Say that it is done. rounds=${rounds}` } });
  await finishRun(client, runId);
};

async function bareClient(baseURL: string): Promise<number[]> {
  const openai = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });
  const call = async (): Promise<void> => {
    const stream = await openai.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'Say that it is done.' }], stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    if (text !== 'It is done.') throw new Error(`The stand-in answered "${text}".`);
  };
  for (let n = 0; n < 20; n += 1) await call();
  return sample(200, 5_000, call);
}

export async function benchAgentStep(): Promise<Figure[]> {
  const server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await new Promise<string>((resolve) => server.stdout.once('data', (chunk) => { resolve(String(chunk).trim()); }));
    const baseUrl = `http://127.0.0.1:${port}/v1`;
    const rival = { name: 'bare openai client, one call', ...spread(await bareClient(baseUrl)) };
    return await withCore(async (core) => {
      const client = await core.local();
      const { operationId } = await client.call.plugins.install({ id: 'dev.troupe.web-research', grantAll: true });
      await finishOperation(client, operationId);
      const { provider } = await client.call.models.add({ baseUrl });
      await client.call.models.setDefault({ model: `${provider.id}/m` });
      for (let n = 0; n < 5; n += 1) await run(client, ROUNDS);
      const whole: number[] = [];
      // One short and one long run in turn: what the long one takes more, by its rounds, is what a step costs.
      const steps: number[] = [];
      const until = performance.now() + 12_000;
      while (whole.length < 40 && performance.now() < until) {
        const short = await timed(() => run(client, 0));
        whole.push(short);
        steps.push((await timed(() => run(client, ROUNDS)) - short) / ROUNDS);
      }
      return [
        { name: 'agent step (model call, tool answer, events on the disk)', unit: 'ms', ...spread(steps), rival },
        { name: 'whole run of one step, from the call to its last event', unit: 'ms', ...spread(whole), rival },
      ] satisfies Figure[];
    });
  } finally {
    server.kill();
  }
}
