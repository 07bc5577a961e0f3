import { OWN } from '../../../../contract/model/ids.ts';
import type { Store } from '../../base/store/index.ts';
import type { Agents } from '../../engine/agents/index.ts';
import type { HiredDocuments } from '../../engine/knowledge/index.ts';

/** What plugins bring to look things up in, for each agent that is hired from one. One whose plugin is gone or cannot be read has no entry. */
export async function documentsOfHires({ store, agents }: { store: Pick<Store, 'read'>; agents: Pick<Agents, 'find'> }): Promise<HiredDocuments[]> {
  const hires = (await store.read('hireList', undefined)).filter(({ pluginId }) => pluginId !== OWN);
  const found = await Promise.allSettled(hires.map(async ({ id, pluginId, agentId }): Promise<HiredDocuments> => {
    const { code, document } = await agents.find(pluginId, agentId);
    return { hireId: id, pluginId, key: `${code.sha512}/${agentId}`, files: document.knowledge.map((path) => ({ path, read: () => code.readFile(path) })) };
  }));
  return found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
