/** A command on a home that nobody serves: it starts a core, one core, wherever the home lies. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCatalog } from '../../scripts/build-catalog.ts';
import { chooseAddress, publishAddress, readAddress } from '../../main/link/core-address.ts';
import { startCore, withoutKeychain } from '../support/running-core.ts';
import { cli } from './run-cli.ts';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
// A core that the command line starts from source reads the catalog of the last build.
beforeAll(async () => { await buildCatalog(path.join(root, 'dist/catalog')); }, 120_000);
beforeEach(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-start-')); });
afterEach(async () => {
  for (const pid of coresBelow(folder)) process.kill(pid, 'SIGTERM');
  await expect.poll(() => coresBelow(folder), { timeout: 10_000 }).toEqual([]);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Processes that run our core with a home below this folder. */
const coresBelow = (home: string): number[] => execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 }).split('\n')
  .filter((line) => line.includes('core/main.ts') && line.includes(`--home ${home}`)).map((line) => Number(line.trim().split(/\s+/)[0]));

describe('the first command', () => {
  it('of three at once starts one core, which all of them use and which outlives them', async () => {
    const home = path.join(folder, 'home');
    const answers = await Promise.all([cli(['list', '--json', '--home', home]), cli(['catalog', 'search', 'text', '--json', '--home', home]), cli(['team', '--json', '--home', home])]);
    expect(answers.map(({ code, stderr }) => ({ code, trouble: code === 0 ? '' : stderr }))).toEqual(Array.from({ length: 3 }, () => ({ code: 0, trouble: '' })));
    expect((JSON.parse(answers[1].stdout) as { total: number }).total).toBeGreaterThan(0);
    // Said by the core that started; the two others found it running.
    expect(answers.filter(({ stderr }) => stderr.includes('This home is not encrypted'))).toHaveLength(1);
    expect(coresBelow(home)).toHaveLength(1);
    const again = await cli(['list', '--home', home]);
    expect(again.stderr).not.toContain('not encrypted');
    expect(coresBelow(home)).toHaveLength(1);
  }, 60_000);

  it.each([
    ['with spaces and letters of other scripts', 'Mein Zuhause – 家 ünïcode'],
    ['longer than a socket may be', path.join('a'.repeat(60), 'b'.repeat(60), 'c'.repeat(60))],
  ])('works in a home %s', async (_what, name) => {
    const home = path.join(folder, name);
    await mkdir(path.dirname(home), { recursive: true });
    const installed = await cli(['install', 'dev.troupe.text-toolkit', '--yes', '--home', home]);
    expect(installed.code, installed.stderr).toBe(0);
    const ran = await cli(['run', 'dev.troupe.text-toolkit/slugify', '--input', 'text=Über den Wolken', '--json'], { environment: { TROUPE_HOME: home } });
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ result: { slug: expect.stringMatching(/^[a-z-]+$/) as string } });
    expect(coresBelow(home)).toHaveLength(1);
    const address = await readAddress(home) ?? '';
    expect(Buffer.byteLength(address)).toBeLessThan(104);
  }, 60_000);

  it('finds its way when the address that was left belongs to nobody', async () => {
    const home = path.join(folder, 'home');
    await mkdir(home);
    await publishAddress(home, path.join(home, 'core.sock'));
    await writeFile(path.join(home, 'core.sock'), '');
    expect(await cli(['list', '--json', '--home', home])).toMatchObject({ code: 0 });
  }, 40_000);

  it('waits for a core that is about to stop, and starts the next one', async () => {
    const home = path.join(folder, 'home');
    const core = await startCore({ home, words: ['--idle-exit', '60000'] });
    const stopping = core.stop();
    const answer = await cli(['list', '--json', '--home', home]);
    await stopping;
    expect(answer.code, answer.stderr).toBe(0);
    await core.end();
  }, 40_000);

  it('tells the reason when no core can start', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    const { code, stderr, stdout } = await cli(['list', '--home', path.join(file, 'home')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^troupe/);
    const broken = path.join(folder, 'broken');
    await mkdir(broken);
    await writeFile(path.join(broken, 'key.json'), 'not json');
    expect((await cli(['list', '--home', broken])).code).toBeGreaterThan(0);
  }, 40_000);
});

describe('at a terminal', () => {
  /** Runs a command with a terminal of its own (util-linux' script) that types `typed` when `prompt` is shown. */
  const atTerminal = (words: readonly string[], prompt: string, typed: string): Promise<{ code: number | null; screen: string }> => {
    const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
    const command = [process.execPath, '--disable-warning=ExperimentalWarning', path.join(root, 'main/cli/main.ts'), ...words].map(quote).join(' ');
    const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], { env: { ...withoutKeychain(), TERM: 'xterm' }, stdio: 'pipe' });
    let screen = '';
    let answered = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      if (!answered && screen.includes(prompt)) { answered = true; child.stdin.write(typed); }
    });
    return new Promise((resolve) => { child.once('close', (code) => { resolve({ code, screen }); }); });
  };

  it.runIf(existsSync('/usr/bin/script'))('asks for consent, takes no for an answer, and installs at yes', async () => {
    const home = path.join(folder, 'home');
    const no = await atTerminal(['install', 'dev.troupe.web-research', '--home', home], '[y/N]', 'n\r');
    expect(no.screen).toContain('network *.wikipedia.org');
    expect(no.code, no.screen).toBe(8);
    const yes = await atTerminal(['install', 'dev.troupe.web-research', '--home', home], '[y/N]', 'y\r');
    expect(yes.code, yes.screen).toBe(0);
    expect(yes.screen).toContain('Installed Web Research');
    const cancelled = await atTerminal(['install', 'dev.troupe.csv-analyst', '--home', home], '[y/N]', '\u0003');
    expect(cancelled.code, cancelled.screen).toBe(8);
    expect(JSON.parse((await cli(['list', '--json', '--home', home])).stdout)).toMatchObject({ plugins: expect.not.arrayContaining([expect.objectContaining({ id: 'dev.troupe.csv-analyst' })]) as unknown });
  }, 90_000);
});

describe('the address of a long home', () => {
  it('lies in a folder that only this user can read', async () => {
    const address = await chooseAddress(path.join(folder, 'x'.repeat(200)));
    const mode = execFileSync('stat', ['-c', '%a %u', path.dirname(address)], { encoding: 'utf8' }).trim();
    expect(mode).toBe(`700 ${process.getuid?.() ?? 0}`);
  });
});
