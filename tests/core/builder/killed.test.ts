import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startCore, temporaryHome } from '../../support/running-core.ts';

describe('B4 a core that is killed', () => {
  it('has the draft that it said it keeps, and the version with its digest', async () => {
    const home = await temporaryHome();
    try {
      const first = await startCore({ home, words: ['--idle-exit', '600000'] });
      const builder = (await first.client()).call.builder;
      const { agent, revision } = await builder.create({ from: { kind: 'nothing' } });
      await builder.change({ id: agent.id, revision, draft: { name: 'Scout', role: 'a cook' } });
      const { digest } = await builder.save({ id: agent.id });
      await builder.change({ id: agent.id, revision: revision + 1, draft: { name: 'Scout', role: 'a cook', goal: 'half writ' } });
      first.process.kill('SIGKILL');
      await first.end();
      const second = await startCore({ home, words: ['--idle-exit', '600000'] });
      try {
        const again = (await second.client()).call.builder;
        expect(await again.get({ id: agent.id })).toMatchObject({ draft: { name: 'Scout', role: 'a cook', goal: 'half writ' }, revision: revision + 2, agent: { version: 1, unsaved: true } });
        expect((await again.versions({ id: agent.id })).versions).toMatchObject([{ version: 1, digest }]);
      } finally {
        await second.end();
      }
    } finally {
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
