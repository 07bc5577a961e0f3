import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { TransactionTable, Writer } from '../handles.ts';

interface Hired { name: string; status: string; config: string }

function hireOf(db: Writer, id: string, dismissed: boolean): Hired {
  const row = db.get<Hired>('SELECT name, status, config FROM hires WHERE id = @id', { id });
  if (!row || (row.status === 'dismissed') !== dismissed) throw new AppError('team/not-found', dismissed ? 'There is nobody with this id to take back into the team.' : 'This agent is not in your team. It may have been dismissed; look at the team.');
  return row;
}

function mustBeFree(db: Writer, name: string, id: string): void {
  if (db.get('SELECT 1 FROM hires WHERE name = @name COLLATE NOCASE AND id <> @id', { name, id })) throw new AppError('team/name-taken', `Somebody in your team is called "${name}" already. Choose another name.`, { details: { name } });
}

function setFallback(db: Writer, id: string, model: string | null): void {
  if (model === null) db.run(`UPDATE hires SET config = json_remove(config, '$.fallbackModel') WHERE id = @id`, { id });
  else db.run(`UPDATE hires SET config = json_set(config, '$.fallbackModel', @model) WHERE id = @id`, { id, model });
}

/** As contract/model/team.ts has it. */
const LONGEST_NAME = 60;

/** `Ada`, `Ada 2` → the first of `Ada 2`, `Ada 3` … that nobody has. */
function nextName(db: Writer, name: string): string {
  const stem = name.replace(/ \d{1,6}$/, '');
  for (let number = 2; ; number += 1) {
    const next = `${stem.slice(0, LONGEST_NAME - 1 - String(number).length)} ${number}`;
    if (!db.get('SELECT 1 FROM hires WHERE name = @next COLLATE NOCASE', { next })) return next;
  }
}

/** Named transactions of the domain team; each is a plain function that runs in the writer thread. */
export const teamTransactions = {
  /** Errors: `team/name-taken`. */
  insertHire(db: Writer, input: { id: string; name: string; pluginId: string; agentId: string; model: string | null; fallbackModel?: string | null | undefined; at: number }): { id: string } {
    mustBeFree(db, input.name, input.id);
    const { fallbackModel, ...row } = input;
    db.run(`INSERT INTO hires (id, name, plugin_id, agent_id, model, created_at, updated_at) VALUES (@id, @name, @pluginId, @agentId, @model, @at, @at)`, row);
    if (fallbackModel != null) setFallback(db, input.id, fallbackModel);
    return { id: input.id };
  },

  /** With model, values and limit; not with what was granted to the first. Errors: `team/not-found`. */
  duplicateHire(db: Writer, input: { id: string; of: string; at: number }): { id: string } {
    const { name } = hireOf(db, input.of, false);
    db.run(`INSERT INTO hires (id, name, plugin_id, agent_id, avatar, config, model, cost_limit, created_at, updated_at)
SELECT @id, @name, plugin_id, agent_id, avatar, config, model, cost_limit, @at, @at FROM hires WHERE id = @of`, { ...input, name: nextName(db, name) });
    return { id: input.id };
  },

  /** Only what is given changes. Errors: `team/not-found`, `team/name-taken`. */
  updateHire(db: Writer, input: { id: string; name?: string | undefined; model?: string | null | undefined; fallbackModel?: string | null | undefined; paused?: boolean | undefined; at: number }): { id: string } {
    const row = hireOf(db, input.id, false);
    if (input.name !== undefined) mustBeFree(db, input.name, input.id);
    db.run('UPDATE hires SET name = @name, status = @status, updated_at = @at WHERE id = @id',
      { id: input.id, name: input.name ?? row.name, status: input.paused === undefined ? row.status : input.paused ? 'paused' : 'ready', at: input.at });
    if (input.model !== undefined) db.run('UPDATE hires SET model = @model WHERE id = @id', { id: input.id, model: input.model });
    if (input.fallbackModel !== undefined) setFallback(db, input.id, input.fallbackModel);
    return { id: input.id };
  },

  /** Values that this agent has in place of its plugin's. Errors: `team/not-found`. */
  configureHire(db: Writer, input: { id: string; set: Readonly<Record<string, unknown>>; reset: readonly string[]; at: number }): Record<string, never> {
    const { configuration = {} } = JSON.parse(hireOf(db, input.id, false).config) as { configuration?: Record<string, unknown> };
    const next = Object.entries({ ...configuration, ...input.set }).filter(([key]) => !input.reset.includes(key));
    db.run(`UPDATE hires SET config = json_set(config, '$.configuration', json(@configuration)), updated_at = @at WHERE id = @id`, { id: input.id, configuration: JSON.stringify(Object.fromEntries(next)), at: input.at });
    return {};
  },

  /** Frees the name; conversations and runs stay. Errors: `team/not-found`. */
  dismissHire(db: Writer, input: { id: string; at: number }): Record<string, never> {
    const row = hireOf(db, input.id, false);
    db.run(`UPDATE hires SET status = 'dismissed', name = @id, config = json_set(config, '$.dismissedName', @name, '$.dismissedStatus', @status), updated_at = @at WHERE id = @id`,
      { id: input.id, name: row.name, status: row.status, at: input.at });
    return {};
  },

  /** Errors: `team/not-found`, `team/name-taken` when another has the name now. */
  restoreHire(db: Writer, input: { id: string; at: number }): { id: string } {
    const row = hireOf(db, input.id, true);
    const { dismissedName, dismissedStatus } = JSON.parse(row.config) as { dismissedName?: string; dismissedStatus?: string };
    const name = dismissedName ?? row.name;
    mustBeFree(db, name, input.id);
    db.run(`UPDATE hires SET status = @status, name = @name, config = json_remove(config, '$.dismissedName', '$.dismissedStatus'), updated_at = @at WHERE id = @id`,
      { id: input.id, name, status: dismissedStatus ?? 'ready', at: input.at });
    return { id: input.id };
  },
} satisfies TransactionTable;
