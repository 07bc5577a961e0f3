/** An OpenAI-compatible server on this machine whose answers leave word by word, when the test says so. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answering {
  /** The body that was asked with. */
  readonly asked: { model?: string; stream?: boolean; messages?: unknown[] };
  /** How many pieces were sent so far. */
  readonly sent: number;
  send(piece: string): void;
  finish(): void;
  /** Resolves when the one who asked closed the connection before the answer was whole. */
  readonly closed: Promise<void>;
}

export interface StandInProvider {
  readonly url: string;
  /** Keys that came, in order. */
  readonly keys: (string | undefined)[];
  /** The next request for an answer. */
  next(): Promise<Answering>;
  /** How many asked for an answer. */
  asked(): number;
  stop(): Promise<void>;
}

/** Starts on a free port of 127.0.0.1, with one model, and refuses every key but this one. */
export async function startStandIn(key: string, model = 'stand-in-large'): Promise<StandInProvider> {
  const keys: (string | undefined)[] = [];
  const waiting: ((answering: Answering) => void)[] = [];
  const arrived: Answering[] = [];
  let count = 0;
  const server = createServer((request, response) => {
    void read(request).then((text) => {
      const given = request.headers.authorization?.replace(/^Bearer /, '');
      keys.push(given);
      const json = (status: number, body: unknown): void => { response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)); };
      if (given !== key) { json(401, { error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } }); return; }
      if (request.method === 'GET') { json(200, { object: 'list', data: [{ id: model, object: 'model', context_length: 8192 }] }); return; }
      count += 1;
      const answering = answer(response, JSON.parse(text) as Answering['asked'], model);
      const taker = waiting.shift();
      if (taker) taker(answering); else arrived.push(answering);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, keys, asked: () => count,
    next: () => { const first = arrived.shift(); return first ? Promise.resolve(first) : new Promise((resolve) => { waiting.push(resolve); }); },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

function answer(response: ServerResponse, asked: Answering['asked'], model: string): Answering {
  let sent = 0;
  let ended = false;
  const closed = new Promise<void>((resolve) => { response.on('close', () => { if (!ended) resolve(); }); });
  const event = (delta: object, finish: string | null = null): void => { response.write(`data: ${JSON.stringify({ id: 'answer', object: 'chat.completion.chunk', model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`); };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return {
    asked, closed,
    get sent() { return sent; },
    send(piece) { sent += 1; event({ role: 'assistant', content: piece }); },
    finish() { ended = true; event({}, 'stop'); response.end('data: [DONE]\n\n'); },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
