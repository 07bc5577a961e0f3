import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesUnder, root } from '../../scripts/sources.ts';

const WORDS = 'resources/locales/en';
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const idsIn = (file: string): string[] => Object.keys(JSON.parse(read(`${WORDS}/${file}`)) as object);

/** What makes message ids in a source: those written out, and those put together, as patterns. */
function usesOf(source: string): { written: Set<string>; madeUp: RegExp[]; ends: RegExp[] } {
  const written = new Set([...source.matchAll(/(['"])([\w.-]+)\1/g)].map((match) => match[2] ?? ''));
  const made = [...source.matchAll(/`([\w.${}()?: '!=[\]-]*\$\{[^`\n]*)`/g)].map((match) => (match[1] ?? '').split(/\$\{[^{}]*\}/));
  const pattern = (parts: string[]): string => parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[\\w-]+');
  return {
    written,
    madeUp: made.filter(([first]) => first?.includes('.')).map((parts) => new RegExp(`^${pattern(parts)}$`)),
    // `${words}Line`: begins with an id or a part of one that stands somewhere written out.
    ends: made.filter(([first, ...rest]) => first === '' && /^(\.|[A-Z]\w+$)/.test(rest[0] ?? '')).map(([, ...rest]) => new RegExp(`${pattern(rest)}$`)),
  };
}
function isUsed(id: string, { written, madeUp, ends }: ReturnType<typeof usesOf>): boolean {
  return written.has(id) || madeUp.some((one) => one.test(id)) || ends.some((end) => { const at = id.search(end); return at > 0 && written.has(id.slice(0, at)); });
}

describe('the words of the interface', () => {
  it('are all said somewhere', async () => {
    const sources = (await filesUnder(['renderer', 'main/electron'])).filter((file) => /\.tsx?$/.test(file)).map(read).join('\n');
    const uses = usesOf(sources);
    // Those of errors are held by tests/scripts/documents.test.ts: one of each kind for every code.
    const unused = readdirSync(path.join(root, WORDS)).filter((file) => file !== 'errors.json').flatMap(idsIn).filter((id) => !isUsed(id, uses));
    expect(unused).toEqual([]);
  });
  it('a word that nobody says is found', () => {
    const uses = usesOf("t('a.title'); t(`a.state.${state}`); const words = known ? 'b.used' : 'b.none'; t(`${words}Line`); options(list, 'c.from'); t(`${prefix}.${value}`)");
    const used = ['a.title', 'a.state.done', 'b.used', 'b.usedLine', 'c.from.3'];
    expect([...used, 'a.edit', 'a.state', 'b.oldLine', 'c.to.3', 'a.state.done.more'].filter((id) => isUsed(id, uses))).toEqual(used);
  });
  it('stand in one file each', () => {
    const ids = readdirSync(path.join(root, WORDS)).flatMap(idsIn);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });
});
