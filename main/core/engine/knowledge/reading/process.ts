/**
 * Reads one document that may be hostile and ends: a process of its own that may read its own program and nothing else, has no
 * network, and is killed when it takes too long. A line of JSON and the bytes in, a line of JSON out. Bundled as knowledge-reader.js.
 */
import { buffer } from 'node:stream/consumers';
import type { KnowledgeKind } from '../../../../../contract/model/knowledge.ts';
import { passagesOf, Refusal, type Block } from './blocks.ts';
import { csvBlocks, textBlocks, textOf } from './text.ts';

const input = await buffer(process.stdin);
const end = input.indexOf(10);
const { kind } = JSON.parse(input.subarray(0, end).toString('utf8')) as { kind: KnowledgeKind };
const bytes = input.subarray(end + 1);

async function read(): Promise<{ blocks: Iterable<Block>; notes: string[] }> {
  const isPdf = bytes.subarray(0, 1024).includes('%PDF-');
  const isZip = bytes.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 3, 4]));
  if (isPdf !== (kind === 'pdf')) throw new Refusal(isPdf ? 'This is a PDF, but its name has another ending. Name it .pdf.' : 'This is no PDF, though its name says so.');
  if (isZip !== (kind === 'docx')) throw new Refusal(isZip ? 'This is an archive, but its name says that it is a text.' : 'This is no Word document (.docx), though its name says so.');
  // The parsers are large: each is loaded when it is needed. The PDF's gets a copy, since it takes the memory over.
  if (kind === 'pdf') return (await import('./pdf.ts')).pdfBlocks(new Uint8Array(bytes));
  if (kind === 'docx') return { blocks: await (await import('./docx.ts')).docxBlocks(bytes), notes: [] };
  const text = textOf(bytes);
  return { blocks: kind === 'html' ? (await import('./html.ts')).htmlBlocks(text) : kind === 'csv' ? csvBlocks(text) : textBlocks(text, kind === 'markdown'), notes: [] };
}

async function answer(): Promise<object> {
  try {
    const { blocks, notes } = await read();
    const passages = passagesOf(blocks);
    if (passages.length === 0) throw new Refusal('There is no text in it. A scan is a picture of text; have it recognised first.');
    return { passages, notes };
  } catch (error) {
    const reason = error instanceof Refusal ? error.message : `It is damaged, or made in a way that cannot be read (${error instanceof Error ? error.message.slice(0, 200) : 'unknown'}).`;
    return { refused: reason, tooLarge: error instanceof Refusal && error.tooLarge };
  }
}

// A parser may have written lines of its own: the last one is the answer.
process.stdout.write(`\n${JSON.stringify(await answer())}`);
