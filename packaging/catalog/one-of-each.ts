/**
 * One number, one content: who signs two catalogs under the same number shows different people different things, and a
 * reader that counted them as the same would go on from one with the changes of the other.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../contract/errors/app-error.ts';
import { canonicalJson } from '../signatures/canonical-json.ts';

const NAMED = ['timestamp', 'targets', 'catalog'] as const;

/** What a role said under a number, and by which key. Signatures are left out: they follow from both. */
export interface Said { version: number; keyId: string; digest: string }
type Kept = Said & { bytes: Uint8Array };
export type Remembered = ReadonlyMap<string, Kept>;

/** @param bytes metadata whose form was checked */
export function saidIn(bytes: Uint8Array): Said {
  const { signed, signatures } = JSON.parse(new TextDecoder().decode(bytes)) as { signed: { version: number }; signatures: { keyid: string }[] };
  return { version: signed.version, keyId: signatures.map(({ keyid }) => keyid).sort().join(' '), digest: createHash('sha256').update(canonicalJson(signed)).digest('hex') };
}

async function keptIn(folder: string, role: string): Promise<Kept | undefined> {
  try {
    const bytes = await readFile(path.join(folder, `${role}.json`));
    return { ...saidIn(bytes), bytes };
  } catch {
    // Nothing was kept, or what was is damaged and is fetched anew.
    return undefined;
  }
}

/** What is kept of a registry before it is asked again. */
export async function rememberedIn(folder: string): Promise<Remembered> {
  const all = await Promise.all(NAMED.map(async (role) => [role, await keptIn(folder, role)] as const));
  return new Map(all.flatMap(([role, kept]) => (kept ? [[role, kept]] : [])));
}

/**
 * The same key signed two contents under one number. Another key may: it ends what somebody else signed with the one before.
 */
export const saidTwice = (before: Said, now: Said): boolean => before.version === now.version && before.keyId === now.keyId && before.digest !== now.digest;

/** @param what the role, or the catalog itself */
export const twoOfOne = (what: string, version: number, address: string): AppError =>
  new AppError('catalog/refused', `The registry at ${address} signed two different contents of ${what} under the number ${version}: what it shows you is not what it showed before. Nothing of it was taken; ask whoever runs it.`, { details: { address, what, version } });

/**
 * Holds what was verified and kept now against what was kept before; what was kept before stays then, so that the next
 * time is refused as well.
 * @param served timestamp.json as it came: the verifier passes over one whose number it knows
 * @throws AppError `catalog/refused`
 */
export async function assertOneOfEach(folder: string, before: Remembered, served: Uint8Array | undefined, address: string): Promise<void> {
  const now = new Map(await rememberedIn(folder));
  const known = before.get('timestamp');
  if (served && known && saidTwice(known, saidIn(served))) throw twoOfOne('timestamp', known.version, address);
  const snapshot = await keptIn(folder, 'snapshot');
  const named = snapshotNamedBy(now.get('timestamp')?.bytes);
  // The verifier keeps a snapshot whose number it has, whatever the timestamp says of its content.
  if (snapshot && named !== undefined && named !== createHash('sha512').update(snapshot.bytes).digest('hex')) throw twoOfOne('snapshot', snapshot.version, address);
  for (const role of ['targets', 'catalog'] as const) {
    const [old, next] = [before.get(role), now.get(role)];
    if (!old || !next || !saidTwice(old, next)) continue;
    await writeFile(path.join(folder, `${role}.json`), old.bytes);
    throw twoOfOne(role, old.version, address);
  }
}

function snapshotNamedBy(timestamp: Uint8Array | undefined): string | undefined {
  if (!timestamp) return undefined;
  const { signed } = JSON.parse(new TextDecoder().decode(timestamp)) as { signed: { meta?: Record<string, { hashes?: { sha512?: string } }> } };
  return signed.meta?.['snapshot.json']?.hashes?.sha512;
}
