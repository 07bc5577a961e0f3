import type { ToolSpec } from '../chat-model.ts';
import { isRecord } from './conforms.ts';
import { findFacts, formulaIn } from './facts.ts';
import { stem, stemsOf, wordAt, wordsOf } from './words.ts';

/** Fewer points than this say nothing: one word of a long description is chance. */
const ENOUGH = 3;
const MAX_STEPS = 4;

/** One thing to do: the tool and the part of the request that speaks of it. `alone`: it needs the result of the step before. */
export interface Step { readonly tool: ToolSpec; readonly clause: string; readonly alone: boolean }

/** What the request asks for, in order. A request that names no tool gives no step. */
export function planSteps(request: string, tools: readonly ToolSpec[]): Step[] {
  const steps: Step[] = [];
  for (const { text, then } of clausesOf(request)) {
    const tool = bestTool(text, tools);
    const last = steps.at(-1);
    // "… with subject x and body y": a part that names no tool of its own still speaks of the one before.
    if (last && !then && (!tool || (tool === last.tool && findFacts(text).length === 0))) steps[steps.length - 1] = { ...last, clause: `${last.clause} and ${text}` };
    else if (tool && steps.length < MAX_STEPS) steps.push({ tool, clause: text, alone: steps.length > 0 && (then || findFacts(text).length === 0) });
  }
  if (steps.length > 1 && steps.every((step) => step.tool === steps[0]?.tool && findFacts(step.clause).length === 0)) return oneStep(request, tools);
  return steps.length > 0 ? steps : oneStep(request, tools);
}

function oneStep(request: string, tools: readonly ToolSpec[]): Step[] {
  const tool = bestTool(request, tools);
  return tool ? [{ tool, clause: request, alone: false }] : [];
}

/** Splits "do this, then do that and do the other" outside of quotes. One clause remains whole when a part has no verb of its own. */
function clausesOf(request: string): { text: string; then: boolean }[] {
  const quoted = findFacts(request).filter((fact) => fact.kind === 'quoted' || fact.kind === 'json');
  const result: { text: string; then: boolean }[] = [];
  let from = 0;
  let then = false;
  for (const match of request.matchAll(/(?:[,;.]\s+|\s+)(?:and\s+)?(then|afterwards|after that|finally)\s+|\s+and\s+(?:also\s+)?(?=\p{L})|;\s+/giu)) {
    if (quoted.some((fact) => match.index >= fact.start && match.index < fact.end)) continue;
    result.push({ text: request.slice(from, match.index), then });
    from = match.index + match[0].length;
    then = match[1] !== undefined;
  }
  result.push({ text: request.slice(from), then });
  return result;
}

/** The tool that the words of the text speak for most; undefined when none stands out of the noise. */
export function bestTool(text: string, tools: readonly ToolSpec[]): ToolSpec | undefined {
  const words = tools.map((tool) => ({ tool, name: new Set(wordsOf(tool.name).map(stem)), about: new Set(stemsOf(`${tool.description} ${parameterWords(tool)}`)) }));
  const commonness = new Map<string, number>();
  for (const entry of words) for (const word of new Set([...entry.name, ...entry.about])) commonness.set(word, (commonness.get(word) ?? 0) + 1);
  // A word that every tool has (a common prefix, say) tells them apart no better than none.
  const weight = (word: string): number => (tools.length === 1 ? 1 : 1 - ((commonness.get(word) ?? 1) - 1) / tools.length);
  const facts = findFacts(text);
  // Neither what is quoted nor the name of a file says what is to be done.
  const outside = facts.filter((fact) => fact.kind === 'quoted' || fact.kind === 'file').reduce((rest, fact) => rest.slice(0, fact.start) + ' '.repeat(fact.end - fact.start) + rest.slice(fact.end), text);
  const said = new Set(stemsOf(outside));
  const lower = outside.toLowerCase();
  let best: { tool: ToolSpec; score: number } | undefined;
  for (const { tool, name, about } of words) {
    let score = literally(text, tool.name) ? 100 : 0;
    for (const word of said) score += ((name.has(word) ? 3 : begins(name, word) ? 2 : 0) + (about.has(word) && !name.has(word) ? 1 : 0)) * weight(word);
    const hits = [...name].filter((word) => said.has(word)).length;
    if (score > 0) score += 2 * (hits / name.size);
    if (formulaIn(outside) !== undefined && ['calculat', 'arithmetic', 'math', 'express', 'comput'].some((word) => name.has(word) || about.has(word))) score += 4;
    if (score > 0) score += 1.5 * Math.min(2, membersOf(tool.input).filter((member) => wordAt(lower, member) >= 0).length);
    for (const kind of ['url', 'email', 'file'] as const) if (score > 0 && facts.some((fact) => fact.kind === kind) && about.has(stem(kind))) score += 1;
    if (score >= ENOUGH && score > (best?.score ?? 0)) best = { tool, score };
  }
  return best?.tool;
}

/** Whether the tool's name stands in the text letter by letter. Names of one or two letters are no evidence. */
function literally(text: string, name: string): boolean {
  const at = text.indexOf(name);
  if (at < 0 || (name.length < 3 && !text.includes(`\`${name}\``))) return false;
  return !/[\w-]/.test(text[at - 1] ?? ' ') && !/[\w-]/.test(text[at + name.length] ?? ' ');
}

function parameterWords(tool: ToolSpec): string {
  const properties = tool.input['properties'];
  if (!isRecord(properties)) return '';
  return Object.entries(properties).map(([name, schema]) => `${name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ')} ${isRecord(schema) && schema['format'] === 'uri' ? 'url' : ''}`).join(' ');
}

/** "slug" speaks for `slugify`. */
const begins = (name: ReadonlySet<string>, word: string): boolean => word.length >= 4 && [...name].some((part) => part.startsWith(word));

const MAX_MEMBER_DEPTH = 4;

/** The words that a tool's parameters may take, also inside lists and objects: who says one means the tool that knows it. */
function membersOf(schema: unknown, depth = 0): string[] {
  if (!isRecord(schema) || depth > MAX_MEMBER_DEPTH) return [];
  const own = Array.isArray(schema['enum']) ? schema['enum'].filter((member) => typeof member === 'string' && member.length > 2).map((member) => String(member).toLowerCase()) : [];
  const inner = isRecord(schema['properties']) ? Object.values(schema['properties']) : [];
  return [...new Set([...own, ...[...inner, schema['items']].flatMap((part) => membersOf(part, depth + 1))])];
}
