import type { Manifest } from '../../../../contract/manifest/index.ts';
import { OWN } from '../../../../contract/model/ids.ts';
import { parseAgentDocument } from '../../../../packaging/index.ts';
import type { OwnAgentRow, Store } from '../../base/store/index.ts';
import type { OwnAgents } from '../../engine/agents/index.ts';
import type { InstalledCode } from '../../engine/tools/index.ts';

const FILE = 'agent.yaml';

/**
 * A document of one's own as the engine knows code: a plugin of one agent. The tools that the person put into it are the
 * ones that are granted to it and the only thing it may use; whatever changes something still asks before each call.
 * @throws AppError `plugins/bad-manifest`
 */
export function codeOf(agentId: string, document: string, digest: string, version: string): InstalledCode {
  const agent = parseAgentDocument(document);
  const manifest: Manifest = {
    schema_version: '1.0',
    plugin: {
      id: OWN, name: agent.name ?? agent.role.slice(0, 100), version, description: agent.description ?? '', long_description: '', categories: [], tags: [], requirements: { app_version: '*', dependencies: [] },
      capabilities: { agents: [{ id: agentId, name: agent.name ?? agent.role.slice(0, 100), description: agent.description ?? '', file: FILE }], crews: [], flows: [], tools: [], blueprints: [] },
      configuration: { required: [], optional: [] }, permissions: { network: [], secrets: [], tools: [], files: { folders: [] } }, pricing: { model: 'free', paid_tiers: [] }, assets: { screenshots: [] },
    },
  };
  return {
    pluginId: OWN, version, sha512: digest, publisherId: OWN, manifest, status: 'active', sideLoaded: false, grants: new Set(agent.tools.map((tool) => `tools:${tool}`)),
    readFile: () => Promise.resolve(new TextEncoder().encode(document)),
  };
}

/** The newest versions of what the person made; one that was removed goes on for those hired from it and is offered no more. */
export function createOwnAgents(store: Pick<Store, 'read'>): OwnAgents {
  const made = (row: OwnAgentRow | undefined): InstalledCode[] => (row?.document == null || row.digest === null ? [] : [codeOf(row.id, row.document, row.digest, String(row.version))]);
  return {
    get: async (agentId) => made(await store.read('ownAgentById', { id: agentId }))[0],
    list: async () => (await store.read('ownAgentList', undefined)).flatMap(made),
  };
}
