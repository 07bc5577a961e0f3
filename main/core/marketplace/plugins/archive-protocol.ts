/** What the core's main thread and the archive thread say to each other. */
import type { WireError } from '../../../../contract/errors/app-error.ts';
import type { CatalogRecord, CatalogRecordVersion, Manifest } from '../../../../contract/manifest/index.ts';

/** `inspect`: read an archive and hold it against its record. `unpack`: write its files into a folder that is not there. `compare`: hold a folder against it. */
export type ArchiveTask =
  | { kind: 'inspect'; file: string; record: Pick<CatalogRecord, 'id' | 'publisher'>; version: CatalogRecordVersion }
  | { kind: 'unpack'; file: string; sha512: string; folder: string }
  | { kind: 'compare'; file: string; sha512: string; folder: string };

/** What is in an archive; its files stay where they are. */
export interface Inspected { manifest: Manifest; files: number; notes: readonly string[] }

/** How a folder differs from its archive: paths in it, sorted. */
export interface Compared { missing: string[]; changed: string[]; added: string[] }

export type ArchiveAnswer = Inspected | Compared | { files: number };

export interface ToArchiveThread { id: number; task: ArchiveTask }
export type FromArchiveThread = { id: number; value: ArchiveAnswer } | { id: number; error: WireError; cause: string };
