import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openCredentials, type Credentials } from '../../../main/core/base/credentials/index.ts';
import { newRecoveryCode, readRecoveryCode } from '../../../main/core/base/credentials/recovery-code.ts';
import { seal, unseal } from '../../../main/core/base/credentials/seal.ts';
import { openTestStore, type TestStore } from '../../support/store.ts';

let open: TestStore | undefined;
afterEach(async () => { await open?.stop(); open = undefined; });

async function fresh(key: Uint8Array | undefined): Promise<{ credentials: Credentials; test: TestStore; revealed: string[]; other: (key: Uint8Array) => Credentials }> {
  const test = await openTestStore();
  open = test;
  const revealed: string[] = [];
  let next = 0;
  const make = (secretsKey: Uint8Array | undefined): Credentials => openCredentials({ store: test.store, keys: { secretsKey: () => secretsKey }, newId: () => `secret-${next++}`, now: () => 1, onReveal: (value) => { revealed.push(value); } });
  return { credentials: make(key), test, revealed, other: make };
}

describe('stored secrets', () => {
  it('are lent, replaced and deleted, and stand sealed in the file', async () => {
    const { credentials, test, revealed } = await fresh(randomBytes(32));
    const id = await credentials.setSecret('OpenAI', 'sk-unmistakable-value');
    expect(await credentials.withSecret(id, (value) => value.length)).toBe(21);
    expect(revealed).toContain('sk-unmistakable-value');
    await credentials.replaceSecret(id, 'sk-second-value');
    expect(await credentials.withSecret(id, async (value) => value)).toBe('sk-second-value');
    expect(await credentials.hasSecret(id)).toBe(true);
    for (const file of [test.home.database, `${test.home.database}-wal`]) expect((await readFile(file)).includes('sk-')).toBe(false);
    await credentials.deleteSecret(id);
    expect(await credentials.hasSecret(id)).toBe(false);
    await expect(credentials.withSecret(id, () => 0)).rejects.toMatchObject({ code: 'credentials/not-found' });
    await expect(credentials.replaceSecret(id, 'x')).rejects.toMatchObject({ code: 'credentials/not-found' });
    await expect(credentials.setSecret('empty', '')).rejects.toMatchObject({ code: 'core/bad-input' });
  });

  it('do not open with another key, nor under another id', async () => {
    const { credentials, test, other } = await fresh(randomBytes(32));
    const id = await credentials.setSecret('OpenAI', 'sk-unmistakable-value');
    await expect(other(randomBytes(32)).withSecret(id, () => 0)).rejects.toMatchObject({ code: 'credentials/key-changed' });
    const row = await test.store.read('secretById', { id });
    if (row === undefined) throw new Error('the row is there');
    await test.store.write('putSecret', { ...row, id: 'moved', at: 2 });
    await expect(credentials.withSecret('moved', () => 0)).rejects.toMatchObject({ code: 'credentials/key-changed' });
  });

  it('are refused in a plain home, where a session keeps them', async () => {
    const { credentials } = await fresh(undefined);
    await expect(credentials.setSecret('OpenAI', 'sk-value')).rejects.toMatchObject({ code: 'credentials/no-store' });
    const id = await credentials.setSecret('OpenAI', 'sk-value', { session: true });
    expect(await credentials.hasSecret(id)).toBe(true);
    await credentials.replaceSecret(id, 'sk-other');
    expect(await credentials.withSecret(id, (value) => value)).toBe('sk-other');
    await credentials.deleteSecret(id);
    await expect(credentials.withSecret(id, () => 0)).rejects.toMatchObject({ code: 'credentials/not-found' });
    expect(await credentials.hasSecret('anything')).toBe(false);
  });
});

describe('recovery codes', () => {
  it('are read back however they are written, and one wrong character is noticed nearly always', () => {
    const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    let noticed = 0;
    let tried = 0;
    fc.assert(fc.property(fc.nat(27), fc.nat(31), fc.constantFrom('', ' ', '-', ' - '), (at, symbol, between) => {
      const code = newRecoveryCode();
      const plain = code.replaceAll('-', '');
      expect(readRecoveryCode([...plain.toLowerCase()].join(between))).toBe(plain.slice(0, 26));
      if (plain[at] === alphabet[symbol]) return;
      tried += 1;
      if (readRecoveryCode(plain.slice(0, at) + alphabet.charAt(symbol) + plain.slice(at + 1)) === undefined) noticed += 1;
    }), { numRuns: 500 });
    expect(noticed / tried).toBeGreaterThan(0.98);
    for (const wrong of ['', 'ABCD', newRecoveryCode() + 'A', 'U'.repeat(28)]) expect(readRecoveryCode(wrong)).toBeUndefined();
  });
});

describe('sealing', () => {
  it('opens what it sealed and nothing that was touched', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, at, flip) => {
      const key = randomBytes(32);
      const sealed = seal(key, plain, 'here');
      expect(Buffer.from(unseal(key, sealed, 'here') ?? [1]).equals(plain)).toBe(true);
      expect(unseal(key, sealed, 'there')).toBeUndefined();
      expect(unseal(randomBytes(32), sealed, 'here')).toBeUndefined();
      const touched = Uint8Array.from(sealed.ciphertext);
      const place = at % touched.length;
      touched[place] = (touched[place] ?? 0) ^ flip;
      expect(unseal(key, { ...sealed, ciphertext: touched }, 'here')).toBeUndefined();
      expect(unseal(key, { ...sealed, nonce: new Uint8Array(3) }, 'here')).toBeUndefined();
    }), { numRuns: 50 });
  });
});
