/** One killing: a core at work dies, the next one takes over, and everything is held against what was acknowledged. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TroupeClient } from '../../contract/link/client.ts';
import { startBuiltCore, type RunningCore } from '../support/core-process.ts';
import { contentsOf, faultsOf } from './examine.ts';
import { chat, emptyLedger, install, QUESTION, type Ledger } from './work.ts';

export type Job = 'install' | 'chat' | 'uninstall';
export const JOBS: Record<Job, (client: TroupeClient, ledger: Ledger) => Promise<unknown>> = {
  install: (client, ledger) => install(client, ledger), chat, uninstall: (client, ledger) => install(client, ledger, 'uninstall'),
};

export interface Stage {
  /** Kills a core that does the job: at a failpoint, or after so many milliseconds. Answers what is wrong afterwards. */
  kill(job: Job, how: { failpoint: string } | { afterMs: number }): Promise<{ faults: string[]; reached: boolean; recoveredInMs: number }>;
  stop(): Promise<void>;
}

/** Prepares homes to begin from, and learns what plugins look like when nothing goes wrong. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-chaos-'));
  const homes: Record<Job, string> = { install: path.join(folder, 'fresh'), chat: path.join(folder, 'installed'), uninstall: path.join(folder, 'installed') };
  const first = await startBuiltCore(homes.install);
  await first.stop();
  await cp(homes.install, homes.chat, { recursive: true });
  const second = await startBuiltCore(homes.chat);
  await install(second.client, emptyLedger());
  await second.stop();
  const plugins = await contentsOf(path.join(homes.chat, 'plugins'));
  let count = 0;

  return {
    async kill(job, how) {
      count += 1;
      const home = path.join(folder, `home-${count}`);
      // The socket of a core that stopped is no file to copy.
      await cp(homes[job], home, { recursive: true, filter: (file) => !/core\.(sock|address)$/.test(file) });
      const ledger = emptyLedger();
      let doomed: RunningCore | null = null;
      let next: RunningCore | null = null;
      try {
        doomed = await startBuiltCore(home, 'failpoint' in how ? { failpoint: how.failpoint } : {});
        const timer = 'afterMs' in how ? setTimeout(() => { void doomed?.kill(); }, how.afterMs) : undefined;
        const done = await JOBS[job](doomed.client, ledger).then(() => true, (error: unknown) => { if (isLoss(error)) throw error; return false; });
        clearTimeout(timer);
        // A point after the last answer is reached a moment later.
        const patienceMs = !done ? 5_000 : 'failpoint' in how ? 2_000 : 0;
        const signal = await Promise.race([doomed.exited.then((end) => end.signal), new Promise<null>((resolve) => { setTimeout(() => { resolve(null); }, patienceMs); })]);
        const reached = 'failpoint' in how ? signal === 'SIGKILL' && doomed.stderr().includes(`failpoint reached ${how.failpoint.replace(/:\d+$/, '')}`) : signal === 'SIGKILL';
        await doomed.kill();

        const started = performance.now();
        next = await startBuiltCore(home);
        const recoveredInMs = performance.now() - started;
        // Before anything is done again: the old state or the whole new one, and nothing besides.
        const faults = await faultsOf(home, plugins, false);
        await JOBS[job](next.client, ledger);
        if (job === 'chat') faults.push(...await faultsOfChat(next.client));
        await next.stop();
        faults.push(...await faultsOf(home, plugins, true));
        return { faults, reached, recoveredInMs };
      } finally {
        await doomed?.kill();
        await next?.kill();
        await rm(home, { recursive: true, force: true, maxRetries: 5 });
      }
    },
    stop: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

const isLoss = (error: unknown): boolean => error instanceof Error && error.message.startsWith('LOST');

/** The conversation as a person sees it: one question, one whole answer in which the tool was used once. */
async function faultsOfChat({ call }: TroupeClient): Promise<string[]> {
  const { conversations } = await call.chat.conversations({});
  const { messages } = await call.chat.messages({ id: conversations[0]?.id ?? 'none' });
  const shown = messages.map(({ role, status, blocks }) => `${role} ${status}: ${blocks.map((block) => (block.type === 'text' ? block.text : block.type === 'tool' ? `[${block.call.name} ${block.call.state}]` : `(${block.code})`)).join(' ')}`);
  const wrong = conversations.length !== 1 || shown.length !== 2 || shown[0] !== `user done: ${QUESTION}` || !shown[1]?.startsWith('assistant done: ')
    || shown[1].split('[Count words done]').length !== 2 || !shown[1].includes('words: 3');
  return wrong ? [`the conversation is wrong: ${JSON.stringify(shown)}`] : [];
}
