import type { QueryTable, Reader } from '../handles.ts';

/** What is looked for by meaning: a vector of length 1 by one model, packed. */
export interface Meaning { readonly model: string; readonly vector: Uint8Array }
export type VectorKind = 'knowledge' | 'memory';

/** So many are taken of each list before they become one. */
export const CANDIDATES = 50;
/** Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009): how little the first ranks weigh more than those behind. */
const FUSION = 60;
/** How near something has to be at all, and beside the nearest: there is always a nearest, however far. */
const NEAR_ENOUGH = 0.2;
const NEAR_BESIDE_BEST = 0.75;

const SCALE_BYTES = 4;
const MOST_CODE = 127;

/**
 * A vector as it is stored: of length 1, a byte for each dimension and before them, as a little-endian 32-bit float, what a step of
 * them is worth. That is a fifth of what floats take to be read and decrypted at each search, and finds the same.
 */
export function packed(vector: readonly number[]): Uint8Array {
  const length = Math.hypot(...vector) || 1;
  const step = vector.reduce((most, each) => Math.max(most, Math.abs(each)), 0) / length / MOST_CODE || 1;
  const bytes = new Uint8Array(SCALE_BYTES + vector.length);
  new DataView(bytes.buffer).setFloat32(0, step, true);
  new Int8Array(bytes.buffer, SCALE_BYTES).set(vector.map((each) => Math.round(each / length / step)));
  return bytes;
}

const codesOf = (bytes: Uint8Array): Int8Array => new Int8Array(bytes.buffer, bytes.byteOffset + SCALE_BYTES, bytes.byteLength - SCALE_BYTES);
const stepOf = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);


/**
 * The rows that are nearest in meaning, the nearest first, at most `CANDIDATES`. A vector of another length is of another state of
 * the model and counts for nothing.
 * @param rows SQL that gives `seq` and `vector` of this model
 */
export function nearest(db: Reader, rows: string, values: Record<string, string | number>, { model, vector }: Meaning): number[] {
  const [wanted, step] = [codesOf(vector), stepOf(vector)];
  const best: { seq: number; near: number }[] = [];
  for (const row of db.each<{ seq: number; vector: Uint8Array }>(rows, { ...values, model })) {
    if (row.vector.byteLength !== vector.byteLength) continue;
    const other = codesOf(row.vector);
    let product = 0;
    for (let at = 0; at < wanted.length; at += 1) product += (wanted[at] as number) * (other[at] as number);
    const near = product * step * stepOf(row.vector);
    if (near < NEAR_ENOUGH || (best.length === CANDIDATES && near <= (best.at(-1)?.near ?? 0))) continue;
    let place = best.length;
    while (place > 0 && (best[place - 1]?.near ?? 0) < near) place -= 1;
    best.splice(place, 0, { seq: row.seq, near });
    if (best.length > CANDIDATES) best.pop();
  }
  const least = (best[0]?.near ?? 0) * NEAR_BESIDE_BEST;
  return best.filter(({ near }) => near >= least).map(({ seq }) => seq);
}

/** One list of several: what stands far up in many comes first. */
export function fused(lists: readonly (readonly number[])[], limit: number): number[] {
  const scores = new Map<number, number>();
  for (const list of lists) list.forEach((seq, rank) => { scores.set(seq, (scores.get(seq) ?? 0) + 1 / (FUSION + rank + 1)); });
  return [...scores].toSorted(([a, one], [b, other]) => other - one || a - b).slice(0, limit).map(([seq]) => seq);
}

/** What a vector is made of: a passage with the name of its document and its heading. */
const TEXTS = {
  knowledge: `SELECT p.seq, d.name || coalesce(' › ' || json_extract(p.place, '$.heading'), '') || char(10) || p.text AS text FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id
    WHERE p.seq > @after AND d.removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM knowledge_vectors v WHERE v.passage_seq = p.seq AND v.model = @model AND length(v.vector) = @bytes) ORDER BY p.seq LIMIT @limit`,
  memory: `SELECT m.seq, m.text FROM memories m
    WHERE m.seq > @after AND m.forgotten_at IS NULL AND NOT EXISTS (SELECT 1 FROM memory_vectors v WHERE v.memory_seq = m.seq AND v.model = @model AND length(v.vector) = @bytes) ORDER BY m.seq LIMIT @limit`,
} as const;

/** Named queries about vectors; each is a plain function that runs in a reader thread. */
export const vectorsQueries = {
  /** Texts behind `after` that have no vector of this model and length yet. */
  textsWithoutVectors: (db: Reader, { kind, ...values }: { kind: VectorKind; model: string; bytes: number; after: number; limit: number }): { seq: number; text: string }[] => db.all<{ seq: number; text: string }>(TEXTS[kind], values),

  /** How many texts there are, and how many of them have a vector of this model. */
  vectorCounts: (db: Reader, input: { model: string }): { total: number; done: number } => db.get<{ total: number; done: number }>(`
    SELECT (SELECT count(*) FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id WHERE d.removed_at IS NULL) + (SELECT count(*) FROM memories WHERE forgotten_at IS NULL) AS total,
      (SELECT count(*) FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id JOIN knowledge_vectors v ON v.passage_seq = p.seq AND v.model = @model WHERE d.removed_at IS NULL)
      + (SELECT count(*) FROM memories m JOIN memory_vectors v ON v.memory_seq = m.seq AND v.model = @model WHERE m.forgotten_at IS NULL) AS done`, input) ?? { total: 0, done: 0 },
} satisfies QueryTable;
