import type { ToolContext } from '../../../sdk/index.ts';

const TABLE = /\.(?:csv|tsv|tab|txt)$/iu;
const MAX_FILES = 500;
const MAX_DEPTH = 5;

/** The tables below a folder, by path. Hidden folders are passed over. */
export async function listTables({ path = '' }: { path?: string }, ctx: ToolContext) {
  const files: { path: string; size: number }[] = [];
  let truncated = false;
  const walk = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await ctx.files.list('data', folder)) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (files.length >= MAX_FILES) { truncated = true; return; }
      if (entry.kind === 'file' && TABLE.test(entry.name)) files.push({ path: name, size: entry.size });
      else if (entry.kind === 'folder' && !entry.name.startsWith('.')) {
        if (depth < MAX_DEPTH) await walk(name, depth + 1);
        else truncated = true;
      }
    }
  };
  await walk(path.replace(/^\.?\/+|\/+$/gu, ''), 1);
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), truncated };
}

/** A name for a file that every system takes. */
const fileName = (title: string): string => `${title.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/gu, '-').replace(/^-+|-+$/gu, '').slice(0, 80) || 'report'}.md`;

export async function writeReport({ title, markdown, overwrite = false }: { title: string; markdown: string; overwrite?: boolean }, ctx: ToolContext) {
  const file = fileName(title);
  const there = (await ctx.files.list('reports')).some((entry) => entry.name.toLowerCase() === file);
  if (there && !overwrite) throw new Error(`The reports folder has a ${file} already. Choose another title, or ask whether it may be replaced and set overwrite.`);
  const text = /^#\s/u.test(markdown) ? markdown : `# ${title}\n\n${markdown}`;
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  await ctx.files.writeText('reports', file, whole);
  return { file, characters: whole.length };
}
