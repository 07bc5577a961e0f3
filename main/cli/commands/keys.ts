/** How this home's data key is held. No command shows the key itself. */
import { AppError } from '../../../contract/errors/app-error.ts';
import type { KeyState } from '../../../contract/model/credentials.ts';
import type { Command, CommandContext } from '../command.ts';
import { table } from '../output.ts';

const HELD: Record<KeyState['protectedBy'], string> = { keychain: 'encrypted, key in the system\'s keychain', passphrase: 'encrypted with a passphrase', none: 'not encrypted' };

export const keys: Command = {
  usage: 'troupe keys [status|rotate|recovery-code]',
  about: 'show what holds the key of your data, give the keychain another one, make a new recovery code',
  fits: ({ command }) => command.length === 1 || (command.length === 2 && ['status', 'rotate', 'recovery-code'].includes(command[1] ?? '')),
  async run(context) {
    const { client, words, out } = context;
    if (words.command[1] === 'recovery-code') return recoveryCode(context);
    if (words.command[1] === 'rotate') {
      const state = await client.call.credentials.rotate({});
      out.result(state, () => 'The keychain holds a new key. Your data and the recovery code are as they were.\n');
      return;
    }
    const state = await client.call.credentials.state({});
    const code = state.recoveryCodePending ? 'not written down yet' : state.protectedBy === 'none' ? 'none' : 'written down';
    out.result(state, () => table([['state', state.state], ['data', HELD[state.protectedBy]], ['recovery code', code]]));
  },
};

/** The code is on the terminal before the former one ends: cut in between, both work. */
async function recoveryCode({ client, words, out, ask }: CommandContext): Promise<void> {
  await client.call.credentials.renewRecoveryCode({});
  const { code } = await client.call.credentials.takeRecoveryCode({});
  if (code === null) throw new AppError('credentials/not-found', 'The new code was confirmed elsewhere in this moment and is not shown again. Run the command again for another one.');
  out.result({ recoveryCode: code }, () => `${code}\n`);
  const written = words.yes || await ask('Did you write it down? It is never shown again then, and the former code ends.');
  if (written) {
    await client.call.credentials.confirmRecoveryCode({});
    out.say('This is the recovery code now; the former one opens nothing any more.');
  } else {
    out.say('The former code goes on working until you confirm the new one, here with --yes or in Settings › Keys.');
  }
}
