/**
 * Fails when a room that must be covered has fewer than 90 % of its lines covered. Reads what the test run before it wrote:
 * Vitest's own report (coverage/coverage-final.json), and what Node wrote of the processes and threads that tests started
 * (coverage/processes). Those ran our sources as they are, with types blanked out in place, so that a position there is the
 * same position here. A process that was killed has written nothing and counts for nothing.
 * `check-coverage.ts <room>` lists the files of a room with the lines that nothing ran.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './sources.ts';

const ROOMS = ['contract', 'packaging', 'sandbox', 'main/core', 'sdk'];
const LEAST = 90;

interface Place { line: number; column: number }
/** Istanbul's shape: statements by number, and how often each ran. */
interface FileReport { path: string; statementMap: Record<string, { start: Place }>; s: Record<string, number> }
/** V8's shape: ranges of characters with counts; an inner range tells more than the one around it. */
interface Range { startOffset: number; endOffset: number; count: number }
interface ScriptReport { url: string; functions: { ranges: Range[] }[] }

const reports = JSON.parse(await readFile(path.join(root, 'coverage/coverage-final.json'), 'utf8')) as Record<string, FileReport>;

const relative = (file: string): string => path.relative(root, file).split(path.sep).join('/');

interface Measured { lines: Map<number, boolean>; starts: { line: number; offset: number }[] }
const files = new Map<string, Measured>();
for (const [file, report] of Object.entries(reports)) {
  const text = await readFile(file, 'utf8');
  const beginnings = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) beginnings.push(at + 1);
  const lines = new Map<number, boolean>();
  const starts: Measured['starts'] = [];
  for (const [number, { start }] of Object.entries(report.statementMap)) {
    lines.set(start.line, (lines.get(start.line) ?? false) || (report.s[number] ?? 0) > 0);
    starts.push({ line: start.line, offset: (beginnings[start.line - 1] ?? 0) + start.column });
  }
  files.set(file, { lines, starts });
}
const before = count();

/** Marks what one script of one process ran. */
function mark({ lines, starts }: Measured, { functions }: ScriptReport): void {
  const ranges = functions.flatMap((one) => one.ranges);
  for (const { line, offset } of starts) {
    if (lines.get(line)) continue;
    let inner: Range | undefined;
    for (const range of ranges) if (range.startOffset <= offset && offset < range.endOffset && (!inner || range.endOffset - range.startOffset <= inner.endOffset - inner.startOffset)) inner = range;
    if (inner && inner.count > 0) lines.set(line, true);
  }
}

const folder = path.join(root, 'coverage/processes');
const written = await readdir(folder).catch((error: NodeJS.ErrnoException) => { if (error.code === 'ENOENT') return []; throw error; });
for (const name of written) {
  const text = await readFile(path.join(folder, name), 'utf8');
  // Killed while it wrote.
  if (!text.trimEnd().endsWith('}')) continue;
  const { result } = JSON.parse(text) as { result: ScriptReport[] };
  for (const script of result) {
    const measured = script.url.startsWith('file://') ? files.get(fileURLToPath(script.url)) : undefined;
    if (measured) mark(measured, script);
  }
}

interface Share { room: string; total: number; covered: number }
function count(): Share[] {
  const shares = ROOMS.map((room): Share => ({ room, total: 0, covered: 0 }));
  for (const [file, { lines }] of files) {
    const share = shares.find(({ room }) => relative(file).startsWith(`${room}/`));
    if (!share) continue;
    share.total += lines.size;
    share.covered += [...lines.values()].filter(Boolean).length;
  }
  return shares;
}

const percent = ({ total, covered }: { total: number; covered: number }): number => (total === 0 ? 0 : (100 * covered) / total);
const shown = (value: number): string => `${value.toFixed(1).padStart(5)} %`;

const [asked] = process.argv.slice(2);
if (asked !== undefined) {
  const of = [...files].filter(([file]) => relative(file).startsWith(asked)).map(([file, { lines }]) => ({ file: relative(file), total: lines.size, missed: [...lines].filter(([, ran]) => !ran).map(([line]) => line) }));
  for (const { file, total, missed } of of.filter((one) => one.missed.length > 0).sort((a, b) => b.missed.length - a.missed.length))
    process.stdout.write(`${String(missed.length).padStart(4)} of ${String(total).padStart(4)}  ${file}: ${missed.join(' ')}\n`);
  process.exit(0);
}

let failed = 0;
process.stdout.write(`coverage of lines, with ${written.length} reports of processes and threads (before them in brackets)\n`);
for (const [index, share] of count().entries()) {
  const enough = percent(share) >= LEAST;
  if (!enough) failed += 1;
  process.stdout.write(`  ${share.room.padEnd(10)} ${shown(percent(share))}  (${shown(percent(before[index] ?? share))})  of ${share.total}${enough ? '' : `  needs ${LEAST} %: run scripts/check-coverage.ts ${share.room}`}\n`);
}
// Rooms within the core, so that a hole is found where it is.
const rooms = new Map<string, { total: number; covered: number }>();
for (const [file, { lines }] of files) {
  const parts = relative(file).split('/');
  const room = relative(file).startsWith('main/core/') ? parts.slice(0, parts.length > 4 ? 4 : 3).join('/').replace(/\/[^/]*\.ts$/, '') : parts.slice(0, parts[0] === 'main' ? 2 : 1).join('/');
  const sum = rooms.get(room) ?? { total: 0, covered: 0 };
  rooms.set(room, { total: sum.total + lines.size, covered: sum.covered + [...lines.values()].filter(Boolean).length });
}
for (const [room, sum] of [...rooms].filter(([room]) => room.startsWith('main/')).sort()) process.stdout.write(`    ${room.padEnd(34)} ${shown(percent(sum))}  of ${sum.total}\n`);
process.exit(failed === 0 ? 0 : 1);
