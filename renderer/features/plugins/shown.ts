import type { AvailableUpdate, InstalledPlugin } from '../../../contract/model/plugin.ts';

export const VIEWS = ['all', 'updates', 'disabled', 'setup', 'side-loaded'] as const;
export type View = typeof VIEWS[number];
export const SORTS = ['name', 'updated', 'installed', 'size'] as const;
export type Sort = typeof SORTS[number];

export interface Known { plugins: readonly InstalledPlugin[]; updates: readonly AvailableUpdate[]; /** Ids of plugins that an agent waits for to be set up. */ needSetup: ReadonlySet<string> }

/** Whether a plugin belongs to a view. */
export function isIn(view: View, plugin: InstalledPlugin, { updates, needSetup }: Pick<Known, 'updates' | 'needSetup'>): boolean {
  switch (view) {
    case 'all': return true;
    case 'updates': return updates.some(({ id }) => id === plugin.id);
    case 'disabled': return plugin.status === 'disabled';
    case 'setup': return plugin.missing.length > 0 || needSetup.has(plugin.id);
    case 'side-loaded': return plugin.sideLoaded;
  }
}

const ORDER: Record<Sort, (a: InstalledPlugin, b: InstalledPlugin) => number> = {
  name: (a, b) => a.name.localeCompare(b.name),
  updated: (a, b) => b.updatedAt - a.updatedAt,
  installed: (a, b) => b.installedAt - a.installedAt,
  size: (a, b) => b.size + b.storedBytes - a.size - a.storedBytes,
};

export function shownOf(known: Known, { view, words, sort }: { view: View; words: string; sort: Sort }): InstalledPlugin[] {
  const wanted = words.trim().toLowerCase();
  return known.plugins.filter((plugin) => isIn(view, plugin, known) && `${plugin.name} ${plugin.id} ${plugin.description} ${plugin.publisher.name}`.toLowerCase().includes(wanted))
    .sort((a, b) => ORDER[sort](a, b) || ORDER.name(a, b));
}
