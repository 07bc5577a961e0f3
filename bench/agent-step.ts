/** What the engine adds to a model call: a streamed agent step with every event on the disk, beside the bare client and the same server. */
import OpenAI from 'openai';
import type { TroupeClient } from '../contract/link/client.ts';
import { finishOperation, finishRun, withCore } from './built-core.ts';
import { sample, spread, timed, type Figure } from './measure.ts';
import { withStandInModel } from './stand-in.ts';

/** Rounds of the long run: each asks for a tool that is not there, so that the engine answers without a sandbox. */
const ROUNDS = 10;

const run = async (client: TroupeClient, rounds: number): Promise<void> => {
  const { runId } = await client.call.runs.start({ pluginId: 'dev.troupe.web-research', target: 'writer', input: { prompt: `Say that it is done. rounds=${rounds}` } });
  await finishRun(client, runId);
};

async function bareClient(baseURL: string): Promise<number[]> {
  const openai = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });
  const call = async (): Promise<void> => {
    const stream = await openai.chat.completions.create({ model: 'at-once', messages: [{ role: 'user', content: 'Say that it is done.' }], stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    if (text !== 'It is 14.') throw new Error(`The stand-in answered "${text}".`);
  };
  for (let n = 0; n < 20; n += 1) await call();
  return sample(200, 5_000, call);
}

export const benchAgentStep = (): Promise<Figure[]> => withStandInModel(async (baseUrl) => {
  const rival = { name: 'bare openai client, one call', ...spread(await bareClient(baseUrl)) };
  return withCore(async (core) => {
    const client = await core.local();
    const { operationId } = await client.call.plugins.install({ id: 'dev.troupe.web-research', grantAll: true });
    await finishOperation(client, operationId);
    const { provider } = await client.call.models.add({ baseUrl });
    await client.call.models.setDefault({ model: `${provider.id}/at-once` });
    for (let n = 0; n < 5; n += 1) await run(client, ROUNDS);
    const whole: number[] = [];
    // One short and one long run in turn: what the long one takes more, by its rounds, is what a step costs.
    const steps: number[] = [];
    const until = performance.now() + 12_000;
    while (whole.length < 40 && performance.now() < until) {
      const short = await timed(() => run(client, 0));
      whole.push(short);
      steps.push((await timed(() => run(client, ROUNDS)) - short) / ROUNDS);
    }
    return [
      { name: 'agent step (model call, tool answer, events on the disk)', unit: 'ms', ...spread(steps), rival },
      { name: 'whole run of one step, from the call to its last event', unit: 'ms', ...spread(whole), rival },
    ] satisfies Figure[];
  });
});
