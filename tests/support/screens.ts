/**
 * Pictures of the page over a scripted core, for looking at: `node scripts/run.cjs tests/support/screens.ts [name…]`
 * writes tests/e2e/screens/<name>.<theme>.<width>.png and prints what axe finds. `npm run build` comes first.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Page } from 'playwright-core';
import { startPageServer } from './page-server.ts';
import { scenes } from './scenes.ts';

const out = path.resolve(import.meta.dirname, '../e2e/screens');
await mkdir(out, { recursive: true });
const data = await mkdtemp(path.join(os.tmpdir(), 'troupe-screens-'));
const only = process.argv.slice(2).filter((word) => !word.startsWith('--'));
/** Light and wide, dark and narrow show nearly everything in half the time; `--all` takes all four. */
const looks = process.argv.includes('--all') ? [['light', 1280], ['dark', 1280], ['light', 480], ['dark', 480]] as const : [['light', 1280], ['dark', 480]] as const;
const context = await chromium.launchPersistentContext(data, { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'], reducedMotion: 'reduce' });
let problems = 0;
const say = (text: string): void => { problems += 1; process.stdout.write(`${text}\n`); };

async function look(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(out, `${name}.png`) });
  const { violations } = await new AxeBuilder({ page } as never).analyze();
  for (const violation of violations) say(`${name}: ${violation.id} (${violation.impact ?? ''}) ${violation.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${(node.any[0]?.message ?? '').slice(0, 160)}`).join(' | ')}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) say(`${name}: wider than the window by ${overflow} px`);
}

for (const scene of scenes.filter(({ name }) => only.length === 0 || only.some((wanted) => name.startsWith(wanted)))) {
  for (const [theme, width] of looks) {
    const world = scene.world();
    world.settings = { ...world.settings, theme };
    const server = await startPageServer(world);
    const page = await context.newPage();
    const name = `${scene.name}.${theme}.${width}`;
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) say(`${name}: console ${message.text().slice(0, 300)}`); });
    page.on('pageerror', (error) => { say(`${name}: ${error.message.slice(0, 300)}`); });
    try {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 800 });
      await page.goto(server.address(scene.route));
      await page.waitForTimeout(600);
      await scene.act?.(page, server);
      await page.waitForTimeout(250);
      await look(page, name);
    } catch (error) { say(`${name}: ${error instanceof Error ? error.message.split('\n')[0] ?? '' : String(error)}`); await page.screenshot({ path: path.join(out, `${name}.png`) }); }
    await page.close();
    await server.stop();
  }
}
await context.close();
await rm(data, { recursive: true, force: true });
process.stdout.write(`${problems} things to look at\n`);
