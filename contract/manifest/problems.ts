import type * as z from 'zod/mini';

/** One thing that is wrong with a document: where, what was expected, what came. `message` is a whole sentence. */
export interface ManifestProblem { path: string; expected: string; received: string; message: string }

/** `plugin.capabilities.tools[0].id`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : `${text === '' ? '' : '.'}${String(part)}`;
  return text === '' ? '(the document)' : text;
}

/** Names a value shortly: its kind, and itself when it is small. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value)}`;
  return `the ${typeof value} ${String(value)}`;
}

const KINDS: Record<string, string> = { string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a map', record: 'a map' };

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) value = typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  return value;
}

function limitOf(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  const [word, bound] = issue.code === 'too_big' ? ['at most', issue.maximum] : ['at least', issue.minimum];
  if (issue.origin === 'string') return `${word} ${String(bound)} characters`;
  if (issue.origin === 'array') return `${word} ${String(bound)} entries`;
  return `${word} ${String(bound)}`;
}

function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': return KINDS[issue.expected] ?? issue.expected;
    case 'invalid_value': return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'too_big': case 'too_small': return limitOf(issue);
    case 'invalid_union': {
      const kinds = issue.errors.flatMap((branch) => branch.slice(0, 1).map((first) => `${first.path.length > 0 ? `${formatPath(first.path)} as ` : ''}${expectedOf(first)}`));
      return [...new Set(kinds)].join(', or ') || 'another form';
    }
    case 'invalid_format': return issue.message === 'Invalid input' ? `a text in the form ${issue.pattern ?? issue.format}` : 'another form';
    default: return 'another value';
  }
}

/** What is wrong with the one form that the value is of the right kind for: a map is never told that it is no text. */
function meantBranch(issue: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  const [only, ...others] = issue.errors.filter((branch) => branch.length > 0 && !branch.some(({ code, path }) => code === 'invalid_type' && path.length === 0));
  return others.length === 0 ? only : undefined;
}

/** Turns what zod found into problems that name the path, what was expected and what came. */
export function problemsOf(root: unknown, issues: readonly z.core.$ZodIssue[]): ManifestProblem[] {
  return issues.flatMap((issue) => {
    const path = formatPath(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: formatPath([...issue.path, key]), expected: 'no such key', received: describeValue(valueAt(root, [...issue.path, key])),
        message: `${formatPath([...issue.path, key])} is not a key of this format; remove it, or begin its name with x- to keep it for yourself.`,
      }));
    }
    if (issue.code === 'invalid_key') return [{ path, expected: 'a name', received: JSON.stringify(issue.path.at(-1)), message: `${path} ${issue.issues[0]?.message ?? 'is not a name'}.` }];
    const meant = issue.code === 'invalid_union' ? meantBranch(issue) : undefined;
    if (meant) return problemsOf(root, meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })));
    const value = valueAt(root, issue.path);
    const received = describeValue(value);
    const expected = expectedOf(issue);
    const ownWords = issue.message !== 'Invalid input' && issue.code !== 'invalid_union';
    const hint = issue.code === 'invalid_type' && issue.expected === 'string' && typeof value === 'number' ? ' Put it in quotes.' : '';
    const wanted = issue.message.startsWith('is not ') ? issue.message.slice(7) : 'another value';
    return [{ path, expected: ownWords ? wanted : expected, received, message: ownWords ? `${path} ${issue.message}; it is ${received}.` : `${path} should be ${expected}, but is ${received}.${hint}` }];
  });
}
