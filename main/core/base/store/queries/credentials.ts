import type { QueryTable, Reader } from '../handles.ts';

export interface SecretRow { id: string; label: string; nonce: Uint8Array; ciphertext: Uint8Array }

/** Named queries of the domain credentials. Values are sealed: the store never sees one. */
export const credentialsQueries = {
  secretById: (db: Reader, input: { id: string }): SecretRow | undefined =>
    db.get<SecretRow>('SELECT id, label, nonce, ciphertext FROM secrets WHERE id = @id', input),
} satisfies QueryTable;
