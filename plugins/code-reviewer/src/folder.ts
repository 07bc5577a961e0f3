import type { ToolContext } from '../../../sdk/index.ts';
import { countOf, inOrder, verdictOf, type Finding } from './findings.ts';
import { isCode, languageOf } from './languages.ts';
import { answerOf, reviewText, type Reviewed } from './review.ts';

const MAX_DEPTH = 12;
const MAX_LISTED = 2_000;
const MAX_FILE_BYTES = 512 * 1024;
/** Folders that hold what others wrote or a tool made. */
const PASSED_OVER = new Set(['node_modules', 'dist', 'build', 'out', 'target', 'vendor', 'coverage', 'venv', '__pycache__']);

const clean = (path: string): string => path.replace(/^(?:\.?\/)+|\/+$/gu, '');

interface Listed { path: string; size: number; language: string }

/** The code files below a folder, by path; hidden folders, packages and build results are passed over. */
async function walk(ctx: ToolContext, at: string, most: number): Promise<{ files: Listed[]; truncated: boolean }> {
  const files: Listed[] = [];
  let truncated = false;
  const enter = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await ctx.files.list('code', folder)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.kind === 'folder') {
        if (entry.name.startsWith('.') || PASSED_OVER.has(entry.name)) continue;
        if (depth < MAX_DEPTH && files.length < most) await enter(path, depth + 1);
        else truncated = true;
      } else if (isCode(path)) {
        if (files.length >= most) { truncated = true; return; }
        files.push({ path, size: entry.size, language: languageOf(path).name });
      }
    }
  };
  await enter(clean(at), 1);
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), truncated };
}

export const listCode = ({ path = '' }: { path?: string }, ctx: ToolContext): Promise<{ files: Listed[]; truncated: boolean }> => walk(ctx, path, MAX_LISTED);

export async function reviewFile({ path }: { path: string }, ctx: ToolContext) {
  return answerOf(reviewText(await ctx.files.readText('code', clean(path)), clean(path)));
}

/** Reviews every file and says which deserve attention first. */
export async function reviewFolder({ path = '', max_files: most = 100 }: { path?: string; max_files?: number }, ctx: ToolContext) {
  const { files, truncated } = await walk(ctx, path, most);
  const reviewed: Reviewed[] = [];
  const skipped: string[] = [];
  for (const [index, file] of files.entries()) {
    if (file.size > MAX_FILE_BYTES) skipped.push(file.path);
    else reviewed.push(reviewText(await ctx.files.readText('code', file.path), file.path));
    if (index % 20 === 0) await ctx.progress(index / files.length, `${index} of ${files.length} files`);
  }
  const findings: Finding[] = inOrder(reviewed.flatMap((one) => one.findings));
  const weight = (one: Reviewed): number => { const { high, medium, low } = countOf(one.findings); return high * 10 + medium * 3 + low; };
  const hotspots = reviewed.filter((one) => one.findings.length > 0).sort((a, b) => weight(b) - weight(a) || (a.path < b.path ? -1 : 1)).slice(0, 20);
  return {
    verdict: verdictOf(findings, `${reviewed.length} ${reviewed.length === 1 ? 'file' : 'files'}`), files: reviewed.length, lines: reviewed.reduce((sum, one) => sum + one.lines, 0), counts: countOf(findings),
    hotspots: hotspots.map((one) => ({ path: one.path, lines: one.lines, functions: one.functions.length, highest_complexity: one.functions.reduce((most_, { complexity }) => Math.max(most_, complexity), 0), ...countOf(one.findings) })),
    findings: findings.slice(0, 100), skipped: skipped.slice(0, 100), truncated: truncated || findings.length > 100,
  };
}
