import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, generateSigningKey, keyIdOf, signBytes, signStatement, verifyBytes, verifyStatement } from '../../packaging/index.ts';

const statement = { id: 'com.example.small', version: '1.0.0', sha512: 'a'.repeat(128), manifestSha512: 'b'.repeat(128) };
const key = generateSigningKey();
const record = { key_id: key.keyId, public_key: key.publicKey };

describe('I3 publisher signatures', () => {
  it('fit what was signed and nothing else', () => {
    const signature = signStatement(statement, key);
    expect(() => { verifyStatement(statement, signature, [record]); }).not.toThrow();
    for (const [field, value] of Object.entries({ id: 'com.example.smali', version: '1.0.1', sha512: 'c'.repeat(128), manifestSha512: 'c'.repeat(128) })) {
      expect(() => { verifyStatement({ ...statement, [field]: value }, signature, [record]); }, field).toThrow(expect.objectContaining({ code: 'plugins/bad-signature' }));
    }
  });
  it('are refused from another key, a withdrawn key, and a key under a wrong id', () => {
    const other = generateSigningKey();
    const refused = (signature: { key_id: string; signature: string }, keys: Parameters<typeof verifyStatement>[2]): void => { expect(() => { verifyStatement(statement, signature, keys); }).toThrow(expect.objectContaining({ code: 'plugins/bad-signature' })); };
    refused(signStatement(statement, other), [record]);
    refused({ ...signStatement(statement, other), key_id: key.keyId }, [record]);
    refused(signStatement(statement, key), [{ ...record, revoked_at: 1 }]);
    refused({ ...signStatement(statement, other), key_id: key.keyId }, [{ key_id: key.keyId, public_key: other.publicKey }]);
    refused(signStatement(statement, key), []);
  });
  it('serve no other purpose: the bare digests are not what is signed', () => {
    const bare = new TextEncoder().encode(canonicalJson({ sha512: statement.sha512, manifest_sha512: statement.manifestSha512 }));
    expect(() => { verifyStatement(statement, { key_id: key.keyId, signature: signBytes(bare, key) }, [record]); }).toThrow();
  });
  it('are in one form: upper case, cut or broken signatures are none', () => {
    const bytes = new TextEncoder().encode('x');
    const good = signBytes(bytes, key);
    expect(verifyBytes(bytes, good, key.publicKey)).toBe(true);
    for (const bad of [good.toUpperCase(), good.slice(2), `${good}00`, '', 'z'.repeat(128)]) expect(verifyBytes(bytes, bad, key.publicKey)).toBe(false);
    expect(verifyBytes(bytes, good, 'ab')).toBe(false);
  });
  it('name keys by the digest of their canonical form', () => {
    const form = `{"keytype":"ed25519","keyval":{"public":"${'00'.repeat(32)}"},"scheme":"ed25519"}`;
    expect(keyIdOf('00'.repeat(32))).toBe(createHash('sha256').update(form).digest('hex'));
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer()))), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(turned)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }));
  });
  it('refuses what has no one form', () => { for (const value of [1.5, Number.NaN, 2 ** 53, () => 1, 1n]) expect(() => canonicalJson({ value })).toThrow(TypeError); });
  it('leaves out what is undefined', () => { expect(canonicalJson({ b: undefined, a: null })).toBe('{"a":null}'); });
});
