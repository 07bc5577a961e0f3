/** What a plugin of the catalog works with and this machine has not: said before it is installed, and no obstacle to that. */
import type { CatalogRecord, CatalogRecordVersion } from '../../contract/manifest/index.ts';
import type { Models } from './engine/models/index.ts';
import type { Tools } from './engine/tools/index.ts';
import type { PluginSource } from './marketplace/plugins/index.ts';

export interface LacksParts { models: Pick<Models, 'resolve'>; tools: Pick<Tools, 'builtin' | 'ofMemory' | 'ofKnowledge' | 'unconnected'>; plugins: Pick<PluginSource, 'get'> }

const THINKING: ReadonlySet<string> = new Set(['agent', 'crew', 'flow']);

export function createLacks({ models, tools, plugins }: LacksParts): (record: CatalogRecord, version: CatalogRecordVersion) => Promise<string[]> {
  const builtin = new Set([...tools.builtin, ...tools.ofMemory, ...tools.ofKnowledge].map(({ id }) => id));

  async function lackOfModel({ capabilities, permissions }: CatalogRecord): Promise<string[]> {
    if (!capabilities.some(({ kind }) => THINKING.has(kind)) && !permissions.some(({ kind }) => kind === 'models')) return [];
    const found = await models.resolve(undefined).catch(() => undefined);
    if (!found) return ['It needs a model, and none that can be used is chosen here. Choose one in Settings › Models.'];
    const { info } = found;
    if (info.practice) return ['It needs a model that can think, and only the practice model is chosen here. Choose another in Settings › Models.'];
    const usesTools = capabilities.some(({ kind }) => kind === 'tool') || permissions.some(({ kind }) => kind === 'tools');
    return usesTools && info.capabilities.tools === false ? [`Its agents use tools, and the model that is chosen here, ${info.label}, cannot. Choose another in Settings › Models.`] : [];
  }

  async function lackOfTool(pattern: string, record: CatalogRecord, version: CatalogRecordVersion): Promise<string[]> {
    const [owner = '', name] = pattern.split('/');
    if (name === undefined) {
      if (!builtin.has(pattern)) return [`It uses the tool ${pattern}, which this version of Troupe does not have.`];
      const lack = await tools.unconnected(pattern, []);
      return lack && !lack.held ? [`It uses ${lack.title}, for which no connection is set up here. Add one in Settings › Tools.`] : [];
    }
    // Its own, and what is installed along with it.
    if (owner === record.id || version.dependencies.some(({ id, foreign }) => !foreign && id === owner)) return [];
    const here = await plugins.get(owner);
    if (!here) return [`It uses tools of the plugin ${owner}, which is not installed here.`];
    return here.status === 'active' ? [] : [`It uses tools of the plugin ${here.manifest.plugin.name}, which is switched off here.`];
  }

  return async (record, version) => {
    const patterns = record.permissions.filter(({ kind }) => kind === 'tools').map(({ value }) => value);
    const all = await Promise.all([lackOfModel(record), ...patterns.map((pattern) => lackOfTool(pattern, record, version))]);
    return [...new Set(all.flat())];
  };
}
