import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyFolder, openCatalog, publishStatic, readKeyFolder, readPlugins, renewSignatures, rotateKey, sha512Of, type RotatedRole } from '../../packaging/index.ts';
import { archiveOf } from '../core/plugins/registry.ts';

/** What the signer does, and where it is killed. `sequence`: what readers see afterwards. */
const POINTS: [job: string, point: string, sequence: number][] = [
  ['publish', 'write blobs', 1],
  ['publish', 'name catalog/delta-1-2.jsonl.br', 1],
  ['publish', 'name metadata/2.catalog.json', 1],
  ['publish', 'name metadata/2.snapshot.json', 1],
  ['publish', 'name metadata/timestamp.json', 1],
  ['publish', 'sweep 7.catalog.json.new', 2],
  ['sign', 'name metadata/timestamp.json', 1],
  ['timestamp', 'name metadata/2.root.json', 1],
  ['timestamp', 'name metadata/timestamp.json', 1],
  ['timestamp', 'write metadata/3.root.json', 1],
  ['targets', 'name metadata/2.targets.json', 1],
  ['catalog', 'name metadata/timestamp.json', 1],
  ['catalog', 'settle catalog', 2],
  ['root', 'name metadata/2.root.json', 1],
  ['root', 'settle root-2', 1],
];

describe('D8 a signer that is killed', () => {
  let top = '';
  let template = '';
  let count = 0;
  beforeAll(async () => {
    top = await mkdtemp(path.join(os.tmpdir(), 'troupe-signer-'));
    template = path.join(top, 'template');
    await mkdir(path.join(template, 'plugins'), { recursive: true });
    const add = async (id: string): Promise<void> => writeFile(path.join(template, 'plugins', `${id}.troupe`), await archiveOf({ id }));
    await add('com.acme.one');
    await makeKeyFolder(path.join(template, 'keys'), { lifetimes: 'folder', now: Date.now() });
    await publishStatic({ keys: await readKeyFolder(path.join(template, 'keys')), out: path.join(template, 'out'), now: Date.now(), folder: await readPlugins(path.join(template, 'plugins')) });
    await add('com.acme.two');
    await writeFile(path.join(template, 'out', 'metadata', '7.catalog.json.new'), 'left by one that was killed');
  });
  afterAll(() => rm(top, { recursive: true, force: true, maxRetries: 5 }));

  const run = (job: string, place: string, point: string): Promise<{ signal: NodeJS.Signals | null; code: number | null; said: string }> => new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'sign-until.ts'), job, place, point], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (piece) => { said += String(piece); });
    child.on('error', reject).on('close', (code, signal) => { resolve({ signal, code, said }); });
  });
  /** What one sees who comes for the first time. */
  const seen = async (place: string): Promise<{ sequence: number; ids: string[] }> => {
    const state = await openCatalog({ source: path.join(place, 'out'), trustedRoot: await readFile(path.join(place, 'keys', 'root.json')), cacheDir: await mkdtemp(path.join(top, 'cache-')) }).refresh();
    const ids: string[] = [];
    for await (const { id } of state.records()) ids.push(id);
    return { sequence: state.sequence, ids: ids.sort() };
  };
  const again = async (job: string, place: string): Promise<void> => {
    const [keys, out, now] = [path.join(place, 'keys'), path.join(place, 'out'), Date.now() + 86_400_000 * 5];
    if (job === 'publish') await publishStatic({ keys: await readKeyFolder(keys), out, now, folder: await readPlugins(path.join(place, 'plugins')) });
    else if (job === 'sign') await renewSignatures({ keys: await readKeyFolder(keys), out, now });
    else await rotateKey({ role: job as RotatedRole, keys, out, now });
  };
  const prepare = async (point: string): Promise<{ place: string; named: string }> => {
    count += 1;
    const place = path.join(top, String(count));
    await cp(template, place, { recursive: true });
    if (!point.startsWith('write blobs')) return { place, named: point };
    // The blob of the second plugin lies below the first digits of its digest.

    const sha512 = await sha512Of(await readFile(path.join(place, 'plugins', 'com.acme.two.troupe')));
    return { place, named: `write blobs/sha512/${sha512.slice(0, 2)}/${sha512.slice(2, 4)}/` };
  };

  it.each(POINTS)('%s: killed at "%s", readers see catalog %i whole, and the same command finishes', async (job, point, sequence) => {
    const { place, named } = await prepare(point);
    const { signal, said } = await run(job, place, named);
    expect([signal, said.includes(`failpoint reached ${named}`)], `the point ${named} was not reached: ${said}`).toEqual(['SIGKILL', true]);
    expect(await seen(place)).toEqual({ sequence, ids: sequence === 2 && job === 'publish' ? ['com.acme.one', 'com.acme.two'] : ['com.acme.one'] });
    expect(await readdir(path.join(place, 'out'))).toContain('publishing.lock');
    await again(job, place);
    expect((await seen(place)).ids).toEqual(job === 'publish' ? ['com.acme.one', 'com.acme.two'] : ['com.acme.one']);
    expect((await readdir(path.join(place, 'out'))).filter((name) => name.startsWith('publishing'))).toEqual([]);
    expect((await readdir(path.join(place, 'keys'))).filter((name) => name.includes('.next'))).toEqual([]);
  });

  it('notices when a point is not reached', async () => {
    const { place } = await prepare('');
    expect(await run('sign', place, 'no such point')).toMatchObject({ signal: null, code: 0 });
  });
});
