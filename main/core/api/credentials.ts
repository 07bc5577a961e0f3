import { AppError, hasCode, toWire } from '../../../contract/errors/app-error.ts';
import type { AuditAction } from '../../../contract/model/audit.ts';
import type { KeyState } from '../../../contract/model/credentials.ts';
import type { Keys, Rewrite } from '../base/credentials/index.ts';
import type { AuditEntry } from '../base/store/index.ts';
import { server } from './context.ts';
import type { Once } from './once.ts';

/** What an open home offers to those who change its keys. */
export interface KeyRooms { record(entries: readonly AuditEntry[]): Promise<void>; rewrite: Rewrite }

/**
 * @param settled resolves when the core has done what a new key state means (opened the store), so that the caller's next
 * call is answered
 * @param rooms null until the home is open
 */
export const credentialsApi = (keys: Keys, settled: () => Promise<void>, rooms: () => KeyRooms | null, once: Once) => {
  const after = async (change: Promise<KeyState>): Promise<KeyState> => { const state = await change; await settled(); return state; };
  const record = async (entry: AuditEntry): Promise<void> => { await rooms()?.record([entry]); };
  const opened = (): KeyRooms => {
    const found = rooms();
    if (!found) throw new AppError('credentials/locked', 'Open this home before changing its keys.');
    return found;
  };
  /** Does it and leaves a row that says how it ended. */
  const told = async (action: AuditAction, change: () => Promise<KeyState>): Promise<KeyState> => {
    try {
      const state = await after(change());
      await record({ action, subject: state.protectedBy });
      return state;
    } catch (error) {
      await record({ action, subject: keys.state().protectedBy, outcome: hasCode(error, 'credentials/wrong-passphrase') ? 'refused' : 'failed', details: { code: toWire(error).code } });
      throw error;
    }
  };
  return {
    state: server.credentials.state.handler(async () => { await settled(); return keys.state(); }),
    takeRecoveryCode: server.credentials.takeRecoveryCode.handler(async () => ({ code: await keys.takeRecoveryCode() })),
    confirmRecoveryCode: server.credentials.confirmRecoveryCode.handler(() => told('recovery_code_confirmed', keys.confirmRecoveryCode)),
    renewRecoveryCode: server.credentials.renewRecoveryCode.handler(() => told('recovery_code_made', keys.renewRecoveryCode)),
    rotate: server.credentials.rotate.handler(() => told('key_rotated', keys.rotate)),
    // Its row is written with the data: it is there exactly when the new key is.
    rekey: server.credentials.rekey.handler(({ input }) => once('credentials.rekey', input, async () => {
      try {
        return await after(keys.rekey(input.passphrase, async (to) => { await opened().rewrite(to); }));
      } catch (error) {
        await record({ action: 'data_rekeyed', subject: keys.state().protectedBy, outcome: hasCode(error, 'credentials/wrong-passphrase') ? 'refused' : 'failed', details: { code: toWire(error).code } });
        throw error;
      }
    })),
    recover: server.credentials.recover.handler(({ input }) => (keys.serves() ? keys.state() : told('home_recovered', () => keys.recover(input.code)))),
    unlock: server.credentials.unlock.handler(({ input }) => after(keys.unlock(input.passphrase))),
    protect: server.credentials.protect.handler(({ input }) => told('passphrase_changed', () => keys.setPassphrase(input.passphrase, input.current))),
    choosePlain: server.credentials.choosePlain.handler(() => after(keys.choosePlain())),
    retry: server.credentials.retry.handler(() => after(keys.retry())),
  };
};
