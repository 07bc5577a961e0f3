/** The keys of a registry as files, made once in a ceremony; the offline ones then leave this machine. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../contract/errors/app-error.ts';
import { keyFileText, keyFromFileText } from '../signatures/key-file.ts';
import { generateSigningKey, type SigningKey } from '../signatures/keys.ts';
import { rootMetadata } from './metadata.ts';
import { expiriesOf, generateCatalogKeys } from './roles.ts';

/** `folder`: every role lives a year. `hosted`: the online ones live days and are renewed by a timer. */
export type Lifetimes = 'folder' | 'hosted';

const ONLINE = ['catalog', 'snapshot', 'timestamp', 'publisher'] as const;
const SINGLE = ['targets', ...ONLINE] as const;
export type SingleKey = (typeof SINGLE)[number];

export interface KeyFolder {
  lifetimes: Lifetimes;
  /** The first root, by whose fingerprint readers know the registry. */
  root: Uint8Array;
  /** Those of the root keys that are here; two sign. */
  rootKeys: readonly SigningKey[];
  /** Those that are here; the offline ones may be elsewhere. */
  keys: Partial<Record<SingleKey, SigningKey>>;
  /** Names of keys that a rotation has made and not yet put in the place of the old ones. */
  pending: readonly string[];
}

/** The file of a key that is to take the place of another. */
export const nextKeyFile = (name: string): string => `${name}.next.pem`;

export const fingerprintOf = (root: Uint8Array): string => createHash('sha256').update(root).digest('hex');

/**
 * Makes all keys of a new registry and its first root: `root-1.pem` … `root-3.pem`, one file for each other role,
 * `publisher.pem`, all 0600 in a folder of 0700, and `root.json`, which is public. The folder appears whole or not at all.
 * @returns the fingerprint that readers compare
 * @throws AppError `core/bad-input` when the folder holds something
 */
export async function makeKeyFolder(folder: string, options: { lifetimes: Lifetimes; now: number }): Promise<{ fingerprint: string; files: string[] }> {
  const there = await readdir(folder).catch(() => undefined);
  if (there !== undefined && there.length > 0) throw new AppError('core/bad-input', `${folder} is not empty. Name a new folder: keys are never written over.`, { details: { folder } });
  const keys = generateCatalogKeys();
  const root = rootMetadata(keys, 1, expiriesOf(options.lifetimes, options.now).root);
  const pems: [string, SigningKey][] = [
    ...keys.root.map((key, index): [string, SigningKey] => [`root-${index + 1}.pem`, key]),
    ['targets.pem', keys.targets], ['catalog.pem', keys.catalog], ['snapshot.pem', keys.snapshot], ['timestamp.pem', keys.timestamp], ['publisher.pem', generateSigningKey()],
  ];
  await mkdir(path.dirname(path.resolve(folder)), { recursive: true });
  const next = await mkdtemp(`${path.resolve(folder)}.`);
  for (const [name, key] of pems) await writeFile(path.join(next, name), keyFileText(key), { mode: 0o600, flag: 'wx', flush: true });
  await writeFile(path.join(next, 'root.json'), root, { flush: true });
  await writeFile(path.join(next, 'lifetimes'), `${options.lifetimes}\n`, { flush: true });
  if (there !== undefined) await rmdir(folder);
  await rename(next, folder);
  return { fingerprint: fingerprintOf(root), files: pems.map(([name]) => name) };
}

/**
 * One key of a folder, or undefined when it is not there.
 * @param name of the file
 * @throws AppError `core/bad-input` when it is none, or others may read it
 */
export async function readKeyFile(folder: string, name: string): Promise<SigningKey | undefined> {
  const file = path.join(folder, name);
  const text = await readFile(file, 'utf8').catch(ifAbsent);
  if (text === undefined) return undefined;
  const { mode } = await stat(file);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw new AppError('core/bad-input', `Others may read ${name}. Take that from them with "chmod 600", and think about whether they have.`, { details: { file: name } });
  return keyFromFileText(text, name);
}

const ifAbsent = (error: unknown): undefined => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
};

/** @throws AppError `core/bad-input` when it is no such folder, or others may read a key */
export async function readKeyFolder(folder: string): Promise<KeyFolder> {
  const [info, root] = await Promise.all([readFile(path.join(folder, 'lifetimes')).catch(ifAbsent), readFile(path.join(folder, 'root.json')).catch(ifAbsent)]);
  if (info === undefined || root === undefined) throw new AppError('core/bad-input', `${folder} holds no keys of a registry. Make them with "troupe registry keys ${folder}".`, { details: { folder } });
  const keyOf = (name: string): Promise<SigningKey | undefined> => readKeyFile(folder, name);
  const rootKeys = (await Promise.all([1, 2, 3].map((number) => keyOf(`root-${number}.pem`)))).filter((key) => key !== undefined);
  const keys = Object.fromEntries((await Promise.all(SINGLE.map(async (name) => [name, await keyOf(`${name}.pem`)] as const))).filter(([, key]) => key !== undefined)) as KeyFolder['keys'];
  const lifetimes = info.toString('utf8').trim();
  if (lifetimes !== 'folder' && lifetimes !== 'hosted') throw new AppError('core/bad-input', `The file lifetimes in ${folder} should say folder or hosted. Write the one that you chose.`, { details: { folder } });
  const pending = (await readdir(folder)).flatMap((name) => /^(.+)\.next\.pem$/.exec(name)?.[1] ?? []);
  return { lifetimes, root, rootKeys, keys, pending };
}

/** @throws AppError `core/bad-input` while a key is half-way to its place: signing with either could leave readers without a catalog */
export function assertSettled({ pending }: KeyFolder): void {
  const role = pending[0]?.replace(/^root-\d$/, 'root');
  if (role !== undefined) throw new AppError('core/bad-input', `The change of the key ${role} was not finished. Run "troupe registry rotate ${role}" again, then repeat this.`, { details: { role } });
}

/** The key of a role that has to sign now. @throws AppError `core/bad-input` when it is not in the folder */
export function keyFor(folder: KeyFolder, name: SingleKey): SigningKey {
  const key = folder.keys[name];
  if (!key) throw new AppError('core/bad-input', `${name}.pem is not in the folder of keys and has to sign now. Bring it back from where it is kept, sign, and take it away again.`, { details: { key: name } });
  return key;
}
