/** A core that dies at a failpoint while it imports. Arguments: home folder, failpoint (`name:n`), the file. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { enableFailpoints, parseFailpoint } from '../../../main/core/base/observe/index.ts';
import { openStore } from '../../../main/core/base/store/index.ts';
import { HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper } from '../agents/workshop.ts';

const [, , folder = '', failpoint = '', file = ''] = process.argv;
const point = parseFailpoint(failpoint);
if (point) enableFailpoints(point);

const store = await openStore({ file: path.join(folder, 'troupe.db') });
const plugins = new TestPlugins();
withHelper(plugins);
const shop = openWorkshop({ home: { folder, store, reopen: () => Promise.resolve(store), close: () => Promise.resolve() }, plugins, model: scriptedModel([]), idPrefix: 'doomed-' });
const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null });
await shop.imports.add({ upload: 'u', offset: 0, base64: readFileSync(file).toString('base64'), last: true, name: 'talks.json' });
for (let left = 1; left > 0;) ({ left } = await shop.imports.store({ upload: 'u', hireId: hire.id }));
process.stdout.write('lived\n');
await store.stop();
