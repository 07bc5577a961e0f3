import { parse } from 'parse5';
import { Refusal, type Block } from './blocks.ts';

interface Node { readonly nodeName: string; readonly value?: string; readonly childNodes?: readonly Node[]; readonly content?: Node }

/** Nothing in these is said to a reader. */
const SILENT = new Set(['script', 'style', 'noscript', 'template', 'svg', 'math', 'iframe', 'object', 'head', 'nav', 'button', 'select', '#comment', '#documentType']);
const BREAKS = new Set('address article aside blockquote body br dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section summary table tbody thead tr ul'.split(' '));
const MOST_NODES = 2_000_000;

/** The paragraphs of a page with the headings above them. It goes without recursion, however deep the page nests. */
export function htmlBlocks(html: string): Block[] {
  const blocks: Block[] = [];
  const headings: string[] = [];
  let text = '';
  const heading = (): { heading?: string } => { const path = headings.filter((one) => one !== '').join(' › ').slice(0, 300); return path === '' ? {} : { heading: path }; };
  const flush = (): void => {
    const clean = text.replace(/[ \t\r\n\f]+/g, ' ').trim();
    if (clean !== '') blocks.push({ text: clean, place: heading() });
    text = '';
  };
  const endHeading = (level: number): void => {
    const title = text.replace(/\s+/g, ' ').trim().slice(0, 200);
    text = '';
    headings.length = level;
    for (let at = 0; at < level; at += 1) headings[at] ??= '';
    headings[level - 1] = title;
  };
  let nodes = 0;
  const open: (Node | (() => void))[] = [parse(html) as unknown as Node];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node === 'function') { node(); continue; }
    nodes += 1;
    if (nodes > MOST_NODES) throw new Refusal('The page has more elements than any text needs.', true);
    if (SILENT.has(node.nodeName)) continue;
    if (node.nodeName === '#text') { text += node.value ?? ''; continue; }
    const level = /^h([1-6])$/.exec(node.nodeName)?.[1];
    if (BREAKS.has(node.nodeName)) { flush(); open.push(level === undefined ? flush : () => { endHeading(Number(level)); }); }
    if (node.nodeName === 'td' || node.nodeName === 'th') open.push(() => { text += ' | '; });
    for (const child of (node.childNodes ?? []).toReversed()) open.push(child);
  }
  flush();
  return blocks;
}
