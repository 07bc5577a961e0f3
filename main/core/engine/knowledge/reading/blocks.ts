import type { KnowledgePlace } from '../../../../../contract/model/knowledge.ts';

/** A piece of a document as it stands there: a paragraph, a line, a row. */
export interface Block { readonly text: string; readonly place: KnowledgePlace }
export interface Passage { readonly text: string; readonly place: KnowledgePlace }

/** Why a document is not taken; becomes `knowledge/unreadable` or `knowledge/too-large` in the core. */
export class Refusal extends Error {
  readonly tooLarge: boolean;
  constructor(message: string, tooLarge = false) {
    super(message);
    this.tooLarge = tooLarge;
  }
}

export const MOST_CHARACTERS = 5_000_000;
/** About what a model reads in a glance, and a person too. */
const TARGET = 900;
const LONGEST = 1400;

/** Long paragraphs are cut at the end of a sentence, else between words, else anywhere. */
function cut(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > LONGEST) {
    const head = rest.slice(0, LONGEST);
    const sentence = Math.max(head.lastIndexOf('. '), head.lastIndexOf('! '), head.lastIndexOf('? '), head.lastIndexOf('\n'), head.lastIndexOf('。'));
    const space = head.lastIndexOf(' ');
    let at = sentence > TARGET / 2 ? sentence + 1 : space > TARGET / 2 ? space : LONGEST;
    // No character is cut in two.
    if (/[\uD800-\uDBFF]/.test(rest[at - 1] ?? '')) at -= 1;
    pieces.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  return [...pieces, rest].filter((piece) => piece !== '');
}

/** Joins blocks into passages: what stands under one heading of one page, up to a length. @throws Refusal when it is too much */
export function passagesOf(blocks: Iterable<Block>): Passage[] {
  const passages: Passage[] = [];
  let open: { text: string; place: KnowledgePlace } | undefined;
  let characters = 0;
  const close = (): void => { if (open) passages.push(open); open = undefined; };
  for (const block of blocks) {
    // A lone half of a character, or a NUL, is no text.
    const clean = block.text.toWellFormed().replace(/\0/g, '').trim();
    for (const text of cut(clean)) {
      characters += text.length;
      if (characters > MOST_CHARACTERS) throw new Refusal(`The document has more than ${MOST_CHARACTERS.toLocaleString('en')} characters of text. Add the parts of it that matter.`, true);
      const fits = open && open.place.page === block.place.page && open.place.heading === block.place.heading && open.text.length + text.length <= TARGET;
      if (open && fits) open.text += `\n${text}`;
      else { close(); open = { text, place: block.place }; }
    }
  }
  close();
  return passages;
}
