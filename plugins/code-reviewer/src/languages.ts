/** How a language marks comments and blocks: all that the checks need to know of it. */
export interface Language { name: string; line: readonly string[]; block?: readonly [string, string]; quotes: string; blocks: 'braces' | 'indent' | 'none' }

const SLASHES = { line: ['//'], block: ['/*', '*/'], quotes: '"\'`', blocks: 'braces' } as const;
const HASH = { line: ['#'], quotes: '"\'', blocks: 'none' } as const;

const LANGUAGES: Readonly<Record<string, Language>> = {
  javascript: { name: 'javascript', ...SLASHES }, typescript: { name: 'typescript', ...SLASHES }, java: { name: 'java', ...SLASHES }, kotlin: { name: 'kotlin', ...SLASHES },
  csharp: { name: 'csharp', ...SLASHES }, c: { name: 'c', ...SLASHES }, cpp: { name: 'cpp', ...SLASHES }, go: { name: 'go', ...SLASHES }, rust: { name: 'rust', ...SLASHES, quotes: '"' }, swift: { name: 'swift', ...SLASHES },
  php: { name: 'php', ...SLASHES, line: ['//', '#'] }, python: { name: 'python', line: ['#'], quotes: '"\'', blocks: 'indent' }, ruby: { name: 'ruby', ...HASH }, shell: { name: 'shell', ...HASH },
  sql: { name: 'sql', line: ['--'], block: ['/*', '*/'], quotes: '\'', blocks: 'none' }, css: { name: 'css', line: [], block: ['/*', '*/'], quotes: '"\'', blocks: 'none' },
  html: { name: 'html', line: [], block: ['<!--', '-->'], quotes: '', blocks: 'none' }, yaml: { name: 'yaml', ...HASH }, config: { name: 'config', ...HASH }, docker: { name: 'docker', ...HASH },
};

const ENDINGS: Readonly<Record<string, string>> = {
  js: 'javascript', mjs: 'javascript', cjs: 'javascript', jsx: 'javascript', ts: 'typescript', mts: 'typescript', cts: 'typescript', tsx: 'typescript', java: 'java', kt: 'kotlin', kts: 'kotlin', cs: 'csharp',
  c: 'c', h: 'c', cc: 'cpp', cpp: 'cpp', cxx: 'cpp', hpp: 'cpp', go: 'go', rs: 'rust', swift: 'swift', php: 'php', py: 'python', pyi: 'python', rb: 'ruby', sh: 'shell', bash: 'shell', zsh: 'shell', sql: 'sql',
  css: 'css', scss: 'css', html: 'html', vue: 'html', svelte: 'html', yml: 'yaml', yaml: 'yaml', toml: 'config', ini: 'config', env: 'config', conf: 'config', properties: 'config', json: 'config', dockerfile: 'docker',
};

const TEXT: Language = { name: 'text', line: [], quotes: '', blocks: 'none' };

/** Code of which nothing tells the language: the commonest marks hold. */
const UNKNOWN: Language = { name: 'unknown', line: ['//', '#'], block: ['/*', '*/'], quotes: '"\'`', blocks: 'braces' };

/** The language that a file's name tells; `text` for any other. */
export function languageOf(path: string): Language {
  const name = (path.split('/').at(-1) ?? '').toLowerCase();
  return LANGUAGES[ENDINGS[name.split('.').at(-1) ?? ''] ?? ''] ?? TEXT;
}

/** What pasted code without a name looks like. */
export function guessLanguage(code: string): Language {
  const counts: [string, RegExp][] = [
    ['python', /^\s*(?:def \w+\(.*\).*:|from \w[\w.]* import |elif |except\b.*:)/gmu], ['go', /^(?:func |package \w+$)|:=/gmu], ['rust', /\bfn \w+|\blet mut\b|\bimpl\b/gu],
    ['java', /\b(?:public|private|protected)\s+(?:static\s+)?(?:final\s+)?[\w<>[\]]+\s+\w+\s*\(/gu], ['typescript', /\b(?:interface \w+|: (?:string|number|boolean)\b|import type )/gu],
    ['javascript', /\b(?:const|let|var|function)\s|=>/gu], ['shell', /^#!.*sh$|^\s*(?:fi|done|esac)$/gmu], ['sql', /^\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE)\b/gimu],
  ];
  let best = { name: '', hits: 0 };
  for (const [name, pattern] of counts) {
    const hits = code.match(pattern)?.length ?? 0;
    if (hits > best.hits) best = { name, hits };
  }
  return LANGUAGES[best.name] ?? UNKNOWN;
}

/** Whether reviewing a file of this name makes sense: pictures, archives and lock files do not. */
export const isCode = (path: string): boolean => languageOf(path) !== TEXT && !/(?:^|\/)(?:package-lock\.json|[\w.-]+\.min\.(?:js|css)|[\w.-]+\.lock)$/u.test(path);
