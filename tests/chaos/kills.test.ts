import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Job, type Stage } from './stage.ts';

/** `:n` is the nth time that the point is reached: an installation does most steps once for each of two plugins. */
const POINTS: [Job, string][] = [
  ['install', 'install.download.after:1'],
  ['install', 'install.consent.after'],
  ['install', 'install.unpack.after:1'],
  ['install', 'install.smoke.before:2'],
  ['install', 'install.activate.before'],
  ['install', 'install.activate.after'],
  ['chat', 'chat.before-user-message'],
  ['chat', 'chat.after-user-message'],
  ['chat', 'run.after-first-chunk'],
  ['chat', 'run.after-model:1'],
  ['chat', 'run.before-tool'],
  ['chat', 'run.after-tool'],
  ['chat', 'run.before-finish'],
  ['chat', 'run.after-finish'],
];

describe('I10 R9 a core killed in the middle of its work', () => {
  let stage: Stage;
  beforeAll(async () => { stage = await openStage(); });
  afterAll(() => stage.stop());

  it.each(POINTS)('%s: killed at %s, loses nothing, does nothing twice, leaves nothing', async (job, failpoint) => {
    const { faults, reached } = await stage.kill(job, { failpoint });
    expect(reached, `the point ${failpoint} was not reached`).toBe(true);
    expect(faults).toEqual([]);
  });

  it('notices when a point is not reached', async () => {
    expect((await stage.kill('chat', { failpoint: 'no.such-point' })).reached).toBe(false);
  });
});
