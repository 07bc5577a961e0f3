/**
 * Ends what the core started, when the core is gone however it died: a server that does not notice the end of its input
 * would go on for ever. Reads `+<pid>` and `-<pid>` a line; the end of its input is the core's end.
 */
import { createInterface } from 'node:readline';
import { endGroup } from './end-group.ts';

const GRACE_MS = 1_000;
const watched = new Set<number>();

for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (!Number.isSafeInteger(pid) || pid <= 1) continue;
  if (line.startsWith('+')) watched.add(pid);
  else watched.delete(pid);
}
for (const pid of watched) endGroup(pid, 'SIGTERM');
if (watched.size > 0) await new Promise((resolve) => { setTimeout(resolve, GRACE_MS); });
for (const pid of watched) endGroup(pid, 'SIGKILL');
