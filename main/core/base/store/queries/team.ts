import type { QueryTable, Reader } from '../handles.ts';
import { ACTIVE } from './runs.ts';

/** A hire as it is kept; what it can do comes from its plugin. `state` is `dismissed` for one that left the team. */
export interface HireRow {
  readonly id: string; readonly name: string; readonly pluginId: string; readonly agentId: string; readonly model: string | null; readonly fallbackModel: string | null;
  /** Values in place of its plugin's, as JSON. */
  readonly configuration: string | null;
  readonly state: 'ready' | 'paused' | 'dismissed'; readonly createdAt: number;
  /** Runs under way, the start of the newest run, and how the newest one that ended did. */
  readonly activeRuns: number; readonly lastActiveAt: number | null; readonly lastStatus: string | null;
}

const SELECT = `SELECT h.id, CASE WHEN h.status = 'dismissed' THEN coalesce(json_extract(h.config, '$.dismissedName'), h.name) ELSE h.name END AS name,
  h.plugin_id AS pluginId, h.agent_id AS agentId, h.model, json_extract(h.config, '$.fallbackModel') AS fallbackModel, json_extract(h.config, '$.configuration') AS configuration, h.status AS state, h.created_at AS createdAt,
  (SELECT count(*) FROM runs r WHERE r.hire_id = h.id AND r.status IN ${ACTIVE}) AS activeRuns,
  (SELECT r.created_at FROM runs r WHERE r.hire_id = h.id ORDER BY r.created_at DESC LIMIT 1) AS lastActiveAt,
  (SELECT r.status FROM runs r WHERE r.hire_id = h.id AND r.status NOT IN ${ACTIVE} ORDER BY r.created_at DESC LIMIT 1) AS lastStatus FROM hires h`;

/** Named queries of the domain team; each is a plain function that runs in a reader thread. */
export const teamQueries = {
  /** The team, oldest first; without those who were dismissed. */
  hireList: (db: Reader): HireRow[] => db.all<HireRow>(`${SELECT} WHERE h.status <> 'dismissed' ORDER BY h.created_at, h.id`),
  /** Also one who was dismissed. */
  hireById: (db: Reader, input: { id: string }): HireRow | undefined => db.get<HireRow>(`${SELECT} WHERE h.id = @id`, input),
  /** What a hire has in place of its plugin's configuration, as JSON; undefined when there is no such hire. */
  hireConfiguration: (db: Reader, input: { id: string }): { pluginId: string; configuration: string } | undefined =>
    db.get<{ pluginId: string; configuration: string }>(`SELECT plugin_id AS pluginId, coalesce(json_extract(config, '$.configuration'), '{}') AS configuration FROM hires WHERE id = @id`, input),
  hireByName: (db: Reader, input: { name: string }): HireRow | undefined => db.get<HireRow>(`${SELECT} WHERE h.name = @name COLLATE NOCASE AND h.status <> 'dismissed'`, input),
} satisfies QueryTable;
