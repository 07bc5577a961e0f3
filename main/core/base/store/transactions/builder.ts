import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { AgentVersion } from '../../../../../contract/model/builder.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { ACTIVE } from '../queries/runs.ts';
import { insertEvents, insertRun, type NewRun } from './runs.ts';

function rowOf(db: Writer, id: string): { revision: number; preview: number } {
  const row = db.get<{ revision: number; preview: number }>('SELECT revision, preview FROM own_agents WHERE id = @id AND removed_at IS NULL', { id });
  if (!row) throw new AppError('builder/not-found', 'There is no such agent of yours. It may have been removed; undo that, or make a new one.');
  return row;
}

const keepDocument = (db: Writer, digest: string, document: string): void => { db.run('INSERT INTO own_agent_documents (digest, document) VALUES (@digest, @document) ON CONFLICT (digest) DO NOTHING', { digest, document }); };

/** The turns of one talk beside the form. */
const turnsOf = (db: Writer, id: string, preview: number): { id: string; active: number }[] =>
  db.all(`SELECT id, status IN ${ACTIVE} AS active FROM runs WHERE plugin_id = 'own' AND execution_target = @id AND json_extract(parameters, '$.preview') = @preview`, { id, preview });

/** Named transactions of the domain builder; each is a plain function that runs in the writer thread. */
export const builderTransactions = {
  insertOwnAgent(db: Writer, input: { id: string; draft: string; at: number }): { id: string } {
    db.run('INSERT INTO own_agents (id, draft, created_at, updated_at) VALUES (@id, @draft, @at, @at)', input);
    return { id: input.id };
  },

  /** Errors: `builder/not-found`, `builder/changed` when `revision` is no longer the newest. */
  changeOwnAgent(db: Writer, input: { id: string; revision: number | null; draft: string; at: number }): { revision: number } {
    const { revision } = rowOf(db, input.id);
    if (input.revision !== null && input.revision !== revision) throw new AppError('builder/changed', 'This agent was changed in another window meanwhile. Load what is kept, then make your change again.', { details: { revision } });
    db.run('UPDATE own_agents SET draft = @draft, revision = @next, updated_at = @at WHERE id = @id', { id: input.id, draft: input.draft, next: revision + 1, at: input.at });
    return { revision: revision + 1 };
  },

  /** The next version; the newest one when it is the same document. Errors: `builder/not-found`. */
  saveOwnAgent(db: Writer, input: { id: string; digest: string; document: string; note: string; at: number }): AgentVersion {
    rowOf(db, input.id);
    const newest = db.get<AgentVersion>('SELECT version, digest, at, note FROM own_agent_versions WHERE agent_id = @id ORDER BY version DESC LIMIT 1', { id: input.id });
    if (newest?.digest === input.digest) return newest;
    keepDocument(db, input.digest, input.document);
    const next: AgentVersion = { version: (newest?.version ?? 0) + 1, digest: input.digest, at: input.at, note: input.note };
    db.run('INSERT INTO own_agent_versions (agent_id, version, digest, at, note) VALUES (@id, @version, @digest, @at, @note)', { id: input.id, ...next });
    db.run('UPDATE own_agents SET updated_at = @at WHERE id = @id', { id: input.id, at: input.at });
    return next;
  },

  /** Hides it or brings it back. Errors: `builder/not-found`. */
  removeOwnAgent(db: Writer, input: { id: string; removedAt: number | null }): { id: string } {
    if (db.run('UPDATE own_agents SET removed_at = @removedAt WHERE id = @id', input).changes === 0) throw new AppError('builder/not-found', 'There is no such agent of yours.');
    return { id: input.id };
  },

  /** What was said beside the form and the run that answers it, with the document it goes by. Errors: `builder/not-found`, `builder/busy`. */
  startPreviewTurn(db: Writer, input: { run: Omit<NewRun, 'parameters' | 'conversationId' | 'hireId'>; messageId: string; text: string; digest: string; document: string; eventId: string }): { runId: string; preview: number } {
    const { preview } = rowOf(db, input.run.executionTarget);
    const turns = turnsOf(db, input.run.executionTarget, preview);
    if (turns.some(({ active }) => active === 1)) throw new AppError('builder/busy', 'The preview is still answering. Wait for it, or stop it first.');
    keepDocument(db, input.digest, input.document);
    insertRun(db, { ...input.run, conversationId: null, hireId: null, parameters: { preview, messageId: input.messageId, digest: input.digest } });
    insertEvents(db, input.run.id, [{ id: input.eventId, parent: null, at: input.run.createdAt, type: 'user_message_added', channel: 'messages', namespace: [], data: { messageId: input.messageId, seq: turns.length * 2 + 1, text: input.text, at: input.run.createdAt } }]);
    return { runId: input.run.id, preview };
  },

  /** `active` are the runs of the talk that it ends. Errors: `builder/not-found`. */
  resetPreview(db: Writer, input: { id: string }): { active: string[] } {
    const { preview } = rowOf(db, input.id);
    db.run('UPDATE own_agents SET preview = preview + 1 WHERE id = @id', input);
    return { active: turnsOf(db, input.id, preview).flatMap(({ id, active }) => (active === 1 ? [id] : [])) };
  },
} satisfies TransactionTable;
