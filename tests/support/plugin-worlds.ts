/** Worlds in which something of installed plugins is special. */
import { everyEntry } from './fake-configuration.ts';
import type { FakeWorld } from './fake-core.ts';

export const SHEET = 'dev.troupe.spreadsheet-analyst';

/** Gives an installed plugin one entry of each type; those of `missing` have nothing yet. */
export function configured(world: FakeWorld, missing: string[], id = SHEET, entries = everyEntry): void {
  const here = world.installed.get(id);
  if (!here) return;
  world.installed.set(id, { ...here, configuration: entries, missing });
  world.folders.set(id, [{ key: 'data', access: 'read', path: '/home/ada/Documents/tables' }]);
  world.configurations.set(id, { values: { limit: 50, ...(!missing.includes('endpoint') && { endpoint: 'https://api.example.com/v1' }) }, secrets: new Set(missing.includes('api_key') ? [] : ['api_key']) });
}

/** Newer versions of two plugins: one asks for more, one is pinned. */
export const withUpdates = (world: FakeWorld): void => {
  const [text, sheet] = [...world.installed.values()];
  if (!text || !sheet) return;
  world.installed.set(text.id, { ...text, previousVersion: '0.9.0' });
  world.installed.set(sheet.id, { ...sheet, previousVersion: '0.8.4', autoUpdate: 'patch', reason: 'dependency', neededBy: [text.id] });
  const update = { size: 190_000, publishedAt: text.updatedAt, pinned: null, added: [] };
  world.updates = [
    { ...update, id: text.id, name: text.name, installed: text.version, version: '1.2.0', changes: [{ version: '1.2.0', publishedAt: text.updatedAt, changelog: '- Counts words of any language.\n- Keeps **lists** as they are.' }, { version: '1.1.0', publishedAt: text.installedAt, changelog: 'Shorter answers.' }], added: ['network:more.example.com', 'secret_read:api_key'] },
    { ...update, id: sheet.id, name: sheet.name, installed: sheet.version, version: '1.4.0', changes: [], pinned: sheet.version },
  ];
  world.operations.set('by-itself', { operation: { id: 'by-itself', kind: 'update', pluginId: sheet.id, state: 'finished', createdAt: sheet.updatedAt, finishedAt: sheet.updatedAt, automatic: { from: '0.8.4', to: sheet.version }, asked: 'plugin' } } as never);
};

/** Somebody needs the toolkit, and an agent of one's own was given a tool of it. */
export const concerned = (world: FakeWorld): void => {
  const toolkit = world.installed.get('dev.troupe.text-toolkit');
  if (toolkit) world.installed.set(toolkit.id, { ...toolkit, previousVersion: '0.9.0', neededBy: ['dev.troupe.spreadsheet-analyst'], usedBy: ['Maximilian von und zu Hohenzollern-Sigmaringen the Second', 'Cook'] });
};

/** A file that says something of everything. */
export const withConfigurationFile = (world: FakeWorld): void => {
  world.answers.set('plugins.compareConfiguration', () => ({
    changes: [{ pluginId: 'dev.troupe.text-toolkit', key: 'tone', before: null, after: 'short and friendly, in whole sentences that somebody wrote with much love' }, { pluginId: SHEET, key: 'rows', before: 10, after: 20 }],
    gaps: [{ pluginId: SHEET, key: 'rows', kind: 'bad-value', message: `"rows" of ${SHEET} has to be a number.` }, { pluginId: SHEET, key: 'api_key', kind: 'secret', message: '' }, { pluginId: SHEET, key: 'data', kind: 'folder', message: '' }, { pluginId: SHEET, key: 'colour', kind: 'unknown-key', message: '' }, { pluginId: 'com.example.none', key: null, kind: 'not-installed', message: '' }],
  }));
};
