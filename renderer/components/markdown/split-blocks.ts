/** A piece of a Markdown text that renders without knowing its neighbours. */
export type Block = { type: 'markdown'; source: string } | { type: 'code'; language: string; code: string; open: boolean };

const FENCE = /^(?:(`{3,})([^`]*)|(~{3,})(.*))$/;
const DEFINITION = /^ {0,3}\[(?!\^)[^\]\n]{1,200}\]:[ \t]*\S/;
const FOOTNOTE = /^ {0,3}\[\^[^\]\n]+\]:/;
const LIST_ITEM = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:\s|$)/;

/**
 * Cuts a text into blocks, so that a streamed message parses only its last block again. A cut that is left out costs
 * time; one made wrongly would change the meaning: cuts stand at blank lines before unindented text, and around fences.
 * Link definitions are given to every block that may refer to them.
 */
export function splitBlocks(source: string): Block[] {
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  const blocks: Block[] = [];
  const definitions: string[] = [];
  let text: string[] = [];
  let fence: { mark: string; language: string; lines: string[] } | null = null;
  let innerFence: string | null = null;
  let footnotes = false;
  const flush = (): void => {
    if (text.some((line) => line.trim() !== '')) blocks.push({ type: 'markdown', source: text.join('\n') });
    text = [];
  };
  for (const line of lines) {
    if (fence) {
      if (closes(line, fence.mark)) { blocks.push({ type: 'code', language: fence.language, code: fence.lines.join('\n'), open: false }); fence = null; } else fence.lines.push(line);
      continue;
    }
    if (innerFence !== null) {
      text.push(line);
      if (closes(line.trimStart(), innerFence)) innerFence = null;
      continue;
    }
    const opened = FENCE.exec(line);
    if (opened) {
      flush();
      fence = { mark: opened[1] ?? opened[3] ?? '```', language: languageOf(opened[2] ?? opened[4] ?? ''), lines: [] };
      continue;
    }
    const inner = /^\s+/.test(line) ? FENCE.exec(line.trimStart()) : null;
    if (inner) innerFence = inner[1] ?? inner[3] ?? null;
    if (FOOTNOTE.test(line)) footnotes = true;
    else if (DEFINITION.test(line)) definitions.push(line);
    if (mayCutBefore(text, line)) flush();
    text.push(line);
  }
  if (fence) blocks.push({ type: 'code', language: fence.language, code: fence.lines.join('\n'), open: true });
  else flush();
  // A footnote's text stands far from its mark and is rendered once, below all: such a text is one block.
  if (footnotes) return [{ type: 'markdown', source }];
  if (definitions.length === 0) return blocks;
  const suffix = `\n\n${definitions.join('\n')}`;
  return blocks.map((block) => (block.type === 'markdown' && block.source.includes('[') ? { ...block, source: block.source + suffix } : block));
}

function mayCutBefore(text: readonly string[], line: string): boolean {
  if (text.length === 0 || text.at(-1)?.trim() !== '' || line.trim() === '' || /^\s/.test(line)) return false;
  // Items of one list may have blank lines between them; cutting there would begin the list, and its numbers, anew.
  return !(LIST_ITEM.test(line) && text.some((earlier) => LIST_ITEM.test(earlier)));
}

function closes(line: string, mark: string): boolean {
  const trimmed = line.trim();
  return trimmed.length >= mark.length && /^ {0,3}\S/.test(line) && [...trimmed].every((character) => character === mark[0]);
}

/** The first word behind the fence, e.g. `ts` of ```` ```ts title="a" ````. */
const languageOf = (info: string): string => (/^[\w+#.-]{1,30}/.exec(info.trim())?.[0] ?? '').toLowerCase();
