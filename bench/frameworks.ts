/**
 * One agent, model → tool → model, streamed: the app with every event on the disk, beside the bare client and the agent
 * frameworks of npm on the same stand-in. Each in a process of its own, in turns, so that what else the machine does hits all alike.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../scripts/sources.ts';
import { finishRun, withCore } from './built-core.ts';
import { spread, timed, type Figure } from './measure.ts';
import { withStandInModel } from './stand-in.ts';

const folder = path.join(root, '.cache/bench-frameworks');
const SCRIPTS = { openai: 'bare openai client', ai: 'ai', 'openai-agents': '@openai/agents', langgraph: '@langchain/langgraph', mastra: '@mastra/core' } as const;
const WARM_UP = 30;
const TURNS = 12;
const EACH = 10;
/** How much more than the bare client an answer with one tool may take. */
const MOST = 1.5;

interface Runner { take(times: number): Promise<number[]>; stop(): void }

/** Their packages are large and nothing of the app, so they are brought when they are measured first, and stay apart. */
async function bringFrameworks(): Promise<void> {
  await cp(path.join(root, 'bench/frameworks'), folder, { recursive: true });
  if (existsSync(path.join(folder, 'node_modules/ai'))) return;
  const npm = process.env.npm_execpath;
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const done = spawnSync(command, [...first, 'ci', '--loglevel=error'], { cwd: folder, stdio: ['ignore', 2, 2], shell: command === 'npm' && process.platform === 'win32' });
  if (done.status !== 0) throw new Error('npm ci of bench/frameworks failed; the lines above say why.');
}

function startRunner(script: string, baseUrl: string, model: string): Runner {
  const child = spawn(process.execPath, [path.join(folder, `${script}.mjs`), baseUrl, model], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, MASTRA_TELEMETRY_DISABLED: '1', NO_COLOR: '1' } });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text; });
  const ended = new Promise<never>((_, reject) => { child.once('exit', () => { reject(new Error(`${script} ended: ${said.slice(-500)}`)); }); });
  // `take` hears of it; outside of one nobody waits, and `stop` ends it on purpose.
  ended.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async take(times) {
      child.stdin.write(`${times}\n`);
      const line = await Promise.race([lines.next(), ended]);
      return JSON.parse(String(line.value)) as number[];
    },
    stop() { child.kill('SIGKILL'); },
  };
}

/** The app's own: an agent with the calculator, run through the socket, until its last event came back. */
async function withOwnAgent<T>(baseUrl: string, model: string, work: (runner: Pick<Runner, 'take'>) => Promise<T>): Promise<T> {
  return withCore(async (core) => {
    const client = await core.local();
    const { provider } = await client.call.models.add({ baseUrl });
    await client.call.models.setDefault({ model: `${provider.id}/${model}` });
    const { agent, revision } = await client.call.builder.create({ from: { kind: 'nothing' } });
    const draft = { name: 'Sums', description: 'Works sums out.', role: 'Calculator', goal: 'Answer sums', instructions: 'You answer sums. Use the calculator.', tools: ['builtin.calculator'] };
    await client.call.builder.change({ id: agent.id, revision, draft });
    await client.call.builder.save({ id: agent.id });
    const once = async (): Promise<void> => {
      const { runId } = await client.call.runs.start({ pluginId: 'own', target: agent.id, input: { prompt: 'What is 2 + 3 * 4?' } });
      await finishRun(client, runId);
    };
    return work({ async take(times) {
      const taken: number[] = [];
      for (let n = 0; n < times; n += 1) taken.push(await timed(once));
      return taken;
    } });
  });
}

async function compare(baseUrl: string, model: string): Promise<Figure[]> {
  const names = Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[];
  const runners = names.map((name) => startRunner(name, baseUrl, model));
  try {
    return await withOwnAgent(baseUrl, model, async (own) => {
      const takers = [own, ...runners];
      const samples = takers.map((): number[] => []);
      for (const taker of takers) await taker.take(WARM_UP);
      for (let turn = 0; turn < TURNS; turn += 1) for (const [index, taker] of takers.entries()) samples[index]?.push(...await taker.take(EACH));
      const [mine, bare, ...others] = samples.map(spread);
      if (!mine || !bare) throw new Error('Nothing was measured.');
      const rival = { ...bare, name: SCRIPTS.openai };
      const name = (who: string): string => `model → tool → model, a model ${model.replaceAll('-', ' ')}: ${who}`;
      return [
        { name: name('the app, events on the disk'), unit: 'ms' as const, ...mine, rival, target: { most: bare.median * MOST, on: 'median' as const } },
        ...others.map((figures, index) => ({ name: name(SCRIPTS[names[index + 1] ?? 'openai']), unit: 'ms' as const, ...figures, rival })),
      ];
    });
  } finally {
    for (const runner of runners) runner.stop();
  }
}

export async function benchFrameworks(): Promise<Figure[]> {
  await bringFrameworks();
  return withStandInModel(async (baseUrl) => [...await compare(baseUrl, 'at-once'), ...await compare(baseUrl, 'after-20-ms')]);
}
