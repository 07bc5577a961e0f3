/** The repository's own documents, as the tests here read them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesUnder, root } from '../../scripts/sources.ts';

export const readDocument = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Every markdown file that people read, by its path in the repository. */
export const documents = async (): Promise<string[]> => ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...(await filesUnder(['docs'])).filter((file) => file.endsWith('.md'))];

/** The cells of every row of every table, without heads and rules. Bars inside code do not part cells. */
export function tableRows(text: string): string[][] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (!line.startsWith('|') || /^\|[-|: ]+\|$/.test(line) || /^\|[-|: ]+\|$/.test(lines[index + 1] ?? '')) return [];
    return [line.replace(/`[^`]*`/g, (code) => code.replaceAll('|', '\u0000')).slice(1, -1).split('|').map((cell) => cell.trim().replaceAll('\u0000', '|'))];
  });
}

/** The text under a heading, up to the next one of its level or above. */
export function sectionOf(text: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const from = text.indexOf(`\n${heading}\n`);
  if (from < 0) throw new Error(`There is no heading "${heading}".`);
  const rest = text.slice(from + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Fenced blocks of one language. */
export const blocksOf = (text: string, language: string): string[] => [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((match) => match[1] ?? '');
