export interface SortLinesInput { text: string; by?: 'text' | 'number' | 'length'; descending?: boolean; unique?: boolean; drop_empty?: boolean }

/** The first number in a line; lines without one come last. */
const numberIn = (line: string): number => { const match = /-?\d+(?:[.,]\d+)?/u.exec(line); return match ? Number(match[0].replace(',', '.')) : Number.POSITIVE_INFINITY; };

/** Case does not matter unless everything else is equal; code units decide then, so that the order is the same everywhere. */
function byText(a: string, b: string): number {
  const [low, high] = [a.toLowerCase(), b.toLowerCase()];
  if (low !== high) return low < high ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sortLines({ text, by = 'text', descending = false, unique = false, drop_empty: dropEmpty = true }: SortLinesInput) {
  const all = text.replace(/\r\n?/gu, '\n').replace(/\n$/u, '').split('\n');
  const filled = dropEmpty ? all.filter((line) => line.trim() !== '') : all;
  const kept = unique ? [...new Set(filled)] : filled;
  const difference = { text: byText, number: (a: string, b: string) => { const [x, y] = [numberIn(a), numberIn(b)]; return x === y ? 0 : x - y; }, length: (a: string, b: string) => [...a].length - [...b].length }[by];
  const sorted = [...kept].sort((a, b) => (descending ? difference(b, a) : difference(a, b)) || byText(a, b));
  return { text: sorted.join('\n'), lines: sorted.length, dropped: all.length - sorted.length };
}
