import { afterEach, describe, expect, it } from 'vitest';
import { keyHeaders, PRESETS } from '../../../main/core/engine/models/presets.ts';
import { ask, failure, rawProvider, run, says, world, type Raw, type World } from './stand-in.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => { for (const thing of open.splice(0)) await thing.close(); });

const raw = async (...turns: Parameters<typeof rawProvider>): Promise<Raw> => { const provider = await rawProvider(...turns); open.push(provider); return provider; };
async function added(key?: string): Promise<{ at: World; first: Raw; id: string }> {
  const [at, first] = [world(), await raw(says('from the first'))];
  open.push(at.http);
  const { provider } = await at.models.addProvider({ baseUrl: first.url, name: 'Acme', ...(key !== undefined && { key }) });
  return { at, first, id: provider.id };
}
const answerOf = async (at: World, id: string): Promise<string> => (await run(await at.models.resolve(`${id}/m`), ask('hello'))).answer.text;
const keysOf = (at: World): string[] => [...at.secrets.values.values()];

describe('A4 a provider that changes', () => {
  it('keeps its id with a new name, key and address, so that agents keep their model', async () => {
    const { at, id } = await added('sk-old');
    expect((await at.models.changeProvider(id, { name: 'Acme two' })).provider).toMatchObject({ id, name: 'Acme two', hasKey: true });
    expect(keysOf(at)).toEqual(['sk-old']);
    await at.models.changeProvider(id, { key: ' sk-new ' });
    expect(keysOf(at)).toEqual(['sk-new']);
    const second = await raw(says('from the second'));
    expect((await at.models.changeProvider(id, { baseUrl: second.url, key: 'sk-second' })).probe.ok).toBe(true);
    expect([await answerOf(at, id), keysOf(at)]).toEqual(['from the second', ['sk-second']]);
    expect((await at.models.changeProvider(id, { key: null })).provider.hasKey).toBe(false);
    expect(keysOf(at)).toEqual([]);
  });

  it('sends a key to no host that it was not entered for', async () => {
    const { at, id, first } = await added('sk-first');
    const other = await raw(says('from the other'));
    expect(await failure(at.models.changeProvider(id, { baseUrl: other.url }))).toMatchObject({ code: 'models/no-key', message: expect.stringContaining(new URL(other.url).host) as string });
    expect([other.requests, (await at.models.list())[0]?.baseUrl, keysOf(at)]).toEqual([[], first.url, ['sk-first']]);
  });

  it('stays as it was when it does not answer as it is to be', async () => {
    const { at, id } = await added('sk-old');
    const gone = await rawProvider(says('never'));
    await gone.close();
    const before = await at.models.list();
    expect(await failure(at.models.changeProvider(id, { baseUrl: gone.url, key: 'sk-gone' }))).toMatchObject({ code: 'models/unreachable' });
    expect(await failure(at.models.changeProvider(id, { baseUrl: 'no address' }))).toMatchObject({ code: 'core/bad-input' });
    expect(await failure(at.models.changeProvider('nobody', { name: 'x' }))).toMatchObject({ code: 'models/not-found' });
    expect([await at.models.list(), keysOf(at), await answerOf(at, id)]).toEqual([before, ['sk-old'], 'from the first']);
  });
});

describe('A4 presets', () => {
  it('name every provider that is promised, each with its own address and a header that carries the key', () => {
    expect(PRESETS.map(({ id }) => id)).toEqual(['openai', 'azure', 'anthropic', 'gemini', 'openrouter', 'groq', 'mistral', 'deepseek', 'xai', 'together', 'ollama', 'lmstudio', 'llamacpp', 'jan', 'localai', 'vllm']);
    for (const { id, baseUrl, needsKey, keyStyle } of PRESETS) {
      expect(Object.values(keyHeaders(keyStyle, 'sk-key')).some((value) => value === 'sk-key' || value === 'Bearer sk-key')).toBe(true);
      if (id !== 'azure') expect(new URL(String(baseUrl)).protocol).toBe(needsKey ? 'https:' : 'http:');
      if (!needsKey) expect(new URL(String(baseUrl)).hostname).toBe('127.0.0.1');
    }
  });
});
