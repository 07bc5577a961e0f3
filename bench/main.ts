/**
 * `npm run bench [-- [--json] [names…]]`: figures of the built app, each beside another way to do the same work in the same
 * run. Figures are no tests: nothing fails by being slow, only by not working.
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { build } from '../scripts/build.ts';
import { benchAgentStep } from './agent-step.ts';
import { benchCalls } from './calls.ts';
import { benchChat } from './chat.ts';
import { benchFrameworks } from './frameworks.ts';
import { benchInstall } from './install.ts';
import type { Figure } from './measure.ts';
import { benchHttpInstall, benchManyPlugins } from './many-plugins.ts';
import { benchMarketplace } from './marketplace.ts';
import { benchMemory } from './memory.ts';
import { benchResolve } from './resolve.ts';
import { benchSandboxCall } from './sandbox-call.ts';
import { benchSearch } from './search.ts';
import { benchStart } from './start.ts';
import { benchSync } from './sync.ts';
import { asText } from './table.ts';

/** Queries of each kind; there are seven kinds. */
const QUERIES = 30;
/** A rival needs up to a second and more for a query at 100,000 entries. */
const RIVAL_QUERIES = 6;
/** What has not begun by then is left out and named. */
const LAST_BEGIN_MS = 120_000;

const search = (size: number, rivalQueries = RIVAL_QUERIES): Promise<Figure[]> => benchSearch(size, QUERIES, rivalQueries);

const BENCHES: Record<string, () => Promise<Figure[]>> = {
  start: benchStart, install: benchInstall, 'install-http': benchHttpInstall, 'many-plugins': benchManyPlugins, resolve: benchResolve, calls: benchCalls, sandbox: benchSandboxCall, agent: benchAgentStep, frameworks: benchFrameworks, memory: benchMemory, marketplace: benchMarketplace, chat: benchChat, sync: () => benchSync(5_000), 'sync-50k': () => benchSync(50_000),
  'search-1k': () => search(1_000, QUERIES), 'search-10k': () => search(10_000), 'search-100k': () => search(100_000),
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ args: process.argv.slice(2), allowPositionals: true, options: { json: { type: 'boolean' } } });
  const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0) { process.stderr.write(`bench: there is no "${unknown.join('", "')}"; there are ${Object.keys(BENCHES).join(', ')}.\n`); return 2; }
  const wanted = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  const say = (line: string): void => { process.stderr.write(`bench: ${line}\n`); };
  await build(say);
  const machine = { cpu: os.cpus()[0]?.model ?? 'unknown', cores: os.cpus().length, memoryGiB: Math.round(os.totalmem() / 1024 ** 3), system: `${os.platform()}-${os.arch()}`, node: process.versions.node, loadBefore: os.loadavg()[0] ?? 0 };
  const began = performance.now();
  const figures: (Figure & { bench: string })[] = [];
  const failed: { bench: string; message: string }[] = [];
  for (const bench of wanted) {
    if (performance.now() - began > LAST_BEGIN_MS) { failed.push({ bench, message: 'left out, since the others took so long; name it alone to measure it' }); continue; }
    say(`${bench}…`);
    try { figures.push(...(await BENCHES[bench]?.() ?? []).map((figure) => ({ bench, ...figure }))); } catch (error) { failed.push({ bench, message: error instanceof Error ? error.message : String(error) }); }
  }
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(values.json ? `${JSON.stringify({ machine, seconds, figures, failed }, null, 2)}\n` : asText({ machine, seconds, figures, failed }));
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
