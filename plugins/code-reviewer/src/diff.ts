import { countOf, inOrder, verdictOf, type Finding } from './findings.ts';
import { languageOf } from './languages.ts';
import { linesOf } from './lines.ts';
import { lineFindings, MAX_FINDINGS } from './review.ts';

/** One changed file of a unified diff. `added_lines` holds the numbers of the new file. */
export interface ChangedFile { path: string; old_path: string; status: 'added' | 'removed' | 'renamed' | 'changed' | 'binary'; added: number; removed: number; hunks: number; lines: { number: number; text: string; added: boolean }[] }

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/u;
/** `a/src/x.ts` with a tab and a date behind it, as diff and git write it. */
const pathOf = (text: string): string => { const path = (text.split('\t')[0] ?? '').trim().replace(/^"(.*)"$/u, '$1'); return path === '/dev/null' ? '' : path.replace(/^[ab]\//u, ''); };

/**
 * Reads what `git diff` and `diff -u` write. Lines of a hunk are taken by its counts, so that a removed line that begins
 * with `--` is no new file. Throws TypeError, with what was expected, for a text without a hunk.
 */
export function parseDiff(diff: string): ChangedFile[] {
  const files: ChangedFile[] = [];
  let file: ChangedFile | undefined;
  let oldLeft = 0;
  let newLeft = 0;
  let number = 0;
  const begin = (path: string, old: string): ChangedFile => {
    const next: ChangedFile = { path, old_path: old, status: 'changed', added: 0, removed: 0, hunks: 0, lines: [] };
    files.push(next);
    return next;
  };
  for (const line of diff.replace(/\r\n?/gu, '\n').split('\n')) {
    if (file && (oldLeft > 0 || newLeft > 0)) {
      const sign = line[0] ?? ' ';
      if (sign === '\\') continue;
      if (sign === '+') { newLeft -= 1; file.added += 1; file.lines.push({ number, text: line.slice(1), added: true }); number += 1; continue; }
      if (sign === '-') { oldLeft -= 1; file.removed += 1; continue; }
      if (sign === ' ') { oldLeft -= 1; newLeft -= 1; file.lines.push({ number, text: line.slice(1), added: false }); number += 1; continue; }
      // A hunk that is shorter than it says: what follows is read as what it looks like.
      [oldLeft, newLeft] = [0, 0];
    }
    const git = /^diff --git (\S+|"[^"]+") (\S+|"[^"]+")$/u.exec(line);
    const hunk = HUNK.exec(line);
    if (git) file = begin(pathOf(git[2] ?? ''), pathOf(git[1] ?? ''));
    else if (line.startsWith('--- ')) {
      if (!file || file.hunks > 0) file = begin('', '');
      file.old_path = pathOf(line.slice(4));
    } else if (line.startsWith('+++ ') && file) {
      const path = pathOf(line.slice(4));
      if (path === '') file.status = 'removed';
      else if (file.old_path === '') file.status = 'added';
      file.path = path === '' ? file.old_path : path;
    } else if (/^(?:rename|copy) to /u.test(line) && file) { file.status = 'renamed'; file.path = line.replace(/^\w+ to /u, ''); }
    else if (line.startsWith('new file mode') && file) file.status = 'added';
    else if (line.startsWith('deleted file mode') && file) file.status = 'removed';
    else if (/^(?:Binary files .* differ|GIT binary patch)$/u.test(line) && file) file.status = 'binary';
    else if (hunk) {
      file ??= begin('', '');
      file.hunks += 1;
      oldLeft = Number(hunk[2] ?? 1);
      newLeft = Number(hunk[4] ?? 1);
      number = Number(hunk[3]);
    }
  }
  if (files.length === 0) throw new TypeError('A unified diff was expected, as `git diff` writes it: lines such as "--- a/file", "+++ b/file" and "@@ -1,3 +1,4 @@". None was found. For plain code use review_code.');
  return files.map((one) => (one.path === '' ? { ...one, path: 'the pasted change' } : one));
}

/** What the rules say of the added lines of one file; the lines around them tell what is a comment. */
function findingsOf(file: ChangedFile): Finding[] {
  const language = languageOf(file.path);
  const read = linesOf(file.lines.map(({ text }) => text).join('\n'), language);
  return file.lines.flatMap((line, index) => { const code = read[index]; return line.added && code ? lineFindings(code, language, file.path, line.number) : []; });
}

const IS_TEST = /(?:^|\/)(?:tests?|spec|__tests__)\/|[._-](?:test|spec)\.\w+$|_test\.\w+$|(?:^|\/)test_\w+\.py$/iu;
const BIG_CHANGE = 400;

/** Questions that a person asks before the first line is read. */
function notesOf(files: readonly ChangedFile[]): string[] {
  const code = files.filter((file) => languageOf(file.path).blocks !== 'none' && file.added > 0);
  const added = files.reduce((sum, file) => sum + file.added, 0);
  return [
    ...(code.some((file) => !IS_TEST.test(file.path)) && !files.some((file) => IS_TEST.test(file.path)) ? ['Code changes and no test does. Ask what shows that it works.'] : []),
    ...(added > BIG_CHANGE ? [`${added} lines were added. Ask whether it can come in parts.`] : []),
    ...files.filter((file) => file.status === 'binary').map((file) => `${file.path} is binary and was not read.`),
    ...(files.some((file) => /(?:^|\/)(?:package\.json|requirements[\w.-]*\.txt|go\.mod|Cargo\.toml|pom\.xml|Gemfile|pyproject\.toml)$/u.test(file.path) && file.added > 0) ? ['Dependencies change. Look at each new one: who keeps it, what it may do.'] : []),
    ...(files.some((file) => /migrations?\//iu.test(file.path)) ? ['A migration is part of it. Ask for the way back, and how long it locks.'] : []),
  ];
}

/** Reviews a change: what it does to each file, and what the rules say of the lines it adds. */
export function reviewDiff({ diff }: { diff: string }) {
  const files = parseDiff(diff);
  const findings = inOrder(files.flatMap(findingsOf));
  const sum = (of: 'added' | 'removed'): number => files.reduce((total, file) => total + file[of], 0);
  return {
    verdict: verdictOf(findings, files.length === 1 ? files[0]?.path ?? 'the change' : `${files.length} files`), added: sum('added'), removed: sum('removed'), notes: notesOf(files), counts: countOf(findings),
    files: files.slice(0, 300).map(({ path, status, added, removed, hunks }) => ({ path, status, language: languageOf(path).name, added, removed, hunks, findings: findings.filter((finding) => finding.path === path).length })),
    findings: findings.slice(0, MAX_FINDINGS), truncated: findings.length > MAX_FINDINGS || files.length > 300,
  };
}
