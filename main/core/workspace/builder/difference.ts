import type { DifferenceLine } from '../../../../contract/model/builder.ts';

/** Above this many cells (about 10 ms) the middle is told as taken out and put in as a whole, so that the core is not held up. */
const MOST_CELLS = 1_000_000;

/** What turns one text into the other, line by line, by the longest common run of lines. */
export function differenceOf(before: string, after: string): DifferenceLine[] {
  const [old, next] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < next.length && old[head] === next[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < next.length - head && old.at(-1 - tail) === next.at(-1 - tail)) tail += 1;
  const same = (text: string): DifferenceLine => ({ kind: 'same', text });
  return [...old.slice(0, head).map(same), ...between(old.slice(head, old.length - tail), next.slice(head, next.length - tail)), ...next.slice(next.length - tail).map(same)];
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

function between(old: readonly string[], next: readonly string[]): DifferenceLine[] {
  const removed = old.map((text): DifferenceLine => ({ kind: 'removed', text }));
  const added = next.map((text): DifferenceLine => ({ kind: 'added', text }));
  if (old.length === 0 || next.length === 0 || old.length * next.length > MOST_CELLS) return [...removed, ...added];
  const width = next.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = next.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = old[i] === next[j] ? (longest[(i + 1) * width + j + 1] as number) + 1 : Math.max(longest[(i + 1) * width + j] as number, longest[i * width + j + 1] as number);
    }
  }
  const lines: DifferenceLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < next.length) {
    if (old[i] === next[j]) { lines.push({ kind: 'same', text: old[i] as string }); i += 1; j += 1; }
    else if ((longest[(i + 1) * width + j] as number) >= (longest[i * width + j + 1] as number)) { lines.push(removed[i] as DifferenceLine); i += 1; }
    else { lines.push(added[j] as DifferenceLine); j += 1; }
  }
  return [...lines, ...removed.slice(i), ...added.slice(j)];
}
