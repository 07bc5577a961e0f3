/**
 * Asks the system's keychain one question and ends. A process of its own, because the keychain client blocks the whole
 * thread when the session bus is mute, and a blocked native call can only be ended by killing its process.
 * One JSON line in, one out. Bundled as keychain-process.js.
 */
import { AsyncEntry } from '@napi-rs/keyring';
import { text } from 'node:stream/consumers';
import type { KeychainAnswer, KeychainQuestion } from './keychain.ts';

/** What backends say when the store is there but closed: the person has to unlock it. */
const LOCKED = /prompt was dismissed|is locked|locked collection|no storage access|user cancel|interaction is not allowed|-25308|-128\b/i;

async function answer(question: KeychainQuestion): Promise<KeychainAnswer> {
  try {
    // Without `store` Linux silently falls back to the kernel's keyring, which is lost at reboot.
    const entry = new AsyncEntry(question.service, question.account, { linux: { store: 'secret-service' } });
    if (question.value !== undefined) {
      await entry.setPassword(question.value);
      return { kind: 'value', value: question.value };
    }
    const value = await entry.getPassword();
    return value === null || value === undefined ? { kind: 'missing' } : { kind: 'value', value };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: LOCKED.test(reason) ? 'locked' : 'no-service', reason };
  }
}

const question = JSON.parse(await text(process.stdin)) as KeychainQuestion;
process.stdout.write(`${JSON.stringify(await answer(question))}\n`);
