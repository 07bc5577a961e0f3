import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../main/core/base/store/index.ts';
import { doomedScript, HALF, REQUEST, TEXT } from './doomed-script.ts';
import { fakeSandbox, openWorkshop, scriptedModel, TestPlugins, withHelper } from '../agents/workshop.ts';
import { collect, until } from '../runs/home.ts';

const SCRIPT = path.join(import.meta.dirname, 'doomed-core.ts');

async function doomed(folder: string, failpoint: string, effects: string, ...how: string[]): Promise<{ lines: string[]; signal: string | null; errors: string }> {
  const child = spawn(process.execPath, [SCRIPT, folder, failpoint, effects, ...how], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk) => { out += String(chunk); });
  child.stderr.on('data', (chunk) => { errors += String(chunk); });
  const signal = await new Promise<string | null>((resolve) => { child.on('close', (_code, name) => { resolve(name); }); });
  return { lines: out.trim().split('\n'), signal, errors };
}

describe('R9 I10 a core killed in the middle of a chat', () => {
  // `:n` is the nth time that the point is reached: model and tool steps come more than once.
  it.each([
    'chat.before-user-message', 'chat.after-user-message', 'run.after-first-chunk:1', 'run.after-model:1', 'run.before-tool:1', 'run.after-tool:1', 'run.after-first-chunk:2',
    'run.after-model:2', 'run.before-tool:2', 'run.after-tool:2', 'run.after-model:3', 'run.before-finish', 'run.after-finish',
  ])('at %s loses nothing that was acknowledged and does nothing twice', async (failpoint) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'troupe-killed-'));
    const effects = path.join(folder, 'effects.txt');
    await writeFile(effects, '');
    try {
      const { lines, signal, errors } = await doomed(folder, failpoint, effects);
      expect([signal, errors.trim()], lines.join(' | ')).toEqual(['SIGKILL', `failpoint reached ${failpoint.replace(/:\d+$/, '')}`]);
      const before = (await readFile(effects, 'utf8')).split('\n').length - 1;
      const talk = lines.find((line) => line.startsWith('talk '))?.slice(5) ?? '';
      const acknowledged = lines.find((line) => line.startsWith('sent '))?.slice(5);
      const seen = Math.max(0, ...lines.filter((line) => line.startsWith('seen ')).map((line) => Number(line.slice(5))));

      const store = await openStore({ file: path.join(folder, 'troupe.db') });
      const plugins = new TestPlugins();
      withHelper(plugins);
      const sandbox = fakeSandbox({ look: () => 'seen', send: async () => { await writeFile(effects, 'sent\n', { flag: 'a' }); return 'sent'; } });
      const shop = openWorkshop({ home: { folder, store, reopen: () => Promise.resolve(store), close: () => Promise.resolve() }, plugins, model: scriptedModel(doomedScript()), sandbox, idPrefix: 'next-' });
      await shop.runs.recover((run) => shop.chat.runnableOf(run));
      // The page repeats what it got no answer to.
      const { runId } = await shop.chat.send({ id: talk, text: TEXT }, REQUEST);
      if (acknowledged) expect(runId).toBe(acknowledged);
      expect((await shop.runs.get({ id: runId })).lastSeq).toBeGreaterThanOrEqual(seen);

      let reason: unknown;
      await until(async () => {
        const { status } = await shop.runs.get({ id: runId });
        if (status !== 'waiting') return status === 'completed';
        const asked = (await collect(shop.runs.events(runId, 0, AbortSignal.timeout(50)))).findLast((event) => event.type === 'tool_approval_requested');
        reason = asked?.data.reason;
        // A question whether to do it again is answered with no: what was done is done.
        await shop.runs.approve({ id: runId, callId: 'c2-1', questionId: asked?.id ?? '', decision: reason === 'interrupted' ? 'deny' : 'allow', scope: 'once' }).catch(() => null);
        return false;
      });
      const { messages } = await shop.chat.messages({ id: talk, limit: 50 });
      expect(messages.map((message) => [message.role, message.status])).toEqual([['user', 'done'], ['assistant', 'done']]);
      expect(messages[0]?.blocks).toEqual([{ type: 'text', text: TEXT }]);
      expect(messages[1]?.blocks.map((block) => (block.type === 'text' ? block.text.trim() : block.type === 'tool' ? block.call.name : 'notice'))).toEqual(['I look.', 'Look', 'I send.', 'Send', 'All is done.']);
      const after = (await readFile(effects, 'utf8')).split('\n').length - 1;
      // Asked about a cut call it was told no; else the call was made, once in all.
      expect(after).toBe(reason === 'interrupted' ? before : 1);
      // The end of a tool call reaches the disk with the next commit: until then a restart cannot know of it, and asks.
      if (reason === 'interrupted') expect(failpoint).toMatch(/^run\.((before|after)-tool:2|after-first-chunk:3|after-model:3)$/);
      await shop.runs.stop();
      await store.stop();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);

  it('in the middle of an answer keeps every word that was shown and asks no model by itself; what was done is not done again, also by the answer that goes on', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'troupe-killed-'));
    const effects = path.join(folder, 'effects.txt');
    await writeFile(effects, '');
    try {
      // It sends, then says the half of an answer and stays in the middle of it: whoever reads what was shown kills it.
      const { lines, signal } = await doomed(folder, '', effects, 'halfway');
      expect(signal).toBe('SIGKILL');
      const shown = JSON.parse(lines.findLast((line) => line.startsWith('shown '))?.slice(6) ?? '""') as string;
      expect(shown.length).toBeGreaterThan(HALF.length / 2);
      const store = await openStore({ file: path.join(folder, 'troupe.db') });
      const plugins = new TestPlugins();
      withHelper(plugins);
      const another = scriptedModel([{ text: 'and this is what it came to.' }]);
      const sandbox = fakeSandbox({ look: () => 'seen', send: async () => { await writeFile(effects, 'sent\n', { flag: 'a' }); return 'sent'; } });
      const shop = openWorkshop({ home: { folder, store, reopen: () => Promise.resolve(store), close: () => Promise.resolve() }, plugins, model: another, sandbox, idPrefix: 'next-' });
      expect(await shop.runs.recover((run) => shop.chat.runnableOf(run))).toEqual({ resumed: 0, ended: 1 });
      const id = lines.find((line) => line.startsWith('talk '))?.slice(5) ?? '';
      const [, cut] = (await shop.chat.messages({ id, limit: 50 })).messages;
      expect(cut?.status).toBe('interrupted');
      const kept = cut?.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).at(-1) ?? '';
      expect([kept.startsWith(shown), HALF.startsWith(kept)], `shown ${shown}, kept ${kept}`).toEqual([true, true]);
      expect(cut?.blocks.map((block) => (block.type === 'notice' ? block.code : block.type))).toEqual(['text', 'tool', 'text', 'tool', 'text', 'run/interrupted']);
      expect(another.requests).toEqual([]);

      const { runId } = await shop.chat.continue({ id });
      await shop.runs.settled(runId);
      const { messages } = await shop.chat.messages({ id, limit: 50 });
      expect(messages.map(({ status, continues }) => [status, continues ?? false])).toEqual([['done', false], ['interrupted', false], ['done', true]]);
      const read = another.requests[0]?.messages ?? [];
      expect(read.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'tool', 'assistant', 'user']);
      expect(JSON.stringify(read.at(-2))).toContain(kept);
      expect(await readFile(effects, 'utf8')).toBe('sent\n');
      await shop.runs.stop();
      await store.stop();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);

  it('lives when no failpoint is armed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'troupe-killed-'));
    try {
      const { lines, signal } = await doomed(folder, '', path.join(folder, 'effects.txt'));
      expect([signal, lines.at(-1)]).toEqual([null, 'lived completed null']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
