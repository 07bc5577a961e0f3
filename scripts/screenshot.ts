/**
 * Takes the picture of the README: the built app on a fresh home, from its first start to an answer that used a tool.
 * `node scripts/run.cjs scripts/screenshot.ts [light|dark]` writes docs/screenshot.png.
 */
import path from 'node:path';
import { journey } from '../tests/support/journey.ts';
import { makeHome, openBrowser, openWatched, removeHome, serveHome } from '../tests/support/browser-app.ts';
import { build } from './build.ts';
import { root } from './sources.ts';

const theme = process.argv[2] === 'dark' ? 'dark' : 'light';
const file = path.join(root, 'docs/screenshot.png');

await build((line) => { process.stderr.write(`screenshot: ${line}\n`); });
const home = await makeHome();
const serving = await serveHome(home);
const browser = await openBrowser();
try {
  const { page, problems } = await openWatched(browser, { colorScheme: theme, deviceScaleFactor: 1.5 });
  await page.goto(serving.address);
  const { agent } = await journey(page);
  await page.getByRole('button', { name: /Count words.*Done/ }).click();
  await page.getByRole('textbox', { name: `Message ${agent}` }).focus();
  await page.mouse.move(0, 0);
  // Toasts and the fold's animation have to be over.
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: file });
  for (const problem of problems) process.stderr.write(`screenshot: ${problem}\n`);
  process.stdout.write(`${file}\n`);
} finally {
  await browser.close();
  await serving.stop();
  await removeHome(home);
}
