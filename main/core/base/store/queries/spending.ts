import type { ChatCosts, Spending } from '../../../../../contract/model/spending.ts';
import type { QueryTable, Reader } from '../handles.ts';

interface Sum { tokens: number; cost: number; runs: number; unknown: number; estimated: number }

/** Calls of models that took something; what they took is at `$.usage`. */
const CALLS = "('llm_call_finished', 'tool_model_call_finished', 'guardrail_finished', 'history_summarised')";

/** One row for each run: an ended one says what it took in all, of any other the log does. A cost that is not known makes that of its run unknown. */
const each = (where: string): string => `
  SELECT json_extract(r.token_usage, '$.totalTokens') AS tokens, json_extract(r.token_usage, '$.cost') AS cost, json_extract(r.token_usage, '$.estimated') AS estimated
    FROM runs r WHERE ${where} AND r.token_usage IS NOT NULL
  UNION ALL SELECT sum(json_extract(e.data, '$.usage.totalTokens')), CASE WHEN count(*) = count(json_extract(e.data, '$.usage.cost')) THEN sum(json_extract(e.data, '$.usage.cost')) END, max(json_extract(e.data, '$.usage.estimated'))
    FROM runs r JOIN run_events e ON e.run_id = r.id WHERE ${where} AND r.token_usage IS NULL AND e.type IN ${CALLS} AND json_extract(e.data, '$.usage') IS NOT NULL GROUP BY r.id`;

function spent(db: Reader, where: string, id: string, limit: number | null): Spending {
  const sum = db.get<Sum>(`SELECT coalesce(sum(tokens), 0) AS tokens, coalesce(sum(cost), 0) AS cost, count(*) AS runs, count(*) - count(cost) AS unknown, coalesce(max(estimated), 0) AS estimated FROM (${each(where)})`, { id });
  return { tokens: sum?.tokens ?? 0, cost: sum?.cost ?? 0, runs: sum?.runs ?? 0, unknown: sum?.unknown ?? 0, estimated: sum?.estimated === 1, limit };
}

/** Named queries about what runs took; each is a plain function that runs in a reader thread. */
export const spendingQueries = {
  /** Undefined when there is no such conversation. */
  chatCosts: (db: Reader, { id }: { id: string }): ChatCosts | undefined => {
    const row = db.get<{ hireId: string; own: number | null; ofHire: number | null }>('SELECT c.hire_id AS hireId, c.cost_limit AS own, h.cost_limit AS ofHire FROM conversations c LEFT JOIN hires h ON h.id = c.hire_id WHERE c.id = @id AND c.archived_at IS NULL', { id });
    return row && { conversation: spent(db, 'r.conversation_id = @id', id, row.own), agent: spent(db, 'r.hire_id = @id', row.hireId, row.ofHire) };
  },

  /** What was spent where there is a limit; undefined where there is none. */
  limitedSpending: (db: Reader, { conversationId, hireId }: { conversationId: string | null; hireId: string | null }): { conversation: Spending | undefined; agent: Spending | undefined } => {
    const limitOf = (table: 'conversations' | 'hires', id: string | null): number | null => db.get<{ most: number | null }>(`SELECT cost_limit AS most FROM ${table} WHERE id = @id`, { id })?.most ?? null;
    const [own, ofHire] = [limitOf('conversations', conversationId), limitOf('hires', hireId)];
    return {
      conversation: own === null || conversationId === null ? undefined : spent(db, 'r.conversation_id = @id', conversationId, own),
      agent: ofHire === null || hireId === null ? undefined : spent(db, 'r.hire_id = @id', hireId, ofHire),
    };
  },
} satisfies QueryTable;
