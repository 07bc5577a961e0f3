/**
 * The data key of a home and the ways to it. In the states `open` and `plain` the core serves everything; in all others
 * only the procedures of the domain credentials answer, until one of the actions below changes the state.
 */
import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import type { KeyState, RekeyProgress } from '../../../../contract/model/credentials.ts';
import { dropRekey } from '../store/index.ts';
import { databaseAt } from './database-at.ts';
import { readKeyFile, writeKeyFile, type KeyFile } from './key-file.ts';
import type { Keychain } from './keychain.ts';
import { openWrap, wrapAnew } from './keychain-wrap.ts';
import { newRecoveryCode, readRecoveryCode } from './recovery-code.ts';
import { completeRekey, databaseKeyOf, nextKey, resealed, secretsKeyOf, swapKey, type Rewrite } from './rekey.ts';
import { accountOf, newHomeId, newKey, unwrapByText, wrapByKey, wrapByText } from './wrapping.ts';

export interface Keys {
  state(): KeyState;
  /** Whether the home can be used: `open` or `plain`. */
  serves(): boolean;
  /** 32 bytes for the store; undefined for a plain home. Only while `serves()`. */
  databaseKey(): Uint8Array | undefined;
  /** 32 bytes for secrets; undefined when this home stores none. */
  secretsKey(): Uint8Array | undefined;
  /** What a person without a screen has to be told once: the home was just set up without encryption, and why. */
  notice(): string | undefined;
  /** The code made at set-up or by `renewRecoveryCode`; a fresh one when the app ended before it was confirmed; null once it was. */
  takeRecoveryCode(): Promise<string | null>;
  confirmRecoveryCode(): Promise<KeyState>;
  /** Makes a new code, to be taken and confirmed; the former one works until then. Fails `credentials/no-store`. */
  renewRecoveryCode(): Promise<KeyState>;
  /**
   * Gives the keychain a new key and wraps the same data key by it; the data stays as it is. Ended halfway, the home opens all
   * the same. Fails `credentials/locked`, and `credentials/no-store` also for a home that the keychain does not protect.
   */
  rotate(): Promise<KeyState>;
  /**
   * A new data key: everything is written anew under it, by `rewrite`. Killed at any moment, the home is whole under the former or
   * the new key. A new recovery code waits to be taken then. Fails `credentials/no-store`, `credentials/locked`, `credentials/key-changed`,
   * `credentials/wrong-passphrase`, and as `rewrite` does.
   */
  rekey(passphrase: string | undefined, rewrite: Rewrite): Promise<KeyState>;
  /** Opens the home by its code and wraps the key anew for the keychain. Fails `credentials/wrong-recovery-code`. */
  recover(code: string): Promise<KeyState>;
  /** Opens a home behind a passphrase. Fails `credentials/wrong-passphrase`. */
  unlock(passphrase: string): Promise<KeyState>;
  /** Asks the keychain again, giving the person time to unlock it. */
  retry(): Promise<KeyState>;
  /**
   * For a new home without a usable keychain, or an open one: from now on a passphrase protects it. Where one does already, it has to
   * be `current`; fails `credentials/wrong-passphrase`.
   */
  setPassphrase(passphrase: string, current?: string): Promise<KeyState>;
  /** For a new home without a usable keychain: no encryption and no stored secrets. */
  choosePlain(): Promise<KeyState>;
  onChange(listener: (state: KeyState) => void): () => void;
}

export interface OpenKeysOptions {
  /** Path of `key.json`. */
  keyFile: string;
  /** Path of `troupe.db`: tells a new home from one whose key file was lost. */
  database: string;
  keychain: Keychain;
  /** Given by `--passphrase-fd`. */
  passphrase?: string | undefined;
  /** Whether a person can be asked. When not, a new home without a keychain becomes a plain one. */
  interactive: boolean;
  /** How long the keychain may take at start, and when a person asked to retry. Default 5 s and 25 s. */
  limitMs?: number;
  retryLimitMs?: number;
}

type State = KeyState['state'];
const SHORTEST_PASSPHRASE = 8;

/**
 * Finds the way to the home's key, making one for a new home.
 * @throws AppError `credentials/wrong-passphrase` for a wrong `options.passphrase`; `credentials/key-missing` when an
 * encrypted database has no readable key file
 */
export async function openKeys(options: OpenKeysOptions): Promise<Keys> {
  const { keychain, limitMs = 5_000, retryLimitMs = 25_000 } = options;
  const listeners = new Set<(state: KeyState) => void>();
  let state: State = 'no-service';
  let file = readKeyFile(options.keyFile);
  let dataKey: Uint8Array | undefined;
  let shownCode: string | undefined;
  let notice: string | undefined;
  let rekeying: RekeyProgress | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const described = (): KeyState => ({
    state, encrypted: file !== undefined && file.protectedBy !== 'none', protectedBy: file?.protectedBy ?? 'none',
    recoveryCodePending: dataKey !== undefined && file?.recovery !== undefined && codePending(file), ...(rekeying && { rekeying }),
  });
  const save = (next: KeyFile): void => { writeKeyFile(options.keyFile, next); file = next; };
  const tell = (): void => { for (const listener of listeners) listener(described()); };
  const enter = (next: State, key?: Uint8Array): void => { state = next; dataKey = key; };
  /** One action at a time: two would each write a key file. */
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const mine = last.then(async () => {
      const before = JSON.stringify(described());
      const result = await action();
      if (JSON.stringify(described()) !== before) tell();
      return result;
    });
    last = mine.catch(() => undefined);
    return mine;
  };

  /** A rekeying that was cut off: forward when the key file names the new key, back when it does not. */
  function tidyRekey(): void {
    if (file?.rekeyed) completeRekey(options.database, file, save);
    else dropRekey(options.database);
  }

  async function start(limit: number): Promise<void> {
    if (file === undefined) await setUp(limit);
    else if (file.protectedBy === 'none') enter('plain');
    else if (file.protectedBy === 'passphrase') await startByPassphrase(file);
    else await startByKeychain(file, limit);
  }

  async function startByPassphrase(from: KeyFile): Promise<void> {
    enter('passphrase-needed');
    if (options.passphrase !== undefined) await openByPassphrase(from, options.passphrase);
  }

  async function openByPassphrase(from: KeyFile, passphrase: string): Promise<void> {
    const key = await unwrapByText(from, 'passphrase', passphrase);
    if (key === undefined) throw new AppError('credentials/wrong-passphrase', 'This is not the passphrase of this home.');
    enter('open', key);
  }

  async function startByKeychain(from: KeyFile, limit: number): Promise<void> {
    try {
      const masterKey = await keychain.read(accountOf(from), limit);
      if (masterKey === undefined) { enter('key-missing'); return; }
      const opened = openWrap(from, masterKey);
      if (opened === undefined) enter('key-changed');
      else enter('open', opened.key);
    } catch (error) {
      enter(closedState(error));
    }
  }

  async function setUp(limit: number): Promise<void> {
    const found = databaseAt(options.database);
    if (found === 'encrypted') throw new AppError('credentials/key-missing', `The database is encrypted, but ${options.keyFile} is gone, and with it the way to its key. Put back a copy of that file: one lies beside each backup.`, { details: { file: options.keyFile } });
    if (found === 'plain') { makePlain(); return; }
    if (options.passphrase !== undefined) { await protectBy(options.passphrase); return; }
    const fresh = newHomeId();
    try {
      const masterKey = newKey();
      // Stored before the file names it: a crash in between leaves an unused entry and no lost key.
      await keychain.write(accountOf({ homeId: fresh }), masterKey, limit);
      const key = newKey();
      const code = newRecoveryCode();
      save({ format: 1, homeId: fresh, protectedBy: 'keychain', keychain: wrapByKey({ homeId: fresh }, key, masterKey), recovery: await wrapByText({ homeId: fresh }, 'recovery', key, codeBody(code)), recoveryConfirmed: false });
      shownCode = code;
      enter('open', key);
    } catch (error) {
      enter(closedState(error));
      if (options.interactive) return;
      const why = state === 'locked-keyring' ? 'the keychain is locked' : 'this system has no usable keychain';
      makePlain();
      notice = `This home is not encrypted and stores no keys, since ${why}. Use --passphrase-fd with a new home to protect one by a passphrase.`;
    }
  }

  function makePlain(): void {
    save({ format: 1, homeId: newHomeId(), protectedBy: 'none', recoveryConfirmed: true });
    enter('plain');
  }

  /** Wraps the open key, or a new one for a new home, by a passphrase alone. */
  async function protectBy(passphrase: string): Promise<void> {
    if (passphrase.length < SHORTEST_PASSPHRASE) throw new AppError('core/bad-input', `A passphrase has at least ${SHORTEST_PASSPHRASE} characters; this one has ${passphrase.length}. Choose a longer one, such as four words.`);
    const homeId = file?.homeId ?? newHomeId();
    const key = dataKey ?? newKey();
    const wrapped = await wrapByText({ homeId }, 'passphrase', key, passphrase);
    if (file?.recovery) {
      save({ format: 1, homeId, protectedBy: 'passphrase', passphrase: wrapped, recovery: file.recovery, recoveryConfirmed: file.recoveryConfirmed, recoveryNext: file.recoveryNext });
    } else {
      const code = newRecoveryCode();
      save({ format: 1, homeId, protectedBy: 'passphrase', passphrase: wrapped, recovery: await wrapByText({ homeId }, 'recovery', key, codeBody(code)), recoveryConfirmed: false });
      shownCode = code;
    }
    enter('open', key);
  }

  /** The keychain lost or changed its key: give it a new one. It may refuse; the home is open for now all the same. */
  async function mendKeychain(from: KeyFile, key: Uint8Array): Promise<void> {
    try {
      await wrapAnew(keychain, from, key, limitMs, save);
    } catch (error) {
      if (!hasCode(error, 'credentials/locked', 'credentials/no-store')) throw error;
    }
  }

  async function rotate(): Promise<KeyState> {
    const from = openFile();
    if (from.file.protectedBy !== 'keychain') throw new AppError('credentials/no-store', 'This home is protected by a passphrase, and the keychain holds no key of it. Choose another passphrase instead.');
    await wrapAnew(keychain, from.file, from.key, retryLimitMs, save);
    return described();
  }

  async function rekey(passphrase: string | undefined, rewrite: Rewrite): Promise<KeyState> {
    const from = openFile();
    rekeying = { step: 'copying', percent: 0 };
    tell();
    try {
      const next = await nextKey(from.file, keychain, passphrase, retryLimitMs);
      await rewrite({
        key: databaseKeyOf(next.key), reseal: (rows) => resealed(rows, from.key, next.key), progress: (progress) => { rekeying = progress; },
        swap() {
          swapKey(options.database, next.file, save);
          dataKey = next.key;
          shownCode = next.code;
        },
      });
    } finally {
      rekeying = undefined;
      tell();
    }
    return described();
  }

  /** What an action on an open, encrypted home needs. */
  function openFile(): { file: KeyFile; key: Uint8Array } {
    if (file === undefined || dataKey === undefined) throw new AppError('credentials/no-store', state === 'plain' ? 'This home is not encrypted, so there is no key to change. Set up a new home with a keychain or a passphrase.' : 'Open this home before changing its keys.');
    return { file, key: dataKey };
  }

  async function recover(typed: string): Promise<KeyState> {
    if (file === undefined || dataKey !== undefined || file.protectedBy === 'none') return described();
    const body = readRecoveryCode(typed);
    if (body === undefined) throw new AppError('credentials/wrong-recovery-code', 'The code has a typing mistake: it is seven groups of four letters and digits. Compare it with what you wrote down.');
    const key = await unwrapByText(file, 'recovery', body) ?? await unwrapByText({ ...file, recovery: file.recoveryNext }, 'recovery', body);
    if (key === undefined) throw new AppError('credentials/wrong-recovery-code', 'This is a recovery code, but not the one of this home. Look for the code that was shown last for this home.');
    if (state === 'key-missing' || state === 'key-changed') await mendKeychain(file, key);
    enter('open', key);
    return described();
  }

  async function takeRecoveryCode(): Promise<string | null> {
    if (file?.recovery === undefined || dataKey === undefined || !codePending(file)) return null;
    // When nothing is at hand, the app ended before the code was confirmed, and nobody knows it any more.
    return shownCode ?? await makeCode(file, dataKey);
  }

  /** A confirmed code stays valid beside the new one, which may never be written down. */
  async function makeCode(from: KeyFile, key: Uint8Array): Promise<string> {
    const code = newRecoveryCode();
    const wrapped = await wrapByText(from, 'recovery', key, codeBody(code));
    save(from.recoveryConfirmed ? { ...from, recoveryNext: wrapped } : { ...from, recovery: wrapped });
    shownCode = code;
    return code;
  }

  async function renewRecoveryCode(): Promise<KeyState> {
    const from = openFile();
    // One that waits to be confirmed may stand on a screen already: making another would make that one worthless.
    if (!codePending(from.file)) await makeCode(from.file, from.key);
    return described();
  }

  const serves = (): boolean => state === 'open' || state === 'plain';
  tidyRekey();
  await inTurn(() => start(limitMs));
  return {
    state: described,
    serves,
    databaseKey: () => dataKey && databaseKeyOf(dataKey),
    secretsKey: () => dataKey && secretsKeyOf(dataKey),
    notice: () => notice,
    takeRecoveryCode: () => inTurn(takeRecoveryCode),
    confirmRecoveryCode: () => inTurn(async () => {
      if (file?.recovery && dataKey && codePending(file) && shownCode !== undefined) save({ ...file, recovery: file.recoveryNext ?? file.recovery, recoveryNext: undefined, recoveryConfirmed: true });
      shownCode = undefined;
      return described();
    }),
    renewRecoveryCode: () => inTurn(renewRecoveryCode),
    rotate: () => inTurn(rotate),
    rekey: (passphrase, rewrite) => inTurn(() => rekey(passphrase, rewrite)),
    recover: (code) => inTurn(() => recover(code)),
    unlock: (passphrase) => inTurn(async () => {
      if (dataKey === undefined && file?.passphrase) await openByPassphrase(file, passphrase);
      return described();
    }),
    retry: () => inTurn(async () => {
      if (!serves()) await start(retryLimitMs);
      return described();
    }),
    setPassphrase: (passphrase, current) => inTurn(async () => {
      if (dataKey === undefined && file !== undefined) throw new AppError('credentials/no-store', state === 'plain' ? 'This home is not encrypted, and an existing home cannot be encrypted yet. Set up a new home with a passphrase.' : 'Open this home before changing how it is protected.');
      if (file?.protectedBy === 'passphrase' && (current === undefined || await unwrapByText(file, 'passphrase', current) === undefined)) throw new AppError('credentials/wrong-passphrase', 'This is not the present passphrase, so nothing was changed.');
      await protectBy(passphrase);
      return described();
    }),
    choosePlain: () => inTurn(async () => {
      if (file === undefined) makePlain();
      return described();
    }),
    onChange(listener) {
      listeners.add(listener);
      return () => { listeners.delete(listener); };
    },
  };
}

const codePending = (file: KeyFile): boolean => !file.recoveryConfirmed || file.recoveryNext !== undefined;
const codeBody = (code: string): string => readRecoveryCode(code) ?? code;

function closedState(error: unknown): State {
  if (hasCode(error, 'credentials/locked')) return 'locked-keyring';
  if (hasCode(error, 'credentials/no-store')) return 'no-service';
  throw error;
}
