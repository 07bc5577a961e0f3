/** How this home's data key is held. No command shows the key itself. */
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { KeyState, RekeyProgress } from '../../../contract/model/credentials.ts';
import type { Command, CommandContext } from '../command.ts';
import { table } from '../output.ts';
import { readSecrets } from '../secret-input.ts';

const HELD: Record<KeyState['protectedBy'], string> = { keychain: 'encrypted, key in the system\'s keychain', passphrase: 'encrypted with a passphrase', none: 'not encrypted' };

export const keys: Command = {
  usage: 'troupe keys [status|rotate|rekey|passphrase|recovery-code]',
  about: 'show what holds the key of your data, give the keychain another one, encrypt everything anew, set the passphrase, make a new recovery code',
  fits: ({ command }) => command.length === 1 || (command.length === 2 && ['status', 'rotate', 'rekey', 'passphrase', 'recovery-code'].includes(command[1] ?? '')),
  async run(context) {
    const { client, words, out } = context;
    if (words.command[1] === 'recovery-code') return recoveryCode(context);
    if (words.command[1] === 'rekey') return rekey(context);
    if (words.command[1] === 'passphrase') return passphrase(context);
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
async function recoveryCode(context: CommandContext): Promise<void> {
  await context.client.call.credentials.renewRecoveryCode({});
  await showCode(context, 'The former code goes on working until you confirm the new one, here with --yes or in Settings › Keys.');
}

/** @param unconfirmed what holds while the new code was not confirmed */
async function showCode({ client, words, out, ask }: CommandContext, unconfirmed: string): Promise<void> {
  const { code } = await client.call.credentials.takeRecoveryCode({});
  if (code === null) throw new AppError('credentials/not-found', 'The new code was confirmed elsewhere in this moment and is not shown again. Run the command again for another one.');
  out.result({ recoveryCode: code }, () => `${code}\n`);
  const written = words.yes || await ask('Did you write it down? It is never shown again then, and the former code ends.');
  if (written) {
    await client.call.credentials.confirmRecoveryCode({});
    out.say('This is the recovery code now; the former one opens nothing any more.');
  } else {
    out.say(unconfirmed);
  }
}

const STEPS: Record<RekeyProgress['step'], string> = { copying: 'Copying', encrypting: 'Encrypting', checking: 'Checking' };
const LOOK_MS = 300;

/** Everything under another key, and the recovery code that opens it. */
async function rekey(context: CommandContext): Promise<void> {
  const { client, words, out } = context;
  const { protectedBy } = await client.call.credentials.state({});
  const known = protectedBy === 'passphrase' ? await readSecrets(['passphrase'], words.secretFd, 'Enter the passphrase when asked, or give it on standard input.') : {};
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      const { rekeying } = await client.call.credentials.state({});
      if (rekeying) out.progress(`${STEPS[rekeying.step]}${rekeying.percent === null ? '' : ` ${rekeying.percent} %`}`);
      await wait(LOOK_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  try { await client.call.credentials.rekey(known); } finally { ended.abort(); await watching; }
  out.say('Everything is written anew under another key. The former recovery code opens nothing any more; this is the new one.');
  await showCode(context, 'Write it down: it is shown until you confirm it, by "troupe keys recovery-code" or in Settings › Keys.');
}

/** Asked for without showing it; where nobody is at the terminal the lines of standard input are the passphrase now, where there is one, and the new one. */
async function passphrase({ client, words, out }: CommandContext): Promise<void> {
  const { protectedBy } = await client.call.credentials.state({});
  const asked = ['new passphrase', ...(words.secretFd === undefined && process.stdin.isTTY ? ['the same again'] : [])];
  const typed = await readSecrets([...(protectedBy === 'passphrase' ? ['passphrase now'] : []), ...asked], words.secretFd, 'Enter it when asked, or give it on standard input.');
  const { 'passphrase now': current, 'new passphrase': next = '', 'the same again': again = next } = typed;
  if (next !== again) throw new AppError('core/bad-input', 'The two new passphrases are not the same, so nothing was changed.');
  const state = await client.call.credentials.protect({ passphrase: next, ...(current !== undefined && { current }) });
  out.result(state, () => 'Troupe asks for the new passphrase from the next start on. The recovery code is as it was.\n');
}
