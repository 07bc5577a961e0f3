/** What a model gets to see of one cell of a table, whatever database it comes from. */
const LONGEST_CELL = 4000;

export const bytesCell = (count: number): string => `[${count} bytes]`;
export const textCell = (text: string): string => (text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text);

/** What one answer may hold; the rest is left out, and the answer says so. */
export const MOST_ROWS = 500;
export const MOST_CHARACTERS = 80_000;
export const QUERY_MS = 10_000;

export interface Table { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[]; readonly cut: boolean }

/** Rows as they come, until there are enough. */
export class TableWriter {
  readonly rows: unknown[][] = [];
  cut = false;
  #characters = 0;

  /** @returns whether the row fitted; after one that did not nothing is taken any more */
  add(cells: unknown[]): boolean {
    this.#characters += JSON.stringify(cells).length;
    this.cut ||= this.rows.length >= MOST_ROWS || this.#characters > MOST_CHARACTERS;
    if (!this.cut) this.rows.push(cells);
    return !this.cut;
  }
}
