import type { QueryTable, Reader } from '../handles.ts';

export interface SecretRow { id: string; label: string; nonce: Uint8Array; ciphertext: Uint8Array }

/** Named queries of the domain credentials. Values are sealed: the store never sees one. */
export const credentialsQueries = {
  secretById: (db: Reader, input: { id: string }): SecretRow | undefined =>
    db.get<SecretRow>('SELECT id, label, nonce, ciphertext FROM secrets WHERE id = @id', input),
  allSecrets: (db: Reader): SecretRow[] => db.all<SecretRow>('SELECT id, label, nonce, ciphertext FROM secrets ORDER BY id'),
  secretIdsFrom: (db: Reader, { prefix }: { prefix: string }): string[] =>
    db.all<{ id: string }>('SELECT id FROM secrets WHERE substr(id, 1, length(@prefix)) = @prefix ORDER BY id', { prefix }).map(({ id }) => id),
} satisfies QueryTable;
