/** What a web page says, without what stands around it. Runs in the page thread: the page may be made to hurt whoever reads it. */
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';

/** The little of a document that reading it needs. */
interface PageNode {
  readonly nodeType: number;
  readonly localName?: string;
  readonly data?: string;
  readonly firstChild: PageNode | null;
  readonly nextSibling: PageNode | null;
  readonly parentNode: PageNode | null;
  getAttribute?(name: string): string | null;
}
interface PageDocument extends PageNode { querySelector(selector: string): (PageNode & { readonly textContent: string | null }) | null }

export interface PageText { readonly title: string; readonly text: string; readonly links: readonly { readonly text: string; readonly url: string }[]; readonly cut: boolean }

const MAX_LINKS = 100;
/** More elements than these are not weighed against each other: then the whole page is told. */
const MAX_WEIGHED = 30_000;
/** Nested deeper than people nest, where weighing takes the depth to the power of three. */
const MOST_DEPTH = 100;
/** An article of fewer characters is most likely a guess that went wrong. */
const LEAST_ARTICLE = 200;
const ELEMENT = 1;
const TEXT = 3;
const SILENT = new Set(['script', 'style', 'noscript', 'template', 'svg', 'math', 'iframe', 'object', 'head', 'canvas', 'select', 'textarea', 'button', 'title']);
const APART = new Set(['p', 'ul', 'ol', 'dl', 'table', 'blockquote', 'pre', 'figure', 'hr', 'article', 'section', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const LINES = new Set(['div', 'li', 'tr', 'dt', 'dd', 'br', 'header', 'footer', 'main', 'nav', 'aside', 'address', 'figcaption', 'caption', 'form', 'body', 'option']);
const HEADING = /^h([1-6])$/;

/** Text that is written piece by piece, with blank lines where blocks meet and single spaces elsewhere. */
class Writing {
  text = '';
  #breaks = 0;

  apart(lines: number): void { this.#breaks = Math.max(this.#breaks, lines); }

  write(piece: string, exact = false): void {
    const words = exact ? piece : piece.replace(/\s+/g, ' ');
    if (!exact && words.trim() === '') { if (this.#breaks === 0 && this.text !== '' && !/\s$/.test(this.text)) this.text += ' '; return; }
    const fresh = this.text === '' || this.#breaks > 0;
    if (this.#breaks > 0 && this.text !== '') this.text = `${this.text.trimEnd()}${'\n'.repeat(this.#breaks)}`;
    this.#breaks = 0;
    const repeated = !exact && (fresh || /\s$/.test(this.text));
    this.text += repeated ? words.trimStart() : words;
  }
}

/**
 * The text below a node as Markdown would write it, and where its links lead. Walks without recursion, since a page may be
 * nested as deeply as it likes.
 */
function textBelow(root: PageNode, base: string, maxText: number): Pick<PageText, 'text' | 'links' | 'cut'> {
  const out = new Writing();
  const links = new Map<string, string>();
  const opened: { readonly url: string; readonly from: number }[] = [];
  let [pre, lists] = [0, 0];
  const enter = (node: PageNode, name: string): void => {
    if (APART.has(name)) out.apart(name === 'ul' || name === 'ol' ? (lists === 0 ? 2 : 1) : 2); else if (LINES.has(name)) out.apart(1);
    const heading = HEADING.exec(name)?.[1];
    if (heading !== undefined) out.write(`${'#'.repeat(Number(heading))} `, true);
    else if (name === 'ul' || name === 'ol') lists += 1;
    else if (name === 'li') out.write(`${'  '.repeat(Math.min(8, Math.max(0, lists - 1)))}- `, true);
    else if (name === 'blockquote') out.write('> ', true);
    else if (name === 'pre') { pre += 1; out.write('```\n', true); }
    else if (name === 'a') {
      const url = URL.parse(node.getAttribute?.('href') ?? '', base);
      opened.push({ url: url && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : '', from: out.text.length });
    }
  };
  const leave = (node: PageNode, name: string): void => {
    if (name === 'a') {
      const link = opened.pop();
      const words = link && out.text.slice(link.from).replace(/\s+/g, ' ').trim();
      if (link && words !== undefined && words !== '' && link.url !== '' && link.url.length <= 2000 && links.size < MAX_LINKS && !links.has(link.url)) links.set(link.url, words.slice(0, 200));
    } else if (name === 'pre') { pre -= 1; out.write('\n```', true); } else if (name === 'ul' || name === 'ol') lists -= 1;
    else if ((name === 'td' || name === 'th') && node.nextSibling !== null) out.write(' | ', true);
    if (APART.has(name)) out.apart((name === 'ul' || name === 'ol') && lists > 0 ? 1 : 2); else if (LINES.has(name)) out.apart(1);
  };
  let node: PageNode | null = root;
  while (node !== null && out.text.length <= maxText) {
    const name: string = node.nodeType === ELEMENT ? node.localName ?? '' : '';
    const silent = SILENT.has(name);
    if (node.nodeType === TEXT) out.write(node.data ?? '', pre > 0);
    else if (name !== '' && !silent) enter(node, name);
    if (node.firstChild !== null && !silent) { node = node.firstChild; continue; }
    if (name !== '' && !silent) leave(node, name);
    while (node !== root && node.nextSibling === null && node.parentNode !== null) {
      node = node.parentNode;
      leave(node, node.localName ?? '');
    }
    node = node === root ? null : node.nextSibling;
  }
  return { text: out.text.trim().slice(0, maxText), links: [...links].map(([url, text]) => ({ text, url })), cut: out.text.length > maxText };
}

/** Whether a document is nested deeper than `most`. */
function deeper(root: PageNode, most: number): boolean {
  let depth = 0;
  for (let node: PageNode | null = root; node !== null;) {
    if (node.firstChild !== null) { node = node.firstChild; depth += 1; if (depth > most) return true; continue; }
    while (node !== null && node !== root && node.nextSibling === null) { node = node.parentNode; depth -= 1; }
    node = node === root || node === null ? null : node.nextSibling;
  }
  return false;
}

/** A piece of a page gets what is missing around it, which the parser does not add. */
const documentOf = (html: string): PageDocument => (parseHTML(/<html[\s>]/i.test(html) ? html : `<html><head></head><body>${html}</body></html>`) as unknown as { document: PageDocument }).document;

/** The article of a page: its own text, without menus and the like; undefined when it has none that can be told from the rest. */
function articleOf(html: string): { title: string; content: PageNode } | undefined {
  try {
    // It takes the document apart, so that it gets one of its own.
    const document = documentOf(html);
    if (deeper(document, MOST_DEPTH)) return undefined;
    const found = new Readability<PageNode>(document as never, { maxElemsToParse: MAX_WEIGHED, serializer: (node) => node as unknown as PageNode }).parse();
    return found?.content && (found.textContent ?? '').trim().length >= LEAST_ARTICLE ? { title: found.title ?? '', content: found.content } : undefined;
  } catch {
    return undefined; // Too many elements, or something in it that it cannot take: the whole page is told instead.
  }
}

/** @param address where the page lies; links in it are told in full. @param maxText characters of text at most */
export function readPage(html: string, address: string, maxText: number): PageText {
  const page = documentOf(html);
  const article = articleOf(html);
  const base = URL.parse(page.querySelector('base[href]')?.getAttribute?.('href') ?? '', address)?.href ?? address;
  const title = article?.title || (page.querySelector('title')?.textContent ?? '');
  return { title: title.replace(/\s+/g, ' ').trim().slice(0, 300), ...textBelow(article?.content ?? page, base, maxText) };
}
