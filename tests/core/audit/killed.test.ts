import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
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

describe('X14 a core that is killed while a tool is at work', () => {
  const agent = 'agent hire-1 tool_called dev.test.caller/send';
  const plugin = (method: string): string => `plugin dev.test.caller host_reached ${method} api.example.com`;

  /** What the host received, and the rows of the next start: who did what, with what result. */
  async function after(method: string, effect: string, failpoint: string): Promise<{ reached: boolean; received: string; rows: string[]; again: number }> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-audit-effect-'));
    try {
      const child = spawn(process.execPath, [path.join(import.meta.dirname, 'killed-plugin.ts'), folder, method, effect, failpoint], { stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
      const signal = await new Promise((resolve) => { child.once('close', (_code, name) => { resolve(name); }); });
      const store = await openStore({ file: path.join(folder, 'troupe.db') });
      const audit = openAudit({ store, now: Date.now });
      await audit.recover();
      const { rows } = await audit.list({ filter: {}, limit: 100 });
      await audit.recover();
      const { total } = await audit.list({ filter: {}, limit: 100 });
      expect((await audit.verify()).problem).toBeNull();
      await store.stop();
      return {
        reached: failpoint === '' ? signal === null : signal === 'SIGKILL' && said.includes(`failpoint reached ${failpoint}`), again: total - rows.length,
        received: await readFile(path.join(folder, 'received'), 'utf8').catch(() => ''),
        rows: rows.map(({ actor, action, subject, outcome, details }) => `${actor.kind} ${actor.id} ${action} ${subject}: ${outcome} ${Object.keys(details['results'] as object ?? {}).join()}`).sort(),
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  it('has what changed something, of which nothing had been gathered yet, and says that its end is not known', async () => {
    expect(await after('POST', 'write', 'host-call.done')).toEqual({ reached: true, again: 0, received: 'POST\n', rows: [`${agent}: done cut off`, `${plugin('POST')}: done cut off`] });
  });

  it('has it before it happens', async () => {
    expect(await after('POST', 'write', 'activity.begun')).toMatchObject({ reached: true, received: '', rows: [`${agent}: done cut off`] });
  });

  it('loses at most what only read and was not gathered yet: without the note before it, all of it would be lost', async () => {
    expect(await after('GET', 'read', 'host-call.done')).toMatchObject({ reached: true, received: 'GET\n', rows: [] });
  });

  it('has one row each, with its result, when nothing is cut off', async () => {
    expect(await after('POST', 'write', '')).toMatchObject({ reached: true, received: 'POST\n', rows: [`${agent}: done `, `${plugin('POST')}: done 200`] });
  });
});
