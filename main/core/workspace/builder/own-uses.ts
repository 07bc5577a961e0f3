/** What people's own agents were given of plugins: for whoever switches a plugin off, changes its version or takes it away. */
import { hasCode } from '../../../../contract/errors/app-error.ts';
import { guardrailsOf, type AgentDocument } from '../../../../contract/manifest/index.ts';
import type { Draft } from '../../../../contract/model/builder.ts';
import { parseAgentDocument } from '../../../../packaging/index.ts';
import type { OwnAgentRow, Store } from '../../base/store/index.ts';
import { rulesOf } from './problems.ts';

/** `names`: of those hired from the agent, where there are none its own. `tools`: references to what it may call and what checks it. */
export interface OwnUse { readonly names: readonly string[]; readonly tools: readonly string[] }

/** What an agent works by and what it is about to: its newest version and, while it is there, its draft. */
export function createOwnUses(store: Pick<Store, 'read'>): () => Promise<OwnUse[]> {
  let read = new Map<string, readonly string[]>();
  return async () => {
    const rows = await store.read('ownAgentsInUse', undefined);
    // Documents never change; what no agent is at any more is let go.
    read = new Map(rows.flatMap(({ digest, document }) => (digest === null || document === null ? [] : [[digest, read.get(digest) ?? ofDocument(document)] as const])));
    return rows.map((row) => {
      // As the builder stored it.
      const draft = JSON.parse(row.draft) as Draft;
      const saved = row.digest === null ? [] : read.get(row.digest) ?? [];
      return { names: namesOf(row, draft), tools: [...new Set([...saved, ...row.removedAt === null ? ofDraft(draft) : []])] };
    });
  };
}

function namesOf(row: OwnAgentRow, { name, role }: Draft): string[] {
  // Names as the query made them.
  const hired = JSON.parse(row.hiredAs) as string[];
  return hired.length > 0 ? hired : [name?.trim() || role?.trim().slice(0, 100) || `own/${row.id}`];
}

function ofDocument(document: string): string[] {
  let agent: AgentDocument;
  try { agent = parseAgentDocument(document); } catch (error) {
    // It runs no more either, and its builder says why.
    if (hasCode(error, 'plugins/bad-manifest')) return [];
    throw error;
  }
  return [...agent.tools, ...guardrailsOf(agent).flatMap((rule) => (rule.type === 'tool' ? [rule.tool] : []))];
}

const ofDraft = (draft: Draft): string[] => [...draft.tools ?? [], ...rulesOf(draft).flatMap(([, { type, tool }]) => (type === 'tool' && typeof tool === 'string' ? [tool] : []))];
