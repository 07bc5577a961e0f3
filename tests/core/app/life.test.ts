/** The life of a core: how it starts, refuses to start, ends, and what it leaves behind. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readAddress } from '../../../main/link/core-address.ts';
import { startCore, temporaryHome, type CoreOptions, type RunningCore } from '../../support/running-core.ts';

const cores: RunningCore[] = [];
const homes: string[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.end();
  for (const home of homes.splice(0)) await rm(home, { recursive: true, force: true });
});
const start = async (options: CoreOptions = {}): Promise<RunningCore> => {
  const core = await startCore(options);
  cores.push(core);
  return core;
};
const newHome = async (): Promise<string> => { const home = await temporaryHome(); homes.push(home); return home; };
const childrenOf = (pid: number): number[] => execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' }).split('\n').map(Number).filter((child) => child > 0);
const isAlive = (pid: number): boolean => { try { process.kill(pid, 0); return true; } catch (error) { if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false; throw error; } };
/** A core of the command line: no questions at the start. */
const COMMAND_LINE = ['--idle-exit', '60000'];

describe('stopping', () => {
  it('ends within two seconds with clients connected and a run under way, and leaves no process and no lock', async () => {
    const home = await newHome();
    const core = await start({ home, words: COMMAND_LINE });
    const client = await core.client();
    await client.call.observe.doctor({}); // starts the sandbox's processes
    const { operationId } = await client.call.plugins.install({ id: 'dev.troupe.web-research', grantAll: true });
    await expect.poll(async () => (await client.call.plugins.operations({ recent: true })).operations.find(({ id }) => id === operationId)?.state, { timeout: 15_000 }).toBe('finished');
    const hired = await client.call.team.hire({ pluginId: 'dev.troupe.web-research', agentId: 'writer', name: 'W' });
    const conversation = await client.call.chat.start({ hireId: hired.id });
    await client.call.chat.send({ id: conversation.id, text: 'Write a long answer about everything you can do' });
    const children = childrenOf(core.process.pid ?? 0);
    expect(children.length).toBeGreaterThan(0);

    expect(await core.stop()).toBeLessThan(2_000);
    expect(core.process.exitCode).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
    expect(existsSync(path.join(home, 'core.sock'))).toBe(false);
    expect(existsSync(path.join(home, 'troupe.db-wal'))).toBe(false);

    // The next one has the home at once, and the run that was cut off goes on or is told as interrupted.
    const next = await start({ home, words: COMMAND_LINE });
    // Even when that run is told to the shell, it hears of it after `ready`.
    expect(next.first.tell, next.stderr()).toBe('ready');
    const again = await next.client();
    expect((await again.call.chat.messages({ id: conversation.id })).messages[0]).toMatchObject({ role: 'user' });
    expect((await again.call.team.list({})).hires).toHaveLength(1);
  }, 60_000);

  it('ends by SIGTERM as well, and when the shell that started it has gone', async () => {
    const bySignal = await start({ words: COMMAND_LINE });
    bySignal.process.kill('SIGTERM');
    expect(await bySignal.exited).toBe(0);
    const ofShell = await start();
    ofShell.process.stdio[3]?.destroy();
    expect(await ofShell.exited).toBe(0);
  }, 40_000);

  it('goes on without a shell when the command line started it, and ends when nobody came for long enough', async () => {
    const core = await start({ words: ['--idle-exit', '900'] });
    core.process.stdio[3]?.destroy();
    const client = await core.client();
    await client.call.observe.about({});
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await client.call.plugins.list({})).toEqual({ plugins: [] });
    client.close();
    expect(await core.exited).toBe(0);
  }, 40_000);

  it('keeps what it acknowledged before, and says so to calls that come after', async () => {
    const home = await newHome();
    const core = await start({ home, words: COMMAND_LINE });
    const client = await core.client();
    await client.call.observe.about({});
    const stopping = core.stop();
    let kept = 'system';
    const failure = await (async () => { for (let turn = 0; ; turn += 1) kept = (await client.call.settings.change({ change: { theme: turn % 2 === 0 ? 'dark' : 'light' } })).theme; })().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: expect.stringMatching(/^core\/(stopping|disconnected)$/) as string, retryable: true });
    await stopping;
    const next = await start({ home, words: COMMAND_LINE });
    const stored = (await (await next.client()).call.settings.get({})).theme;
    // The one whose answer was cut off may have been stored as well.
    expect([kept, kept === 'dark' ? 'light' : 'dark']).toContain(stored);
  }, 40_000);
});

describe('starting', () => {
  it('refuses a home that another core owns, and leaves that one alone', async () => {
    const home = await newHome();
    const owner = await start({ home, words: COMMAND_LINE });
    const client = await owner.client();
    const second = await start({ home, words: COMMAND_LINE });
    expect(second.first).toMatchObject({ tell: 'failed', input: { code: 'core/home-in-use' } });
    expect(await second.exited).toBe(1);
    expect(await client.call.observe.about({})).toMatchObject({ home });
    expect(await (await owner.client()).call.plugins.list({})).toEqual({ plugins: [] });
  }, 40_000);

  it('takes over the home of a core that was killed', async () => {
    const home = await newHome();
    const first = await start({ home, words: COMMAND_LINE });
    await (await first.client()).call.settings.change({ change: { theme: 'dark' } });
    first.process.kill('SIGKILL');
    await first.exited;
    expect(existsSync(path.join(home, 'core.sock'))).toBe(true);
    const second = await start({ home, words: COMMAND_LINE });
    expect(second.first.tell, second.stderr()).toBe('ready');
    expect((await (await second.client()).call.settings.get({})).theme).toBe('dark');
  }, 40_000);

  it('says which argument it did not take', async () => {
    for (const [words, text] of [[['--nonsense'], '--nonsense'], [['--port', 'many'], '--port takes a whole number'], [['--idle-exit', '-1'], "'--idle-exit' argument is ambiguous"], [['--failpoint', 'NOT ONE'], '--failpoint takes a name']] as const) {
      const core = await start({ words: [...words] });
      expect(core.first).toMatchObject({ tell: 'failed', input: { code: expect.any(String) as string } });
      expect(await core.exited).toBe(1);
      expect(core.stderr()).toContain(text);
    }
  }, 40_000);

  it('fails with a reason when its catalog is not there', async () => {
    const core = await start({ words: [...COMMAND_LINE, '--catalog', '/nonexistent/catalog'] });
    expect(core.first.tell).toBe('failed');
    expect(await core.exited).toBe(1);
  }, 40_000);

  it('keeps its folders and files from other users', async () => {
    const core = await start({ words: COMMAND_LINE });
    const modes = execFileSync('stat', ['-c', '%a %n', core.home, path.join(core.home, 'logs'), path.join(core.home, 'core.sock'), path.join(core.home, 'core.address')], { encoding: 'utf8' });
    expect(modes.split('\n').filter(Boolean).map((line) => line.split(' ')[0])).toEqual(['700', '700', '600', '600']);
    expect(await readAddress(core.home)).toBe(path.join(core.home, 'core.sock'));
  }, 40_000);
});

describe('without a network', () => {
  it('as long as a client forbids it, an address elsewhere is not asked', async () => {
    const core = await start({ words: COMMAND_LINE });
    const offline = await core.client({ offline: true });
    // 192.0.2.0/24 belongs to nobody; nothing would be sent even if the guard failed to see it before a time-out.
    const add = { baseUrl: 'https://192.0.2.1/v1', name: 'Elsewhere' };
    await offline.call.observe.about({});
    await expect((await core.client()).call.models.add(add)).rejects.toMatchObject({ code: 'core/offline', retryable: true });
    offline.close();
  }, 40_000);

  it('a shell\'s core that was started so stays so; one of the command line as long as that command', async () => {
    // A proxy that does not answer keeps what is allowed from leaving this machine.
    const environment = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };
    const add = { baseUrl: 'https://192.0.2.1/v1', name: 'Elsewhere' };
    const always = await start({ words: ['--offline'], environment });
    const one = await always.client();
    await one.call.credentials.choosePlain({});
    await expect(one.call.models.add(add)).rejects.toMatchObject({ code: 'core/offline' });
    const forOne = await start({ words: [...COMMAND_LINE, '--offline'], environment });
    const offline = await forOne.client({ offline: true });
    await expect(offline.call.models.add(add)).rejects.toMatchObject({ code: 'core/offline' });
    offline.close();
    // The command that started it has ended, and with it whoever could be asked for a proxy.
    forOne.process.stdio[3]?.destroy();
    await expect((await forOne.client()).call.models.add(add)).rejects.toMatchObject({ code: 'models/unreachable' });
  }, 40_000);

  it('when the setting says so', async () => {
    const core = await start({ words: COMMAND_LINE });
    const client = await core.client();
    await client.call.settings.change({ change: { offline: true } });
    await expect(client.call.models.add({ baseUrl: 'https://192.0.2.1/v1' })).rejects.toMatchObject({ code: 'core/offline' });
  }, 40_000);
});

describe('the log', () => {
  it('says that the core started and stopped, each line JSON', async () => {
    const home = await newHome();
    const core = await start({ home, words: COMMAND_LINE });
    await core.stop();
    const files = await readdir(path.join(home, 'logs'));
    const lines = (await Promise.all(files.map((file) => readFile(path.join(home, 'logs', file), 'utf8')))).join('').trim().split('\n').map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(lines).toContain('the core is ready');
    expect(lines.at(-1)).toBe('the core stopped');
  }, 40_000);
});
