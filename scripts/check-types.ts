/** Type-checks every room with its own tsconfig (each room sees only the globals it may use). Rooms given as arguments limit it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const all = ['.', 'contract', 'packaging', 'sandbox/host', 'sandbox/guest', 'sdk', 'plugins', 'preload', 'main/electron', 'main/core', 'main/cli', 'main/link', 'renderer', 'scripts', 'tests', 'bench'];
const rooms = process.argv.length > 2 ? process.argv.slice(2) : all;
const compiler = path.join(root, 'node_modules/typescript-native/bin/tsc');

/** What was checked before and has not changed is not checked again. Kept for each room, since each sees other globals. */
const remembered = (room: string): string => path.join(root, '.cache/types', `${room === '.' ? 'root' : room.replaceAll('/', '-')}.tsbuildinfo`);

/** TS18003 means that a room has no file yet; every other message is a failure. */
async function check(room: string): Promise<boolean> {
  const child = spawn(process.execPath, [compiler, '-p', path.join(root, room), '--noEmit', '--incremental', '--tsBuildInfoFile', remembered(room), '--pretty', 'false'], { cwd: root });
  let output = '';
  child.stdout.on('data', (chunk) => { output += String(chunk); });
  child.stderr.on('data', (chunk) => { output += String(chunk); });
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  if (code === 0 || /TS18003/.test(output)) return true;
  process.stdout.write(`types: ${room}\n${output}`);
  return false;
}

const queue = rooms.filter((room) => existsSync(path.join(root, room, 'tsconfig.json')));
let failed = 0;
await Promise.all([0, 1].map(async () => {
  for (let room = queue.shift(); room !== undefined; room = queue.shift()) if (!(await check(room))) failed += 1;
}));
process.stdout.write(failed === 0 ? `types: ${rooms.length} rooms are sound\n` : `types: ${failed} rooms have errors\n`);
process.exit(failed === 0 ? 0 : 1);
