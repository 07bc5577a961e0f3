/** One killing: a core at work dies, the next one takes over, and everything is held against what was acknowledged. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { TroupeClient } from '../../contract/link/client.ts';
import type { ChatMessage } from '../../contract/model/chat.ts';
import { startBuiltCore, type RunningCore } from '../support/core-process.ts';
import { contentsOf, endsOf, faultsOf, stateOf } from './examine.ts';
import { addRegistry, becomeDeveloper, doJob, homeOf, publishVersions, writeOwn, writeSet, type HomeName, type Job } from './jobs.ts';
import { emptyLedger, followOperation, followRun, PLUGIN, QUESTION, type Ledger } from './work.ts';

/** At a failpoint, and the next core at another one while it starts; or after so many milliseconds. */
export type How = { failpoint: string; next?: string | undefined } | { afterMs: number };

export interface Stage {
  /** Kills a core that does the job. Answers what is wrong afterwards. */
  kill(job: Job, how: How): Promise<{ faults: string[]; reached: boolean; recoveredInMs: number }>;
  stop(): Promise<void>;
}

/** What is true of a home: rows, and the lockfile that is written of them. */
interface Truth { state: unknown; lockfile: string }

/** Prepares homes to begin from, and learns how things look when nothing goes wrong. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-chaos-'));
  const homes = (name: string): string => path.join(folder, name);
  const registry = path.join(folder, 'registry');
  // The socket of a core that stopped is no file to copy.
  const copy = (from: string, to: string): Promise<void> => cp(from, to, { recursive: true, filter: (file) => !/core\.(sock|address)$/.test(file) });
  const truthOf = async (home: string, { call }: TroupeClient): Promise<Truth> => ({ state: stateOf(home), lockfile: (await call.plugins.lockfile({})).text });
  const withCore = async <T>(home: string, work: (client: TroupeClient) => Promise<T>): Promise<T> => {
    const core = await startBuiltCore(home);
    try { const answer = await work(core.client); await core.stop(); return answer; } finally { await core.kill(); }
  };
  const make = async (name: HomeName, from: HomeName, job: Exclude<Job, 'chat'>): Promise<void> => {
    await copy(homes(from), homes(name));
    await withCore(homes(name), (client) => doJob(job, client, emptyLedger(), folder));
  };

  await publishVersions(registry);
  await writeOwn(folder);
  await withCore(homes('fresh'), (client) => addRegistry(client, registry));
  await make('first', 'fresh', 'install');
  await make('second', 'first', 'update');
  await make('off', 'first', 'disable');
  await make('pinned', 'first', 'pin');
  await withCore(homes('first'), (client) => writeSet(client, folder));
  await copy(homes('fresh'), homes('developer'));
  await withCore(homes('developer'), becomeDeveloper);
  await make('own', 'developer', 'sideload');
  await copy(homes('fresh'), homes('chat'));
  await withCore(homes('chat'), async (client) => { await followOperation(client, emptyLedger(), (await client.call.plugins.install({ id: PLUGIN, grantAll: true })).operationId); });
  const plugins: Record<string, string> = {};
  for (const name of ['second', 'own', 'chat']) Object.assign(plugins, await contentsOf(path.join(homes(name), 'plugins')));

  const truths = new Map<Job, Promise<{ before: Truth; after: Truth }>>();
  /** What a job that nobody disturbs makes of its home. */
  const truthsOf = (job: Exclude<Job, 'chat'>): Promise<{ before: Truth; after: Truth }> => {
    const learn = async (): Promise<{ before: Truth; after: Truth }> => {
      const home = homes(`undisturbed-${job}`);
      await copy(homes(homeOf(job)), home);
      return withCore(home, async (client) => {
        const before = await truthOf(home, client);
        await doJob(job, client, emptyLedger(), folder);
        return { before, after: await truthOf(home, client) };
      });
    };
    const known = truths.get(job) ?? learn();
    truths.set(job, known);
    return known;
  };

  /** The old or the new, whole; files, rows, lockfile and the log of the operation say the same. */
  const faultsOfPlugins = async (job: Exclude<Job, 'chat'>, home: string, client: TroupeClient, ledger: Ledger, isRedone: boolean): Promise<string[]> => {
    const { before, after } = await truthsOf(job);
    const now = await truthOf(home, client);
    const faults: string[] = [];
    const isNew = isDeepStrictEqual(now, after);
    const isOld = isDeepStrictEqual(now, before);
    if (!isNew && !isOld) faults.push(`neither the old state nor the new one: ${JSON.stringify(now)}`);
    if (isRedone && !isNew) faults.push('it could not be done again');
    const finished = [...ledger.events.values()].some((event) => (event as { type: string }).type === 'operation_finished');
    if (finished && !isNew) faults.push('LOST: what was said to have finished is not there');
    const [end] = endsOf(home).slice(endsOf(homes(homeOf(job))).length);
    if (!isRedone && isNew !== isOld && end !== undefined && (end === 'finished') !== isNew) faults.push(`the log says ${end}, and the ${isNew ? 'new' : 'old'} state is there`);
    const { problems } = await client.call.plugins.verify({ lockfile: now.lockfile });
    faults.push(...problems.map(({ message }) => `verify: ${message}`));
    return faults;
  };
  let count = 0;

  return {
    async kill(job, how) {
      count += 1;
      const home = homes(`home-${count}`);
      await copy(homes(homeOf(job)), home);
      const ledger = emptyLedger();
      let doomed: RunningCore | null = null;
      let next: RunningCore | null = null;
      try {
        doomed = await startBuiltCore(home, 'failpoint' in how ? { failpoint: how.failpoint } : {});
        const timer = 'afterMs' in how ? setTimeout(() => { void doomed?.kill(); }, how.afterMs) : undefined;
        const done = await doJob(job, doomed.client, ledger, folder).then(() => true, (error: unknown) => { if (isLoss(error)) throw error; return false; });
        clearTimeout(timer);
        // A point after the last answer is reached a moment later.
        const patienceMs = !done ? 5_000 : 'failpoint' in how ? 2_000 : 0;
        const signal = await Promise.race([doomed.exited.then((end) => end.signal), new Promise<null>((resolve) => { setTimeout(() => { resolve(null); }, patienceMs); })]);
        let reached = signal === 'SIGKILL' && (!('failpoint' in how) || says(doomed.stderr(), how.failpoint));
        await doomed.kill();
        if ('failpoint' in how && how.next !== undefined) reached = await diesAtStart(home, how.next) && reached;

        const started = performance.now();
        next = await startBuiltCore(home);
        const recoveredInMs = performance.now() - started;
        // Before anything is done again: the old state or the whole new one, and nothing besides.
        const faults = await faultsOf(home, plugins, false);
        if (job !== 'chat') faults.push(...await faultsOfPlugins(job, home, next.client, ledger, false));
        await doJob(job, next.client, ledger, folder);
        faults.push(...job === 'chat' ? await faultsOfChat(next.client) : await faultsOfPlugins(job, home, next.client, ledger, true));
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
const says = (stderr: string, failpoint: string): boolean => stderr.includes(`failpoint reached ${failpoint.replace(/:\d+$/, '')}\n`);

/** Whether a core that starts on what another one left dies at that point. */
async function diesAtStart(home: string, failpoint: string): Promise<boolean> {
  try {
    const core = await startBuiltCore(home, { failpoint });
    await core.kill();
    return false;
  } catch (error) {
    return error instanceof Error && says(error.message, failpoint);
  }
}

const shownOf = (messages: readonly ChatMessage[]): string[] => messages.map(({ role, status, blocks }) => `${role} ${status}: ${blocks.map((block) => (block.type === 'text' ? block.text : block.type === 'tool' ? `[${block.call.name} ${block.call.state}]` : `(${block.type === 'notice' ? block.code : block.type})`)).join(' ')}`);

/**
 * The conversation as a person sees it: one question, one whole answer in which the tool was used once. An answer that was cut when
 * some of it had been shown stays as it was shown, marked, and goes on when the person says so.
 */
async function faultsOfChat({ call }: TroupeClient): Promise<string[]> {
  const { conversations } = await call.chat.conversations({});
  const id = conversations[0]?.id ?? 'none';
  let shown = shownOf((await call.chat.messages({ id })).messages);
  const cut = shown.length === 2 && shown[1]?.startsWith('assistant interrupted: ') ? shown[1] : undefined;
  if (cut !== undefined) {
    const { runId } = await call.chat.continue({ id, requestId: 'go-on-with-the-answer' });
    await followRun(call, emptyLedger(), runId);
    shown = shownOf((await call.chat.messages({ id })).messages);
  }
  const uses = shown.join(' ').split('[Count words done]').length - 1;
  // Where it was cut is any place: before the tool was used, or in the middle of what it gave.
  const whole = cut === undefined ? shown.length === 2 && uses === 1 && shown[1]?.includes('words: 3') === true : shown.length === 3 && uses <= 1 && shown[1] === cut;
  const wrong = conversations.length !== 1 || shown[0] !== `user done: ${QUESTION}` || !shown.at(-1)?.startsWith('assistant done: ') || !whole;
  return wrong ? [`the conversation is wrong: ${JSON.stringify(shown)}`] : [];
}
