/** The registries that the user added, as they are kept: one JSON text. */
import * as z from 'zod/mini';
import { registryPrefixSchema } from '../../../../contract/model/catalog.ts';
import type { RegistryConfig } from './registries.ts';

/** Where the list is kept. The text is of this room; null when there is none yet. */
export interface RegistryStorage { read(): Promise<string | null>; write(text: string): Promise<void> }

const keptSchema = z.array(z.object({
  id: z.string(), name: z.string(), kind: z.enum(['folder', 'hosted']), source: z.string(), root: z.string(), fingerprint: z.string(),
  priority: z.number(), prefix: z.nullable(registryPrefixSchema),
}));

/** @throws SyntaxError or a schema's error when the text is damaged */
export async function readKept(storage: RegistryStorage): Promise<RegistryConfig[]> {
  const text = await storage.read();
  return text === null ? [] : z.parse(keptSchema, JSON.parse(text)).map((one) => ({ ...one, root: Buffer.from(one.root, 'base64') }));
}

export const writeKept = (storage: RegistryStorage, registries: readonly RegistryConfig[]): Promise<void> =>
  storage.write(JSON.stringify(registries.map((one) => ({ ...one, prefix: one.prefix ?? null, root: Buffer.from(one.root).toString('base64') }))));

/** For tests and for homes that keep nothing: the list lives as long as the core. */
export function storageInMemory(): RegistryStorage {
  let kept: string | null = null;
  return { read: () => Promise.resolve(kept), write: (text) => { kept = text; return Promise.resolve(); } };
}
