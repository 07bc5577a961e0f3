/** Publishes, signs or rotates in a process of its own, which kills itself at a named point. Arguments: job, folder, point. */
import path from 'node:path';
import { writeSync } from 'node:fs';
import { publishStatic, readKeyFolder, readPlugins, renewSignatures, rotateKey, type RotatedRole } from '../../packaging/index.ts';

const [job = '', folder = '', point = ''] = process.argv.slice(2);
const [keys, out, now] = [path.join(folder, 'keys'), path.join(folder, 'out'), Date.now() + 86_400_000 * 5];
const failpoint = (at: string): void => {
  // Digests are left out: a point has the same name each time.
  if (at.replace(/[0-9a-f]{128}\.?/, '') !== point) return;
  writeSync(2, `failpoint reached ${point}\n`);
  process.kill(process.pid, 'SIGKILL');
};

if (job === 'publish') await publishStatic({ keys: await readKeyFolder(keys), out, now, folder: await readPlugins(path.join(folder, 'plugins')), failpoint });
else if (job === 'sign') await renewSignatures({ keys: await readKeyFolder(keys), out, now, failpoint });
else await rotateKey({ role: job as RotatedRole, keys, out, now, failpoint });
