import { parseDiff } from './diff.ts';
import { languageOf } from './languages.ts';

const TEST = /(?:^|\/)(?:tests?|specs?|__tests__)\/|[._-](?:test|spec)\.[a-z]+$|(?:^|\/)test_[^/]+$/iu;
const GENERATED = /(?:^|\/)(?:dist|build|vendor|node_modules)\/|(?:^|\/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|Cargo\.lock|go\.sum)$|\.min\.(?:js|css)$/iu;
/** Reviews find less in larger changes; past this a split is worth the work. */
const LARGE_LINES = 400;
const LARGE_FILES = 20;

/** How large a change is, where it lies, and what a reviewer should ask before reading it. */
export function diffStats({ diff }: { diff: string }) {
  const files = parseDiff(diff).map(({ path, status, added, removed }) => ({ path, status, added, removed, language: languageOf(path).name, role: TEST.test(path) ? 'test' as const : GENERATED.test(path) ? 'generated' as const : 'code' as const }));
  const sum = (list: readonly { added: number; removed: number }[]): number => list.reduce((total, { added, removed }) => total + added + removed, 0);
  const own = files.filter(({ role }) => role !== 'generated');
  const code = own.filter(({ role }) => role === 'code');
  const lines = sum(own);
  const notes = [
    ...(lines > LARGE_LINES || own.length > LARGE_FILES ? [`${lines} lines in ${own.length} files are much for one review. Ask for parts that stand by themselves.`] : []),
    ...(sum(code) > 20 && own.every(({ role }) => role !== 'test') ? ['No test changes with the code. Ask how it was tried.'] : []),
    ...(code.length === 0 && own.length > 0 ? ['Only tests change. Ask what they hold that was not held before.'] : []),
    ...(own.length < files.length ? [`${files.length - own.length} generated or locked files are left out of the count; look where they come from.`] : []),
  ];
  return {
    files: [...files].sort((a, b) => b.added + b.removed - a.added - a.removed).slice(0, 200),
    total: { files: files.length, added: files.reduce((total, { added }) => total + added, 0), removed: files.reduce((total, { removed }) => total + removed, 0) },
    size: lines <= 50 ? 'small' as const : lines <= LARGE_LINES ? 'medium' as const : 'large' as const,
    notes,
  };
}
