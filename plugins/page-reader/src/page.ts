import type { ToolContext } from '../../../sdk/index.ts';
import { findKeywords, summarize } from '../../text-toolkit/src/summary.ts';
import { countWords } from '../../text-toolkit/src/words.ts';

export interface Asked { url?: string; text?: string }
export interface Page { readonly title: string; readonly url: string | null; readonly text: string; readonly links: readonly { readonly text: string; readonly url: string }[]; readonly cut: boolean }

const HEADING = /^(#{1,6})\s+(.*\S)\s*$/u;
export const headingOf = (line: string): { level: number; heading: string } | undefined => { const [, marks, heading] = HEADING.exec(line) ?? []; return marks !== undefined && heading !== undefined ? { level: marks.length, heading } : undefined; };

/** The page at an address, or the text that was pasted. */
export async function open({ url = '', text = '' }: Asked, ctx: ToolContext): Promise<Page> {
  if (text.trim() !== '') return { title: text.split('\n').map(headingOf).find((one) => one !== undefined)?.heading ?? '', url: null, text, links: [], cut: false };
  if (url.trim() === '') throw new Error('An address or a text was expected. Give url, such as https://example.com/article, or text.');
  const page = await ctx.tools.call('builtin.web_fetch', { url: url.trim() }) as { url: string; title: string; text: string; links: { text: string; url: string }[]; cut: boolean };
  return { title: page.title, url: page.url, text: page.text, links: page.links, cut: page.cut };
}

export async function readPage({ max_characters: most = 12_000, ...asked }: Asked & { max_characters?: number }, ctx: ToolContext) {
  const { title, url, text, links, cut } = await open(asked, ctx);
  const { words, reading_minutes } = countWords({ text });
  return {
    title, url, words, reading_minutes, outline: text.split('\n').map(headingOf).filter((one) => one !== undefined).slice(0, 200), links: links.slice(0, 50).map((link) => ({ text: link.text, url: link.url })),
    text: text.slice(0, most), truncated: cut || text.length > most,
  };
}

const MARK = /^\s*(?:[-*>]|\d+\.)\s+/u;
/** The text without headings and without the marks of lists and quotations; each item stands by itself. */
export const prose = (text: string): string => text.split('\n').filter((line) => !headingOf(line)).map((line) => (MARK.test(line) ? `\n${line.replace(MARK, '')}\n` : line)).join('\n');

export async function summarizePage({ sentences = 5, ...asked }: Asked & { sentences?: number }, ctx: ToolContext) {
  const { title, text } = await open(asked, ctx);
  return { title, ...summarize({ text: prose(text), sentences }), keywords: findKeywords({ text, limit: 8 }).keywords.map(({ word }) => word) };
}
