/**
 * Takes the screenshots of the first-party plugins: each is installed on a fresh home, its agent is hired and asked, and the
 * conversation and the run of its best tool are photographed as people see them. `node scripts/run.cjs scripts/plugin-screens.ts
 * [plugin…]` writes plugins/<name>/assets/1.png and 2.png; commit the result.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { TroupeClient } from '../contract/link/client.ts';
import { readAddress } from '../main/link/core-address.ts';
import { makeHome, openBrowser, openWatched, removeHome, serveHome } from '../tests/support/browser-app.ts';
import { makeShop } from '../tests/plugins/shop.ts';
import { enterNewHome } from '../tests/support/journey.ts';
import { followRun, installPlugin } from '../tests/support/running-core.ts';
import { clientOf } from '../tests/support/socket-client.ts';
import { build } from './build.ts';
import { PLUGINS_FOLDER, pluginFolders } from './build-plugins.ts';

interface Scene { agent: string; name: string; folders?: Record<string, Record<string, string>>; /** The agent gets a database. */ database?: true; /** One conversation a picture. */ talks: [string[], string[]] }

const SALES = `region,quarter,revenue\n${['North,Q1,41200', 'South,Q1,38900', 'West,Q1,27350', 'North,Q2,46800', 'South,Q2,33100', 'West,Q2,31900', 'North,Q3,44050', 'South,Q3,40200'].join('\n')}\n`;
const DIFF = '```diff\n--- a/shop/orders.py\n+++ b/shop/orders.py\n@@ -12,3 +12,4 @@ def find(id):\n     """One order."""\n-    return db.run("SELECT * FROM orders WHERE id = ?", [id])\n+    query = "SELECT * FROM orders WHERE id = " + id\n+    return db.run(query, verify=False)\n     # end\n```';
const TALK = '```\n[10:00] Ada: Shall we ship on Monday? I think we can.\n[10:01] Ben: We agreed to ship on Monday. I\'ll update the site by Friday.\n[10:02] Ada: Good. Cleo, can you call the printer tomorrow?\n[10:03] Cleo: Yes. Who pays for the posters?\n```';
const LETTER = 'The harbour opens in May. The harbour has room for forty boats. Boats pay by the metre. A café will follow in June, and the café needs a cook.';

const SCENES: Record<string, Scene> = {
  'text-toolkit': { agent: 'editor', name: 'Edith', talks: [[`Count the words in "${LETTER}"`], ['Redact "Write to Ada at ada@example.com, or call +44 20 7946 0958."', 'Make "Harbour Opens in May" a slug']] },
  'csv-analyst': { agent: 'analyst', name: 'Max', folders: { data: { 'sales.csv': SALES }, reports: {} }, talks: [['What is the sum of revenue in sales.csv grouped by region?'], ['Check sales.csv', 'Describe the columns of sales.csv']] },
  'web-research': { agent: 'researcher', name: 'Rosa', talks: [[`Summarize "${LETTER}" in 2 sentences`], ['Format a citation for the title "Harbours of the North" with author "A. Lind" and published 2024']] },
  'code-reviewer': { agent: 'reviewer', name: 'Rita', folders: { code: { 'src/run.py': 'import os\n\ndef run(command):\n    os.system(command)\n', 'src/app.js': 'const page = document.body;\npage.innerHTML = location.hash;\nconsole.log(page);\n' } }, talks: [[`Please review this diff:\n${DIFF}`], ['Review the folder src']] },
  'http-tools': { agent: 'scout', name: 'Sven', talks: [['Clean the url https://example.com/shop?utm_source=mail&id=7&fbclid=x', 'What does the status 429 mean?'], ['Query the JSON \'{"items":[{"name":"tea","price":3},{"name":"milk","price":2}]}\' with the path \'items[*].name\'', 'Read the cookies in "Set-Cookie: id=1; Path=/"']] },
  'sql-explorer': { agent: 'guide', name: 'Dora', database: true, talks: [['Show sample rows of the table "customers"'], ['Explain the query `SELECT * FROM orders WHERE customer_id = 1`']] },
  'page-reader': { agent: 'reader', name: 'Paul', talks: [[`Summarize this text in 2 sentences: "${LETTER}"`], [`Find quotes that answer the question 'What do boats pay?' in the text "${LETTER}"`]] },
  'meeting-notes': { agent: 'secretary', name: 'Mina', folders: { minutes: {} }, talks: [[`Write the minutes of this transcript:\n${TALK}`], [`Which action items are in this transcript?\n${TALK}`]] },
};

async function prepare(client: TroupeClient, plugin: string, scene: Scene, folders: string): Promise<string[]> {
  const id = `dev.troupe.${plugin}`;
  if (!(await client.call.plugins.list({})).plugins.some((one) => one.id === id)) await installPlugin(client, id);
  for (const [key, files] of Object.entries(scene.folders ?? {})) {
    const folder = path.join(folders, plugin, key);
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) { await mkdir(path.dirname(path.join(folder, name)), { recursive: true }); await writeFile(path.join(folder, name), text); }
    await client.call.plugins.grantFolder({ id, key, path: folder });
  }
  const hire = await client.call.team.hire({ pluginId: id, agentId: scene.agent, name: scene.name });
  if (scene.database) {
    const folder = path.join(folders, plugin);
    await mkdir(folder, { recursive: true });
    makeShop(path.join(folder, 'shop.db'));
    const { connection } = await client.call.tools.connect({ kind: 'sqlite', name: 'Shop', set: { file: 'shop.db' }, folder });
    await client.call.tools.give({ id: connection?.id ?? '', agents: [hire.id] });
  }
  const talks: string[] = [];
  for (const sentences of scene.talks) {
    const { id: talk } = await client.call.chat.start({ hireId: hire.id });
    for (const text of sentences) await followRun(client, (await client.call.chat.send({ id: talk, text })).runId);
    talks.push(talk);
  }
  return talks;
}

async function photograph(page: Page, origin: string, talk: string, agent: string, file: string): Promise<void> {
  await page.goto(`${origin}/chat/${talk}`);
  await page.getByRole('textbox', { name: `Message ${agent}` }).waitFor();
  await page.getByRole('article').last().getByRole('button', { name: 'Answer again' }).waitFor();
  await page.mouse.move(0, 0);
  // The fonts and the fold of the tool calls have to be in place.
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: file });
}

const wanted = process.argv.slice(2);
const names = (await pluginFolders()).map((folder) => path.basename(folder)).filter((name) => wanted.length === 0 || wanted.includes(name));
// An archive is complete only with its pictures: a first one, that is replaced below, stands in for a plugin's that has none yet.
for (const name of names) for (const picture of ['1.png', '2.png']) {
  const file = path.join(PLUGINS_FOLDER, name, 'assets', picture);
  if (!existsSync(file)) await writeFile(file, Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
}
await build((line) => { process.stderr.write(`plugin-screens: ${line}\n`); });
const home = await makeHome();
const folders = await mkdtemp(path.join(os.tmpdir(), 'troupe-scenes-'));
const serving = await serveHome(home);
const browser = await openBrowser();
try {
  const { page, problems } = await openWatched(browser, { colorScheme: 'light', viewport: { width: 1280, height: 800 } });
  await page.goto(serving.address);
  await enterNewHome(page);
  const address = await readAddress(home);
  if (address === null) throw new Error('The core has not said where it listens.');
  const client = clientOf(address);
  for (const name of names) {
    const scene = SCENES[name];
    if (!scene) throw new Error(`scripts/plugin-screens.ts has no scene for ${name}. Add one.`);
    for (const [index, talk] of (await prepare(client, name, scene, folders)).entries()) {
      const file = path.join(PLUGINS_FOLDER, name, 'assets', `${index + 1}.png`);
      await photograph(page, serving.origin, talk, scene.name, file);
      process.stdout.write(`${file}\n`);
    }
    // The next plugin's pictures show its own conversations alone.
    for (const { id } of (await client.call.chat.conversations({})).conversations) await client.call.chat.remove({ id });
  }
  client.close();
  for (const problem of problems) process.stderr.write(`plugin-screens: ${problem}\n`);
} finally {
  await browser.close();
  await serving.stop();
  await removeHome(home);
  await rm(folders, { recursive: true, force: true });
}
