import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { layOut } from '../../scripts/layout.ts';
import { findElectron } from '../../scripts/start/choose-shell.ts';
import { coreOf, desktopWords } from '../support/electron-app.ts';
import { ANALYST, everythingIsThere, journey, QUESTION } from '../support/journey.ts';
import { startedWith, until, untilGone } from '../support/processes.ts';
import { describeDesktop } from './desktop.ts';

const run = promisify(execFile);

describeDesktop('X13 the app as the installers lay it out, in a folder with spaces and other letters', (desk) => {
  let folder: string;
  let resources: string;
  beforeAll(async () => {
    folder = path.join(await desk.folder(), 'Troupe für Zoë');
    resources = await layOut(path.join(folder, 'app'));
  });
  const node = (): string => path.join(resources, 'bin', process.platform === 'win32' ? 'troupe-core.exe' : 'troupe-core');
  const packed = (home: string) => ({ home, shell: path.join(resources, 'app.asar'), resources, node: node() });

  it('installs and chats from the command line', async () => {
    const home = path.join(folder, 'command line home');
    // No word of the developer's own Node or folders reaches it.
    const troupe = async (...words: string[]): Promise<string> => (await run(node(), [path.join(resources, 'core/cli.js'), ...words, '--home', home], { cwd: '/', env: { PATH: '/usr/bin:/bin', HOME: folder } })).stdout;
    try {
      await troupe('install', ANALYST.id, '--yes');
      expect(await troupe('list')).toContain(ANALYST.id);
      await troupe('hire', `${ANALYST.id}/analyst`, '--name', 'Zoë');
      expect(await troupe('chat', 'Zoë', QUESTION)).toContain('words: 3');
    } finally {
      const core = await coreOf(home);
      process.kill(core, 'SIGTERM');
      await untilGone([core], 5_000);
    }
  });

  it('does the main job in Electron, from its archive', async () => {
    const home = path.join(folder, 'desktop home');
    const first = await desk.open(packed(home));
    const { agent } = await journey(first.page);
    expect(first.problems).toEqual([]);
    await desk.close(first);
    const second = await desk.open(packed(home));
    await everythingIsThere(second.page, agent);
  });

  it('starts nothing when one byte of what it would start was changed', async () => {
    const file = path.join(resources, 'core/core.js');
    const bytes = await readFile(file);
    const at = bytes.byteLength >> 1;
    await writeFile(file, Buffer.concat([bytes.subarray(0, at), Buffer.of((bytes[at] ?? 0) ^ 1), bytes.subarray(at + 1)]));
    const home = path.join(folder, 'damaged home');
    const child = spawn(findElectron() ?? '', desktopWords(packed(home)), { stdio: ['ignore', 'ignore', 'pipe'] });
    try {
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => { said += String(chunk); });
      await until('it says what is wrong', () => said.includes('The file core/core.js was changed.'));
      expect(startedWith(`--pipe --home ${home}`)).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
      await writeFile(file, bytes);
    }
  });
});
