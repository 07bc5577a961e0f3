import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openAudit } from '../../../main/core/base/audit/index.ts';
import { openStore } from '../../../main/core/base/store/index.ts';

const writer = path.join(import.meta.dirname, '../store/killed-writer.ts');

it('X14 a core that is killed while it writes has every effect with its row, or neither, and a sound list', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-audit-killed-'));
  try {
    for (const [round, acknowledged] of [20, 60, 110].entries()) {
      const child = spawn(process.execPath, [writer, folder, '', String(round * 10_000)], { stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString(); if (text.split('\n').length > acknowledged) child.kill('SIGKILL'); });
        child.once('close', () => { resolve(); });
      });
      const store = await openStore({ file: path.join(folder, 'troupe.db') });
      const audit = openAudit({ store, now: Date.now });
      const settings = (await store.read('storedSettings', {})).map(({ key }) => key);
      const rows: string[] = [];
      for (let from: number | null = 0; from !== null;) {
        const piece = await audit.export({ filter: {}, format: 'jsonl', from });
        rows.push(...piece.text.trimEnd().split('\n').map((line) => (JSON.parse(line) as { subject: string }).subject));
        from = piece.next;
      }
      expect(settings.length).toBeGreaterThanOrEqual(acknowledged - 1);
      expect(rows.toSorted()).toEqual(settings.toSorted());
      expect((await audit.verify()).problem).toBeNull();
      await store.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
