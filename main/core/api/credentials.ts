import type { KeyState } from '../../../contract/model/credentials.ts';
import type { Keys } from '../base/credentials/index.ts';
import { server } from './context.ts';

/**
 * @param settled resolves when the core has done what a new key state means (opened the store), so that the caller's next
 * call is answered
 */
export const credentialsApi = (keys: Keys, settled: () => Promise<void>) => {
  const after = async (change: Promise<KeyState>): Promise<KeyState> => { const state = await change; await settled(); return state; };
  return {
    state: server.credentials.state.handler(async () => { await settled(); return keys.state(); }),
    takeRecoveryCode: server.credentials.takeRecoveryCode.handler(async () => ({ code: await keys.takeRecoveryCode() })),
    confirmRecoveryCode: server.credentials.confirmRecoveryCode.handler(() => keys.confirmRecoveryCode()),
    renewRecoveryCode: server.credentials.renewRecoveryCode.handler(() => keys.renewRecoveryCode()),
    rotate: server.credentials.rotate.handler(() => keys.rotate()),
    recover: server.credentials.recover.handler(({ input }) => after(keys.recover(input.code))),
    unlock: server.credentials.unlock.handler(({ input }) => after(keys.unlock(input.passphrase))),
    protect: server.credentials.protect.handler(({ input }) => after(keys.setPassphrase(input.passphrase))),
    choosePlain: server.credentials.choosePlain.handler(() => after(keys.choosePlain())),
    retry: server.credentials.retry.handler(() => after(keys.retry())),
  };
};
