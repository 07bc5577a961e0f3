/** The languages that code is coloured in. Their grammars stand apart: only the thread that colours reads them. */
const LANGUAGES = [
  'bash', 'c', 'cpp', 'csharp', 'css', 'csv', 'dart', 'diff', 'docker', 'elixir', 'go', 'graphql', 'haskell', 'html', 'ini', 'java', 'javascript',
  'json', 'jsonc', 'jsx', 'julia', 'kotlin', 'latex', 'lua', 'make', 'markdown', 'perl', 'php', 'powershell', 'python', 'r', 'ruby', 'rust', 'scala',
  'sql', 'swift', 'toml', 'tsx', 'typescript', 'xml', 'yaml',
] as const;
export type CodeLanguage = (typeof LANGUAGES)[number];
const ALSO: Readonly<Record<string, CodeLanguage>> = {
  'c#': 'csharp', 'c++': 'cpp', cjs: 'javascript', console: 'bash', cs: 'csharp', dockerfile: 'docker', ex: 'elixir', golang: 'go', gql: 'graphql', h: 'c', hpp: 'cpp', hs: 'haskell', htm: 'html', js: 'javascript',
  json5: 'jsonc', kt: 'kotlin', makefile: 'make', md: 'markdown', mjs: 'javascript', patch: 'diff', pl: 'perl', ps1: 'powershell', py: 'python', rb: 'ruby', rs: 'rust', sh: 'bash', shell: 'bash', svg: 'xml',
  tex: 'latex', ts: 'typescript', yml: 'yaml', zsh: 'bash',
};

/** The name of a language that code can be coloured in, for what stands behind a fence; undefined for any other word. */
export function languageFor(word: string): CodeLanguage | undefined {
  return Object.hasOwn(ALSO, word) ? ALSO[word] : LANGUAGES.find((name) => name === word);
}
