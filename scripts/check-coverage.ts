/** Fails when a room that must be covered has fewer than 90 % of its lines covered. Reads what the test run before it wrote. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './sources.ts';

const ROOMS = ['contract', 'packaging', 'sandbox', 'main/core', 'sdk'];
const LEAST = 90;

interface Lines { total: number; covered: number }
const summary = JSON.parse(await readFile(path.join(root, 'coverage/coverage-summary.json'), 'utf8')) as Record<string, { lines: Lines }>;
let failed = 0;
for (const room of ROOMS) {
  const files = Object.entries(summary).filter(([file]) => path.relative(root, file).split(path.sep).join('/').startsWith(`${room}/`));
  const total = files.reduce((sum, [, { lines }]) => sum + lines.total, 0);
  const covered = files.reduce((sum, [, { lines }]) => sum + lines.covered, 0);
  const percent = total === 0 ? 0 : (100 * covered) / total;
  if (percent < LEAST) failed += 1;
  process.stdout.write(`coverage: ${room.padEnd(10)} ${percent.toFixed(1).padStart(5)} % of ${total} lines${percent < LEAST ? `  (at least ${LEAST} %)` : ''}\n`);
}
process.exit(failed === 0 ? 0 : 1);
