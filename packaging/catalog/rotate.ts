/**
 * Gives a role another key. Readers who know the old one follow, because at every moment what is published fits what the newest
 * root (or, for `catalog`, the targets) says; ended at any point, the same call goes on where it was.
 */
import { copyFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../contract/errors/app-error.ts';
import { keyFileText } from '../signatures/key-file.ts';
import { generateSigningKey, type SigningKey } from '../signatures/keys.ts';
import { keyFor, nextKeyFile, readKeyFile, readKeyFolder, type KeyFolder, type SingleKey } from './key-folder.ts';
import { keyIdsOf, rootWithKeys, type RootRole } from './metadata.ts';
import { placer, type Failpoint, type Placer } from './place.ts';
import { assertOwnRoot, placeTop, publishContent, targetsFor } from './publish.ts';
import { publishing } from './publish-lock.ts';
import { publishedRoot, readPublished, type Published } from './published.ts';
import { expiriesOf } from './roles.ts';

export const ROTATED = ['root', 'targets', 'catalog', 'snapshot', 'timestamp', 'publisher'] as const;
export type RotatedRole = (typeof ROTATED)[number];

export interface RotateOptions { role: RotatedRole; keys: string; out: string; now: number; failpoint?: Failpoint }

/** What is at work while a key changes. */
interface Rotation extends RotateOptions { folder: KeyFolder; before: Published; files: Placer; expires: ReturnType<typeof expiriesOf> }

const namesOf = (role: RotatedRole): string[] => (role === 'root' ? ['root-1', 'root-2', 'root-3'] : [role]);
const same = (ids: readonly string[], keys: readonly SigningKey[]): boolean => ids.length === keys.length && keys.every(({ keyId }) => ids.includes(keyId));

/** The root as it is published now, with the keys of a role replaced. */
async function placeKeys({ out, files, folder, expires }: Rotation, role: RootRole, keys: readonly SigningKey[]): Promise<void> {
  const current = await publishedRoot(out);
  if (!current) throw new AppError('catalog/refused', `${out} has no root. Put the folder back from its last good copy.`, { details: { out } });
  if (same(keyIdsOf(current.bytes, role), keys)) return;
  if (folder.rootKeys.length < 2) throw new AppError('core/bad-input', 'Two of the root keys have to sign now, and fewer are in the folder of keys. Bring them back from where they are kept, repeat this, and take them away again.', { details: { role } });
  const signers = folder.rootKeys.slice(0, 2);
  const { version, bytes } = rootWithKeys(current.bytes, role, keys, role === 'root' ? [...signers, ...keys.slice(0, 2)] : signers, expires.root);
  await files.place(`metadata/${version}.root.json`, bytes);
}

/** What the next keys sign: everything from the role on upwards. */
async function signWithNext(rotation: Rotation, role: SingleKey, next: SigningKey): Promise<void> {
  const { folder, before, files, expires, now } = rotation;
  const keys: KeyFolder = { ...folder, keys: { ...folder.keys, [role]: next } };
  if (role === 'catalog') {
    await publishContent({ keys, out: rotation.out, now, ...(rotation.failpoint && { failpoint: rotation.failpoint }) }, before, before, [], true);
    return;
  }
  const targets = targetsFor(keys, role === 'targets' ? { ...before, targets: { ...before.targets, expires: 0 } } : before, expires, now);
  await placeTop(files, keys, before, expires, { targets, catalog: before.catalog });
}

async function publishNext(rotation: Rotation, next: readonly SigningKey[]): Promise<void> {
  const { role, folder } = rotation;
  if (role === 'publisher') return;
  if (role === 'root') return placeKeys(rotation, 'root', next);
  const [key] = next;
  if (!key) throw new AppError('core/internal', 'A key was to be made and was not.');
  if (role === 'catalog') return signWithNext(rotation, role, key);
  // Both keys count while the files of the role go from one to the other.
  await placeKeys(rotation, role, [keyFor(folder, role), key]);
  await signWithNext(rotation, role, key);
  await placeKeys(rotation, role, [key]);
}

/**
 * Makes a new key for a role, publishes what makes readers follow, and puts it in the place of the old one, which stays beside it
 * as `….old.pem`. A root changes all three keys. The publisher's signs from the next plugin on; what the old one signed still holds.
 * @throws AppError `core/bad-input` when keys that have to sign are not here, `catalog/busy`, `catalog/refused`
 */
export function rotateKey(options: RotateOptions): Promise<{ role: RotatedRole; keyIds: string[] }> {
  const { role, keys, out, now, failpoint = () => undefined } = options;
  return publishing(out, async () => {
    const folder = await readKeyFolder(keys);
    const other = folder.pending.find((name) => !namesOf(role).includes(name));
    if (other !== undefined) throw new AppError('core/bad-input', `The change of the key ${other.replace(/^root-\d$/, 'root')} was not finished. Finish it first.`, { details: { role: other } });
    await assertOwnRoot(folder, out);
    const nextCatalog = await readKeyFile(keys, nextKeyFile('catalog'));
    const before = await readPublished(out, [keyFor(folder, 'catalog'), ...nextCatalog ? [nextCatalog] : []]);
    if (!before) throw new AppError('core/bad-input', `${out} publishes nothing yet, so no reader knows the old key. Make other keys with "troupe registry keys".`, { details: { out } });
    const rotation: Rotation = { ...options, folder, before, files: placer(out, failpoint), expires: expiriesOf(folder.lifetimes, now) };
    const next: SigningKey[] = [];
    // The new root was published, and some of its keys are in their place already.
    const settling = role === 'root' && folder.pending.length > 0 && same(keyIdsOf(before.root.bytes, 'root'), await currentOrNext(keys));
    for (const name of namesOf(role)) next.push(settling ? await currentOrNextOf(keys, name) : await keyMade(keys, name, failpoint));
    if (!settling) await publishNext(rotation, next);
    for (const name of namesOf(role)) await settle(keys, name, failpoint);
    return { role, keyIds: next.map(({ keyId }) => keyId) };
  });
}

async function currentOrNextOf(folder: string, name: string): Promise<SigningKey> {
  const key = await readKeyFile(folder, nextKeyFile(name)) ?? await readKeyFile(folder, `${name}.pem`);
  if (!key) throw new AppError('core/bad-input', `${name}.pem is not in the folder of keys. Bring all three root keys back to finish the change.`, { details: { key: name } });
  return key;
}

const currentOrNext = (folder: string): Promise<SigningKey[]> => Promise.all(namesOf('root').map((name) => currentOrNextOf(folder, name)));

/** The next key of a role: the one of a rotation that was ended, or a new one. */
async function keyMade(folder: string, name: string, failpoint: Failpoint): Promise<SigningKey> {
  const made = await readKeyFile(folder, nextKeyFile(name));
  if (made) return made;
  const key = generateSigningKey();
  const file = path.join(folder, nextKeyFile(name));
  failpoint(`make ${name}`);
  await writeFile(`${file}.part`, keyFileText(key), { mode: 0o600, flush: true });
  await rename(`${file}.part`, file);
  return key;
}

async function settle(folder: string, name: string, failpoint: Failpoint): Promise<void> {
  const file = path.join(folder, `${name}.pem`);
  if (!(await readKeyFile(folder, nextKeyFile(name)))) return;
  failpoint(`keep ${name}`);
  if (await readKeyFile(folder, `${name}.pem`)) await copyFile(file, path.join(folder, `${name}.old.pem`));
  failpoint(`settle ${name}`);
  await rename(path.join(folder, nextKeyFile(name)), file);
}
