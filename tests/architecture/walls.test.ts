import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { judge, ROOMS } from '../../scripts/import-table.ts';
import { filesUnder, root } from '../../scripts/sources.ts';

const ROOM_FOLDERS = ['contract', 'packaging', 'sandbox', 'sdk', 'main', 'preload', 'renderer', 'plugins'];
const IMPORT = /(?:^|[\n;])\s*(?:import|export)\s[^'";]*?from\s*['"]([^'"]+)['"]|(?:^|[\n;])\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

const sources = async (): Promise<string[]> => (await filesUnder(ROOM_FOLDERS)).filter((file) => /\.tsx?$/.test(file) && !file.includes('/node_modules/'));

describe('walls between rooms', () => {
  it('hold in every file', async () => {
    const refused: string[] = [];
    let seen = 0;
    for (const file of await sources()) {
      const text = await readFile(path.join(root, file), 'utf8');
      for (const match of text.matchAll(IMPORT)) {
        const specifier = (match[1] ?? match[2] ?? match[3] ?? '').replace(/\?.*$/, '');
        const bare = !specifier.startsWith('.');
        const to = bare ? specifier : path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
        seen += 1;
        const reason = judge(file, to, bare);
        if (reason) refused.push(`${file}: ${reason}`);
      }
    }
    expect(seen).toBeGreaterThan(200);
    expect(refused).toEqual([]);
  });

  it('would refuse what they are for', () => {
    const no = (from: string, to: string, bare = false): void => { expect(judge(from, to, bare), `${from} → ${to}`).toBeTypeOf('string'); };
    no('main/electron/main.ts', 'main/core/app.ts');
    no('renderer/features/chat/chat.tsx', 'renderer/features/team/team.tsx');
    no('renderer/features/chat/chat.tsx', 'main/core/app.ts');
    no('contract/api/chat.ts', 'node:fs', true);
    no('contract/api/chat.ts', 'zod', true);
    no('main/core/base/store/home.ts', 'main/core/engine/runs/index.ts');
    no('main/core/engine/models/models.ts', 'main/core/engine/runs/index.ts');
    no('main/core/workspace/chat/chat.ts', 'main/core/engine/runs/drive.ts');
    no('main/core/engine/runs/runs.ts', 'better-sqlite3', true);
    no('main/core/engine/runs/runs.ts', 'openai', true);
    no('main/core/base/http/index.ts', 'electron', true);
    no('sandbox/host/pool.ts', 'isolated-vm', true);
    no('plugins/text-toolkit/src/plugin.ts', 'node:fs', true);
    no('main/core/base/store/home.ts', 'main/core/app.ts');
  });

  it('cover every source folder', async () => {
    const outside = (await sources()).filter((file) => !ROOMS.some(({ room }) => file.startsWith(`${room}/`) || file === room));
    expect(outside.filter((file) => !/\/(tsconfig\.json|vite-env\.d\.ts)$/.test(file))).toEqual([]);
  });

  it('keep files small and named by what they hold', async () => {
    const all = await filesUnder([...ROOM_FOLDERS, 'scripts', 'tests', 'bench']);
    const code = all.filter((file) => /\.(ts|tsx|cjs)$/.test(file));
    expect(code.filter((file) => /(^|\/)(utils?|helpers?|misc|types|common)\.tsx?$/.test(file))).toEqual([]);
    expect(code.filter((file) => !/^[a-z0-9./_-]+$/.test(file))).toEqual([]);
    const long: string[] = [];
    for (const file of code) if ((await readFile(path.join(root, file), 'utf8')).split('\n').length > 500) long.push(file);
    expect(long).toEqual([]);
  });
});
