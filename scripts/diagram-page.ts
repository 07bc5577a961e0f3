/** The one file in which diagrams are drawn: the library and the frame's own few lines, with a place for the response's nonce. */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

export async function diagramPage(): Promise<string> {
  const [library, frame] = await Promise.all(['node_modules/mermaid/dist/mermaid.min.js', 'renderer/components/markdown/diagram-frame.ts'].map((file) => readFile(path.join(root, file), 'utf8')));
  const inline = (code = ''): string => `<script nonce="__TROUPE_NONCE__">${code.replace(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--')}</script>`;
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Diagram</title><style>html, body { margin: 0; background: transparent; } svg { display: block; max-width: 100%; pointer-events: none; }</style></head><body>\n${inline(library)}\n${inline(stripTypeScriptTypes(frame ?? ''))}\n</body></html>\n`;
}
