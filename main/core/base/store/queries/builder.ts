import type { AgentVersion } from '../../../../../contract/model/builder.ts';
import type { Run, RunEvent } from '../../../../../contract/model/run.ts';
import type { QueryTable, Reader } from '../handles.ts';
import { ACTIVE, eventsToProject, runById } from './runs.ts';

/** An agent of one's own as it is kept. `digest` and `document` are those of its newest version. */
export interface OwnAgentRow {
  readonly id: string; readonly draft: string; readonly revision: number; readonly preview: number; readonly createdAt: number; readonly updatedAt: number; readonly removedAt: number | null;
  readonly version: number; readonly digest: string | null; readonly document: string | null;
  /** Names of those hired from it, as JSON. */
  readonly hiredAs: string;
}

const SELECT = `SELECT a.id, a.draft, a.revision, a.preview, a.created_at AS createdAt, a.updated_at AS updatedAt, a.removed_at AS removedAt, coalesce(v.version, 0) AS version, v.digest, d.document,
  (SELECT json_group_array(name) FROM (SELECT name FROM hires WHERE plugin_id = 'own' AND agent_id = a.id AND status <> 'dismissed' ORDER BY created_at)) AS hiredAs
FROM own_agents a LEFT JOIN own_agent_versions v ON v.agent_id = a.id AND v.version = (SELECT max(version) FROM own_agent_versions WHERE agent_id = a.id)
LEFT JOIN own_agent_documents d ON d.digest = v.digest`;

/** The runs of a talk beside the form, oldest first. */
const previewRuns = (db: Reader, id: string, preview: number): { id: string; active: number }[] => db.all<{ id: string; active: number }>(
  `SELECT id, status IN ${ACTIVE} AS active FROM runs WHERE plugin_id = 'own' AND execution_target = @id AND json_extract(parameters, '$.preview') = @preview ORDER BY created_at, id`, { id, preview });

/** Named queries of the domain builder; each is a plain function that runs in a reader thread. */
export const builderQueries = {
  /** Newest change first; without those that were removed. */
  ownAgentList: (db: Reader): OwnAgentRow[] => db.all<OwnAgentRow>(`${SELECT} WHERE a.removed_at IS NULL ORDER BY a.updated_at DESC, a.id`),
  /** Every one that is there or works: also one that was removed and from which somebody is hired. */
  ownAgentsInUse: (db: Reader): OwnAgentRow[] => db.all<OwnAgentRow>(`SELECT * FROM (${SELECT}) WHERE removedAt IS NULL OR hiredAs <> '[]' ORDER BY createdAt, id`),
  /** Also one that was removed: those hired from it still work by its newest version. */
  ownAgentById: (db: Reader, input: { id: string }): OwnAgentRow | undefined => db.get<OwnAgentRow>(`${SELECT} WHERE a.id = @id`, input),
  /** Newest first. */
  ownAgentVersions: (db: Reader, input: { id: string }): AgentVersion[] => db.all<AgentVersion>('SELECT version, digest, at, note FROM own_agent_versions WHERE agent_id = @id ORDER BY version DESC', input),
  ownAgentVersion: (db: Reader, input: { id: string; version: number }): { document: string } | undefined =>
    db.get<{ document: string }>('SELECT d.document FROM own_agent_versions v JOIN own_agent_documents d ON d.digest = v.digest WHERE v.agent_id = @id AND v.version = @version', input),
  ownAgentDocument: (db: Reader, input: { digest: string }): { document: string } | undefined => db.get<{ document: string }>('SELECT document FROM own_agent_documents WHERE digest = @digest', input),
  /** What was said beside the form since it was last begun anew, as the runs' logs have it. */
  previewTalk: (db: Reader, input: { id: string; preview: number; limit: number }): { run: Run; events: RunEvent[]; active: boolean }[] => previewRuns(db, input.id, input.preview).slice(-input.limit).flatMap(({ id, active }) => {
    const run = runById(db, id);
    return run ? [{ run, events: eventsToProject(db, id), active: active === 1 }] : [];
  }),
} satisfies QueryTable;
