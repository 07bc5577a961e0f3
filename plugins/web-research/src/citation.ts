export interface CitationInput { title: string; url?: string; author?: string; published?: string; accessed?: string; number?: number; style?: 'note' | 'markdown' | 'bibtex' }

/** Characters that TeX would take for commands. */
const tex = (text: string): string => text.replace(/[\\{}]/gu, '').replace(/[&%$#_]/gu, '\\$&');

function bibtex({ title, url, author, published, accessed }: CitationInput): string {
  const year = /\b(\d{4})\b/u.exec(published ?? '')?.[1];
  const family = (author ?? '').split(',')[0]?.trim().split(/\s+/u).at(-1) ?? '';
  const key = `${family || title.split(/\s+/u)[0] || 'source'}${year ?? ''}`.toLowerCase().replace(/[^a-z0-9]/gu, '') || 'source';
  const fields = Object.entries({ title: tex(title), author: author && tex(author), year, url, urldate: accessed && tex(accessed) }).filter(([, value]) => value !== undefined && value !== '');
  return `@misc{${key},\n${fields.map(([name, value]) => `  ${name} = {${value ?? ''}}`).join(',\n')}\n}`;
}

/** One source, written out. Parts that are not given are left out; nothing is made up. */
export function formatCitation(input: CitationInput) {
  const { title, url, author, published, accessed, number = 1, style = 'note' } = input;
  if (style === 'bibtex') return { citation: bibtex(input) };
  if (style === 'markdown') return { citation: url === undefined ? title : `[${title.replace(/[[\]]/gu, '\\$&')}](${url.replace(/[()\s]/gu, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`)})` };
  const read = accessed === undefined ? undefined : `read ${accessed}`;
  return { citation: `[${number}] ${[author, title, published, url, read].filter((part) => part !== undefined && part !== '').join(', ')}` };
}
