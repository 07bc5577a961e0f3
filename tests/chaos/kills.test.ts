import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAT_POINTS, drawn, PLUGIN_POINTS, randomFrom, type Point } from './points.ts';
import { openStage, type Stage } from './stage.ts';

/** All of them take minutes: `npm run soak`. The seed stands in the name of the tests; set it to see the same ones again. */
const SEED = Number(process.env['TROUPE_CHAOS_SEED'] ?? Date.now() % 1_000_000);
const DRAWN = 20;

const nameOf = ({ job, at, next }: Point): string => `${job} at ${at}${next === undefined ? '' : `, and at the next start at ${next}`}`;

describe('I10 R9 a core killed in the middle of its work', () => {
  let stage: Stage;
  beforeAll(async () => { stage = await openStage(); });
  afterAll(() => stage.stop());

  describe.each<[string, readonly Point[]]>([
    ['a conversation', CHAT_POINTS],
    [`the life of a plugin, ${DRAWN} of ${PLUGIN_POINTS.length} points by seed ${SEED}`, drawn(PLUGIN_POINTS, DRAWN, randomFrom(SEED))],
  ])('%s', (_, points) => {
    it.each(points.map((point) => [nameOf(point), point] as const))('%s: loses nothing, does nothing twice, leaves nothing', async (name, { job, at, next }) => {
      const { faults, reached } = await stage.kill(job, { failpoint: at, next });
      expect(reached, `the point was not reached: ${name}`).toBe(true);
      expect(faults).toEqual([]);
    });
  });

  it('notices when a point is not reached', async () => {
    expect((await stage.kill('chat', { failpoint: 'no.such-point' })).reached).toBe(false);
  });

  it('has at least sixty points in the life of a plugin, none twice', () => {
    const names = PLUGIN_POINTS.map(nameOf);
    expect(names.length).toBeGreaterThanOrEqual(60);
    expect(new Set(names).size).toBe(names.length);
  });
});
