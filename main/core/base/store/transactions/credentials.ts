import type { TransactionTable, Writer } from '../handles.ts';

/** Named transactions of the domain credentials. Values are sealed: the store never sees one. */
export const credentialsTransactions = {
  putSecret: (db: Writer, input: { id: string; label: string; nonce: Uint8Array; ciphertext: Uint8Array; at: number }): void => {
    db.run(`INSERT INTO secrets (id, label, nonce, ciphertext, created_at, updated_at) VALUES (@id, @label, @nonce, @ciphertext, @at, @at)
ON CONFLICT (id) DO UPDATE SET label = excluded.label, nonce = excluded.nonce, ciphertext = excluded.ciphertext, updated_at = excluded.updated_at`, input);
  },
  /** Only the seal is another one: the secret, its name and its age stay. */
  resealSecret: (db: Writer, input: { id: string; nonce: Uint8Array; ciphertext: Uint8Array }): void => {
    db.run('UPDATE secrets SET nonce = @nonce, ciphertext = @ciphertext WHERE id = @id', input);
  },
  dropSecret: (db: Writer, input: { id: string }): void => {
    db.run('DELETE FROM secrets WHERE id = @id', input);
  },
} satisfies TransactionTable;
