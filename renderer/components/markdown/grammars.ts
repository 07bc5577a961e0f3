import type { DynamicImportLanguageRegistration } from 'shiki/core';
import type { CodeLanguage } from './code-languages.ts';

/** Each grammar is a file of its own, read when the first code in its language is shown. */
export const GRAMMARS: Readonly<Record<CodeLanguage, DynamicImportLanguageRegistration>> = {
  bash: () => import('shiki/langs/bash.mjs'), c: () => import('shiki/langs/c.mjs'), cpp: () => import('shiki/langs/cpp.mjs'), csharp: () => import('shiki/langs/csharp.mjs'),
  css: () => import('shiki/langs/css.mjs'), csv: () => import('shiki/langs/csv.mjs'), dart: () => import('shiki/langs/dart.mjs'), diff: () => import('shiki/langs/diff.mjs'),
  docker: () => import('shiki/langs/docker.mjs'), elixir: () => import('shiki/langs/elixir.mjs'), go: () => import('shiki/langs/go.mjs'), graphql: () => import('shiki/langs/graphql.mjs'),
  haskell: () => import('shiki/langs/haskell.mjs'), html: () => import('shiki/langs/html.mjs'), ini: () => import('shiki/langs/ini.mjs'), java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'), json: () => import('shiki/langs/json.mjs'), jsonc: () => import('shiki/langs/jsonc.mjs'), jsx: () => import('shiki/langs/jsx.mjs'),
  julia: () => import('shiki/langs/julia.mjs'), kotlin: () => import('shiki/langs/kotlin.mjs'), latex: () => import('shiki/langs/latex.mjs'), lua: () => import('shiki/langs/lua.mjs'),
  make: () => import('shiki/langs/make.mjs'), markdown: () => import('shiki/langs/markdown.mjs'), perl: () => import('shiki/langs/perl.mjs'), php: () => import('shiki/langs/php.mjs'),
  powershell: () => import('shiki/langs/powershell.mjs'), python: () => import('shiki/langs/python.mjs'), r: () => import('shiki/langs/r.mjs'), ruby: () => import('shiki/langs/ruby.mjs'),
  rust: () => import('shiki/langs/rust.mjs'), scala: () => import('shiki/langs/scala.mjs'), sql: () => import('shiki/langs/sql.mjs'), swift: () => import('shiki/langs/swift.mjs'),
  toml: () => import('shiki/langs/toml.mjs'), tsx: () => import('shiki/langs/tsx.mjs'), typescript: () => import('shiki/langs/typescript.mjs'), xml: () => import('shiki/langs/xml.mjs'), yaml: () => import('shiki/langs/yaml.mjs'),
};
