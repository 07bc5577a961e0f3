/** What the core's main thread and the archive thread say to each other. */
import type { WireError } from '../../../../contract/errors/app-error.ts';
import type { CatalogRecord, CatalogRecordVersion, Manifest } from '../../../../contract/manifest/index.ts';

/** `inspect`: read an archive and hold it against its record. `unpack`: write its files into a folder that is not there. `compare`: hold a folder against it. `take`: bring an archive, or the plugin in a folder, that no registry has. */
export type ArchiveTask =
  | { kind: 'inspect'; file: string; record: Pick<CatalogRecord, 'id' | 'publisher'>; version: CatalogRecordVersion }
  | { kind: 'take'; from: string; isFolder: boolean; to: string; at: number }
  | { kind: 'unpack'; file: string; sha512: string; folder: string }
  | { kind: 'compare'; file: string; sha512: string; folder: string };

/** What is in an archive; its files stay where they are. */
export interface Inspected { manifest: Manifest; files: number; notes: readonly string[] }

/** How a folder differs from its archive: paths in it, sorted. */
export interface Compared { missing: string[]; changed: string[]; added: string[] }

/** What was taken, described as a registry would; the publisher and the signature are nobody's. */
export interface Taken { record: CatalogRecord; version: CatalogRecordVersion; inspected: Inspected }

export type ArchiveAnswer = Inspected | Taken | Compared | { files: number };

export interface ToArchiveThread { id: number; task: ArchiveTask }
export type FromArchiveThread = { id: number; value: ArchiveAnswer } | { id: number; error: WireError; cause: string };
