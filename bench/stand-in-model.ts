/**
 * An OpenAI-compatible server in a process of its own; prints its port. The model `at-once` answers as fast as it can,
 * `after-20-ms` as a fast real one would. "rounds=N" in a request gets
 * N calls of a tool that is not there, so that an engine answers by itself; a request with tools gets one call of the
 * first, with a sum; then text.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Asked { model: string; messages: { role: string }[]; tools?: { function: { name: string } }[] }

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; });
  request.on('end', () => {
    if (request.method === 'GET') { response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data: ['at-once', 'after-20-ms'].map((id) => ({ id, object: 'model' })) })); return; }
    const { model, messages, tools } = JSON.parse(text) as Asked;
    const rounds = /rounds=(\d+)/.exec(text)?.[1];
    const call = rounds === undefined ? tools?.[0]?.function.name : 'no_such_tool';
    const done = messages.filter((message) => message.role === 'tool').length;
    const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model };
    const send = (choice: object): void => { response.write(`data: ${JSON.stringify({ ...head, choices: [{ index: 0, finish_reason: null, ...choice }] })}\n\n`); };
    const answer = (): void => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (call !== undefined && done < Number(rounds ?? 1)) {
        send({ delta: { role: 'assistant', tool_calls: [{ index: 0, id: `call${done}`, type: 'function', function: { name: call, arguments: rounds === undefined ? '{"expression":"2 + 3 * 4"}' : '{}' } }] } });
        send({ delta: {}, finish_reason: 'tool_calls' });
      } else {
        for (const word of ['It', ' is', ' 14', '.']) send({ delta: { role: 'assistant', content: word } });
        send({ delta: {}, finish_reason: 'stop' });
      }
      response.write(`data: ${JSON.stringify({ ...head, choices: [], usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 } })}\n\n`);
      response.end('data: [DONE]\n\n');
    };
    if (model === 'at-once') answer(); else setTimeout(answer, 20);
  });
});
server.listen(0, '127.0.0.1', () => { process.stdout.write(`${(server.address() as AddressInfo).port}\n`); });
