import type { Language } from './languages.ts';
import type { CodeLine } from './lines.ts';

/** `complexity` counts the ways through it: one, and one more for each branch and loop. `depth` counts blocks inside. */
export interface Measured { name: string; line: number; lines: number; complexity: number; depth: number; parameters: number }

const BRANCH = /\b(?:if|elif|else if|for|foreach|while|case|catch|except|when|match|guard)\b|&&|\|\||\?\?|\?(?=[^.:?])|\band\b|\bor\b/gu;
const HEADS: readonly RegExp[] = [
  /\bfunction\s*\*?\s*([\w$]+)?\s*(?:<[^>]*>)?\s*\(/u,
  /\b(?:const|let|var)\s+([\w$]+)\s*(?::[^=]+)?=\s*(?:async\s*)?(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|[\w$]+)\s*(?::\s*[^=]+)?=>\s*\{/u,
  /\b(?:func|fn|fun|def)\s+(?:\([^)]*\)\s*)?([\w$]+[?!]?)/u,
  /^\s*(?:(?:public|private|protected|internal|static|final|async|override|virtual|abstract|export|default|readonly|get|set|inline|const|unsafe|synchronized)\s+)*(?:[\w$<>[\],.?*&:]+\s+)?\*?([\w$]+)\s*\([^;=]*\)\s*(?:const\s*)?(?::\s*[^={;]+|throws\s+[\w,\s.]+|->\s*[^{]+)?\{\s*$/u,
];
const NO_NAME = new Set(['if', 'for', 'while', 'switch', 'catch', 'return', 'else', 'do', 'try', 'with', 'function', 'match', 'using', 'lock', 'foreach', 'when', 'until', 'unless', 'new', 'throw', 'await']);

const nameIn = (bare: string): string | undefined => {
  for (const head of HEADS) {
    const match = head.exec(bare);
    const name = match && (match[1] ?? 'anonymous');
    if (typeof name === 'string' && !NO_NAME.has(name)) return name;
  }
  return undefined;
};

const parametersIn = (bare: string): number => {
  const inside = /\(([^()]*(?:\([^()]*\)[^()]*)*)\)/u.exec(bare)?.[1]?.trim() ?? '';
  return inside === '' || inside === 'void' ? 0 : inside.replace(/[<({[][^<>(){}[\]]*[>)}\]]/gu, '').split(',').filter((part) => part.trim() !== '' && part.trim() !== 'self').length;
};

/** Where a block that begins in this line ends, by counting braces. */
function endOfBraces(lines: readonly CodeLine[], from: number): { end: number; depth: number } | undefined {
  let open = 0;
  let depth = 0;
  let seen = false;
  for (let index = from; index < lines.length; index += 1) {
    for (const sign of lines[index]?.bare ?? '') {
      if (sign === '{') { open += 1; seen = true; depth = Math.max(depth, open); }
      if (sign === '}') open -= 1;
      if (seen && open === 0) return { end: index, depth: depth - 1 };
    }
    // A declaration without a body.
    if (!seen && index - from > 10) return undefined;
    if (!seen && /;\s*$/u.test(lines[index]?.bare ?? '')) return undefined;
  }
  return seen ? { end: lines.length - 1, depth: Math.max(0, depth - 1) } : undefined;
}

const indentOf = (text: string): number => (/^[ \t]*/u.exec(text)?.[0] ?? '').replaceAll('\t', '    ').length;

function endOfIndent(lines: readonly CodeLine[], from: number): { end: number; depth: number } {
  const own = indentOf(lines[from]?.text ?? '');
  let end = from;
  const steps: number[] = [];
  let depth = 0;
  for (let index = from + 1; index < lines.length; index += 1) {
    const { bare = '', text = '' } = lines[index] ?? {};
    if (bare.trim() === '') continue;
    const indent = indentOf(text);
    if (indent <= own && !/^\s*[)\]}]/u.test(bare)) break;
    while (steps.length > 0 && (steps.at(-1) ?? 0) >= indent) steps.pop();
    steps.push(indent);
    depth = Math.max(depth, steps.length - 1);
    end = index;
  }
  return { end, depth };
}

/** The functions of a text, as far as braces or indentation tell. Languages with neither give none. */
export function functionsOf(lines: readonly CodeLine[], language: Language): Measured[] {
  if (language.blocks === 'none') return [];
  const found: Measured[] = [];
  for (const [index, { bare }] of lines.entries()) {
    const name = language.blocks === 'indent' ? /^\s*(?:async\s+)?def\s+(\w+)/u.exec(bare)?.[1] : nameIn(bare);
    if (name === undefined) continue;
    const range = language.blocks === 'indent' ? endOfIndent(lines, index) : endOfBraces(lines, index);
    if (!range) continue;
    const body = lines.slice(index, range.end + 1);
    const complexity = 1 + body.reduce((sum, line) => sum + (line.bare.match(BRANCH)?.length ?? 0), 0);
    found.push({ name, line: index + 1, lines: body.length, complexity, depth: range.depth, parameters: parametersIn(bare) });
  }
  return found;
}
