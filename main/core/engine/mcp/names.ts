/** Words that stand for something else in the ids and names of tools. */
const RESERVED = new Set(['mcp', 'builtin', 'troupe', 'own', 'plugin', 'system']);
const LONGEST = 24;

/** The short name before a server's tools: letters, digits and `-`, never one that was given before, nor one that stands for something else. */
export function slugFor(name: string, taken: ReadonlySet<string>): string {
  const plain = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, LONGEST).replace(/-+$/, '') || 'server';
  const first = RESERVED.has(plain) ? `${plain}-server` : plain;
  if (!taken.has(first)) return first;
  for (let number = 2; ; number += 1) if (!taken.has(`${first}-${number}`)) return `${first}-${number}`;
}
