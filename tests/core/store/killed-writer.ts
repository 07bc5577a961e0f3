/** Writes for ever and says on standard output what was acknowledged; home.test.ts and killed.test.ts kill it. */
import { writeSync } from 'node:fs';
import { openHome, openStore } from '../../../main/core/base/store/index.ts';

const [, , folder = '', key = '', first = '0'] = process.argv;
const home = openHome({ home: folder });
const store = await openStore({ file: home.database, ...(key && { key: Buffer.from(key, 'hex') }) });
writeSync(1, 'open\n');
let next = Number(first);
async function lane(): Promise<void> {
  for (;;) {
    const mine = next++;
    await store.write('putSettings', { values: { [`row${mine}`]: JSON.stringify('x'.repeat(200)) }, at: mine });
    writeSync(1, `${mine}\n`);
  }
}
await Promise.all([lane(), lane(), lane(), lane()]);
