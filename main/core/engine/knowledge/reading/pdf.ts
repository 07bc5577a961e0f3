import { getDocumentProxy } from 'unpdf';
import { MOST_CHARACTERS, Refusal, type Block } from './blocks.ts';

const MOST_PAGES = 5000;

/** The text of a PDF, page by page. Pictures of text are not read; `notes` says how many pages have none. */
export async function pdfBlocks(bytes: Uint8Array): Promise<{ blocks: Block[]; notes: string[] }> {
  const document = await getDocumentProxy(bytes, { isEvalSupported: false, disableFontFace: true, verbosity: 0 });
  if (document.numPages > MOST_PAGES) throw new Refusal(`The document has ${document.numPages} pages; at most ${MOST_PAGES} are read. Add the part of it that matters.`, true);
  const blocks: Block[] = [];
  let [empty, characters] = [0, 0];
  for (let page = 1; page <= document.numPages; page += 1) {
    const content = await (await document.getPage(page)).getTextContent();
    let text = '';
    for (const item of content.items) if ('str' in item) text += `${item.str}${item.hasEOL ? '\n' : ''}`;
    characters += text.length;
    if (characters > MOST_CHARACTERS) throw new Refusal(`The document has more than ${MOST_CHARACTERS.toLocaleString('en')} characters of text. Add the part of it that matters.`, true);
    if (text.trim() === '') empty += 1;
    else blocks.push({ text, place: { page } });
  }
  return { blocks, notes: empty === 0 || blocks.length === 0 ? [] : [`${empty} of ${document.numPages} pages have no text; they may be pictures.`] };
}
