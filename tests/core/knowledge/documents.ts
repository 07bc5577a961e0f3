import { crc32, deflateRawSync } from 'node:zlib';

/** A zip archive of texts, as small as one can be. */
export function zipOf(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const [parts, directory] = [[] as Buffer[], [] as Buffer[]];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const [bytes, named] = [Buffer.from(content), Buffer.from(name)];
    const packed = deflateRawSync(bytes);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0); facts.writeUInt16LE(8, 4); facts.writeUInt32LE(crc32(bytes), 10); facts.writeUInt32LE(packed.length, 14); facts.writeUInt32LE(bytes.length, 18); facts.writeUInt16LE(named.length, 22);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), facts, named, packed]);
    const offset = Buffer.alloc(4);
    offset.writeUInt32LE(at);
    directory.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), facts, Buffer.alloc(10), offset, named]));
    parts.push(local);
    at += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4); end.writeUInt16LE(directory.length, 6); end.writeUInt32LE(list.length, 8); end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, list, Buffer.from([0x50, 0x4b, 5, 6]), end]);
}

const paragraph = (text: string, style?: string): string => `<w:p>${style === undefined ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t>${text}</w:t></w:r></w:p>`;

/** A Word document with a heading and a paragraph; `more` are further parts of its archive. */
export const docxOf = (heading: string, text: string, more: Readonly<Record<string, string | Buffer>> = {}): Buffer => zipOf({
  '[Content_Types].xml': '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
  '_rels/.rels': '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
  'word/document.xml': `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${paragraph(heading, 'Heading1')}${paragraph(text)}</w:body></w:document>`,
  ...more,
});

/** A PDF with one line of text on each page. */
export function pdfOf(pages: readonly string[]): Buffer {
  const kids = pages.map((_, at) => `${10 + at * 2} 0 R`).join(' ');
  const objects = pages.map((text, at) => {
    const stream = `BT /F1 12 Tf 10 100 Td (${text}) Tj ET`;
    return `${10 + at * 2} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents ${11 + at * 2} 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n${11 + at * 2} 0 obj<</Length ${stream.length}>>stream\n${stream}\nendstream endobj`;
  });
  return Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[${kids}]/Count ${pages.length}>>endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n${objects.join('\n')}\ntrailer<</Root 1 0 R>>`);
}
