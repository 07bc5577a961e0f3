import type { TransactionTable, Writer } from '../handles.ts';
import type { VectorKind } from '../queries/vectors.ts';

/** Vectors of other models go in pieces, so that nothing waits long behind them. */
const PIECE = 2_000;

const PUT = {
  knowledge: 'INSERT OR REPLACE INTO knowledge_vectors (passage_seq, model, vector) SELECT seq, @model, @vector FROM knowledge_passages WHERE seq = @seq',
  // What was changed meanwhile is another text.
  memory: 'INSERT OR REPLACE INTO memory_vectors (memory_seq, model, vector) SELECT seq, @model, @vector FROM memories WHERE seq = @seq AND text = @text',
} as const;

/** Named transactions about vectors; each is a plain function that runs in the writer thread. */
export const vectorsTransactions = {
  /** What is gone meanwhile gets none. */
  putVectors(db: Writer, { kind, model, rows }: { kind: VectorKind; model: string; rows: readonly { seq: number; text: string; vector: Uint8Array }[] }): void {
    for (const { seq, text, vector } of rows) db.run(PUT[kind], { seq, model, vector, ...(kind === 'memory' && { text }) });
  },

  /** Drops vectors of all models but this one; `more`: some are left. */
  dropOtherVectors(db: Writer, { model }: { model: string | null }): { more: boolean } {
    const values = { model: model ?? '', piece: PIECE };
    const dropped = db.run('DELETE FROM knowledge_vectors WHERE (passage_seq, model) IN (SELECT passage_seq, model FROM knowledge_vectors WHERE model <> @model LIMIT @piece)', values).changes
      + db.run('DELETE FROM memory_vectors WHERE (memory_seq, model) IN (SELECT memory_seq, model FROM memory_vectors WHERE model <> @model LIMIT @piece)', values).changes;
    return { more: dropped >= PIECE };
  },
} satisfies TransactionTable;
