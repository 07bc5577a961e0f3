/** Operations on plugins: begun, logged step by step, ended once. */
import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { OperationEventBody, OperationKind } from '../../../../../contract/model/plugin.ts';
import type { TransactionTable, Writer } from '../handles.ts';

/** Ended operations that are kept with their logs. */
const KEPT_OPERATIONS = 200;

type Ending = Extract<OperationEventBody, { type: 'operation_finished' | 'operation_failed' | 'operation_cancelled' }>;

export function insertOperation(db: Writer, operation: { id: string; kind: OperationKind; pluginId: string; input: unknown; at: number }): void {
  db.run(`INSERT INTO operations (id, kind, plugin_id, state, input, created_at) VALUES (@id, @kind, @pluginId, 'running', @input, @at)`, { ...operation, input: JSON.stringify(operation.input) });
}

export function insertOperationEvents(db: Writer, operationId: string, at: number, events: readonly OperationEventBody[]): void {
  let seq = db.get<{ last: number | null }>('SELECT max(seq) AS last FROM operation_events WHERE operation_id = @operationId', { operationId })?.last ?? 0;
  for (const { type, ...data } of events) {
    seq += 1;
    db.run('INSERT INTO operation_events (operation_id, seq, at, type, data) VALUES (@operationId, @seq, @at, @type, @data)', { operationId, seq, at, type, data: JSON.stringify(data) });
  }
}

const isOpen = (db: Writer, id: string): boolean => db.get('SELECT 1 FROM operations WHERE id = @id AND finished_at IS NULL', { id }) !== undefined;

function endOperation(db: Writer, operationId: string, at: number, ending: Ending): void {
  insertOperationEvents(db, operationId, at, [ending]);
  const state = { operation_finished: 'finished', operation_failed: 'failed', operation_cancelled: 'cancelled' }[ending.type];
  db.run('UPDATE operations SET state = @state, finished_at = @at, error = @error WHERE id = @operationId', { operationId, at, state, error: ending.type === 'operation_failed' ? JSON.stringify(ending.error) : null });
}

/** Named transactions over operations. */
export const pluginOperationTransactions = {
  /** Adds to the step log of an operation that has not ended; `state` says what it does now. Answers false when it has ended. */
  logOperation(db: Writer, input: { operationId: string; at: number; events: readonly OperationEventBody[]; state?: 'running' | 'waiting_for_consent' }): boolean {
    if (!isOpen(db, input.operationId)) return false;
    insertOperationEvents(db, input.operationId, input.at, input.events);
    if (input.state) db.run('UPDATE operations SET state = @state WHERE id = @id', { id: input.operationId, state: input.state });
    return true;
  },

  /** The last event and the state that it means. A second end changes nothing. */
  endOperation(db: Writer, input: { operationId: string; at: number; ending: Ending }): boolean {
    if (!isOpen(db, input.operationId)) return false;
    endOperation(db, input.operationId, input.at, input.ending);
    db.run('DELETE FROM operations WHERE finished_at IS NOT NULL AND id NOT IN (SELECT id FROM operations ORDER BY created_at DESC, id LIMIT @kept)', { kept: KEPT_OPERATIONS });
    return true;
  },

  /**
   * At start: what was under way when the core died has ended. An operation whose effect was committed has succeeded.
   * `gone` are plugins that were uninstalled with their data.
   */
  endInterruptedOperations(db: Writer, { at }: { at: number }): { id: string; finished: boolean; gone: string[] }[] {
    const open = db.all<{ id: string; kind: OperationKind; input: string; result: string | null }>('SELECT id, kind, input, result FROM operations WHERE finished_at IS NULL');
    return open.map(({ id, kind, input, result }) => {
      const error = { code: 'plugins/interrupted', message: 'Troupe was closed while this was under way. Nothing of it was kept; start it again.', retryable: true, details: {} };
      const ending: Ending = result === null ? { type: 'operation_failed', step: null, error } : { type: 'operation_finished', pluginIds: JSON.parse(result) as string[] };
      endOperation(db, id, at, ending);
      const forgets = kind === 'uninstall' && result !== null && (JSON.parse(input) as { keepData?: boolean }).keepData !== true;
      return { id, finished: result !== null, gone: forgets ? JSON.parse(result) as string[] : [] };
    });
  },

  /** Notes that a write reached an operation, so that its repeat gets the same answer. Throws `plugins/no-operation`. */
  touchOperation(db: Writer, { operationId }: { operationId: string }): Record<string, never> {
    if (!db.get('SELECT 1 FROM operations WHERE id = @operationId', { operationId })) throw new AppError('plugins/no-operation', `There is no operation ${operationId}. It may have ended long ago; open the list of what is installed.`, { details: { operationId } });
    return {};
  },
} satisfies TransactionTable;
