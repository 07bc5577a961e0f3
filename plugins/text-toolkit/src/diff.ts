interface Edit { kind: ' ' | '-' | '+'; line: string }

const MAX_STEPS = 4_000_000;

/**
 * The shortest list of added and removed lines (Myers 1986), after the equal beginning and end are set aside. Texts that
 * have next to nothing in common are shown as wholly replaced instead of being compared for ever.
 */
function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  const same = (lines: readonly string[]): Edit[] => lines.map((line) => ({ kind: ' ', line }));
  return [...same(before.slice(0, head)), ...middle(a, b), ...same(before.slice(before.length - tail))];
}

function middle(a: readonly string[], b: readonly string[]): Edit[] {
  const most = a.length + b.length;
  const far = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  let steps = 0;
  for (let distance = 0; distance <= most; distance += 1) {
    trace.push(new Map(far));
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      steps += trace.length;
      const down = diagonal === -distance || (diagonal !== distance && (far.get(diagonal - 1) ?? -1) < (far.get(diagonal + 1) ?? -1));
      let x = down ? (far.get(diagonal + 1) ?? 0) : (far.get(diagonal - 1) ?? 0) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) { x += 1; steps += 1; }
      far.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return walkBack(a, b, trace);
    }
    if (steps > MAX_STEPS) break;
  }
  return [...a.map((line): Edit => ({ kind: '-', line })), ...b.map((line): Edit => ({ kind: '+', line }))];
}

function walkBack(a: readonly string[], b: readonly string[], trace: readonly Map<number, number>[]): Edit[] {
  const edits: Edit[] = [];
  let x = a.length;
  let y = b.length;
  for (let distance = trace.length - 1; distance >= 0; distance -= 1) {
    const far = trace[distance] ?? new Map<number, number>();
    const diagonal = x - y;
    const down = diagonal === -distance || (diagonal !== distance && (far.get(diagonal - 1) ?? -1) < (far.get(diagonal + 1) ?? -1));
    const previous = down ? diagonal + 1 : diagonal - 1;
    const fromX = distance === 0 ? 0 : (far.get(previous) ?? 0);
    const fromY = distance === 0 ? 0 : fromX - previous;
    while (x > fromX && y > fromY) { x -= 1; y -= 1; edits.push({ kind: ' ', line: a[x] ?? '' }); }
    if (distance === 0) break;
    if (down) { y -= 1; edits.push({ kind: '+', line: b[y] ?? '' }); } else { x -= 1; edits.push({ kind: '-', line: a[x] ?? '' }); }
  }
  return edits.reverse();
}

/** Changes with their surroundings, as `diff -u` writes them. */
function unified(edits: readonly Edit[], context: number): string {
  const shown = edits.map((edit) => edit.kind !== ' ');
  edits.forEach((edit, index) => { if (edit.kind !== ' ') for (let near = Math.max(0, index - context); near <= Math.min(edits.length - 1, index + context); near += 1) shown[near] = true; });
  const out: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  for (let index = 0; index < edits.length;) {
    if (!shown[index]) { oldLine += 1; newLine += 1; index += 1; continue; }
    const from = [oldLine, newLine] as const;
    const hunk: string[] = [];
    for (; index < edits.length && shown[index]; index += 1) {
      const { kind, line } = edits[index] ?? { kind: ' ', line: '' };
      hunk.push(kind + line);
      if (kind !== '+') oldLine += 1;
      if (kind !== '-') newLine += 1;
    }
    const counts = [oldLine - from[0], newLine - from[1]] as const;
    const start = (side: 0 | 1): number => (counts[side] === 0 ? from[side] - 1 : from[side]);
    out.push(`@@ -${start(0)},${counts[0]} +${start(1)},${counts[1]} @@`, ...hunk);
  }
  return out.join('\n');
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\r\n?/gu, '\n').replace(/\n$/u, '').split('\n'));

export function compareTexts({ before, after, context = 3 }: { before: string; after: string; context?: number }) {
  const edits = editsOf(linesOf(before), linesOf(after));
  const count = (kind: Edit['kind']): number => edits.filter((edit) => edit.kind === kind).length;
  const [added, removed] = [count('+'), count('-')];
  return { equal: added === 0 && removed === 0, added, removed, unified: unified(edits, context) };
}
