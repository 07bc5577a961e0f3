import { isAlias, isMap, isScalar, LineCounter, parseAllDocuments, visit, type Document } from 'yaml';
import { badManifest, type ManifestProblem } from '../../contract/manifest/index.ts';

export const MAX_YAML_BYTES = 256 * 1024;

const problem = (path: string, expected: string, received: string, message: string): ManifestProblem => ({ path, expected, received, message });

/** Strict UTF-8: a broken sequence is refused and never replaced. */
function textOf(source: string | Uint8Array, what: string, lenient: boolean): string {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  if (bytes.byteLength > MAX_YAML_BYTES && !lenient) throw badManifest(what, [problem(what, `at most ${MAX_YAML_BYTES} bytes`, `${bytes.byteLength} bytes`, `${what} has ${bytes.byteLength} bytes; the most is ${MAX_YAML_BYTES}.`)]);
  try {
    return new TextDecoder('utf-8', { fatal: !lenient, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badManifest(what, [problem(what, 'UTF-8', 'other bytes', `${what} is not valid UTF-8; save it as UTF-8.`)], cause);
  }
}

/** Everything in the tree that YAML allows and this format does not. */
function forbiddenIn(document: Document.Parsed, line: (offset: number) => string): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const refuse = (offset: number | undefined, expected: string, received: string, message: string): void => {
    problems.push(problem(line(offset ?? 0), expected, received, `${line(offset ?? 0)}: ${message}`));
  };
  visit(document, {
    Node(_key, node) {
      const offset = node.range?.[0];
      if (isAlias(node)) { refuse(offset, 'the value itself', `the alias *${node.source}`, `the alias *${node.source} is not allowed; write the value itself.`); return; }
      if (node.tag !== undefined) refuse(offset, 'no tag', node.tag, `the tag ${node.tag} is not allowed; remove it.`);
      if ('anchor' in node && node.anchor !== undefined && node.anchor !== '') refuse(offset, 'no anchor', `&${node.anchor}`, `the anchor &${node.anchor} is not allowed; remove it.`);
      if (isScalar(node) && typeof node.value === 'number') {
        const written = node.source ?? String(node.value);
        if (!Number.isFinite(node.value)) refuse(offset, 'a finite number', written, `${written} is not a number that JSON knows.`);
        else if (Number.isInteger(node.value) && !Number.isSafeInteger(node.value)) refuse(offset, 'a number that is kept exactly', written, `${written} is too large to be kept exactly; put it in quotes.`);
      }
    },
    Map(_key, map) {
      for (const pair of map.items) {
        const offset = isScalar(pair.key) || isMap(pair.key) ? pair.key.range?.[0] : map.range?.[0];
        const key = isScalar(pair.key) ? pair.key.value : undefined;
        if (isScalar(pair.key) && key === '<<' && pair.key.type === 'PLAIN') refuse(offset, 'the keys themselves', 'a merge key', 'the merge key << is not allowed; write the keys themselves.');
        else if (typeof key !== 'string') refuse(offset, 'a text as key', JSON.stringify(key) ?? 'another value', 'a key has to be a text; put it in quotes.');
        else if (key === '__proto__') refuse(offset, 'no such key', '__proto__', '__proto__ is not a key of this format; remove it.');
      }
    },
  });
  return problems;
}

/**
 * Reads one YAML document as plain JSON: YAML 1.2 core schema, one document, at most 256 KiB of strict UTF-8; directives,
 * tags, anchors, aliases, merge keys, repeated keys, keys that are no text and inexact integers are refused.
 * @throws AppError `plugins/bad-manifest` with `details.problems`
 */
export const readStrictYaml = (source: string | Uint8Array, what: string): unknown => readYaml(source, what, false);

/** `readStrictYaml`; lenient, it takes whatever the parser makes sense of: tests show by it what strictness holds back. */
export function readYaml(source: string | Uint8Array, what: string, lenient: boolean): unknown {
  const text = textOf(source, what, lenient);
  const lines = new LineCounter();
  let documents: Document.Parsed[];
  try {
    const parsed = parseAllDocuments(text, { version: '1.2', schema: 'core', merge: lenient, strict: true, uniqueKeys: !lenient, stringKeys: false, lineCounter: lines, logLevel: 'silent' });
    documents = 'empty' in parsed ? [] : parsed;
  } catch (cause) {
    // Deep nesting overflows the parser's stack; nothing of it is kept.
    throw badManifest(what, [problem(what, 'YAML', 'something else', `${what} cannot be read as YAML; it is nested too deep.`)], cause);
  }
  const line = (offset: number): string => `${what} line ${lines.linePos(offset).line}`;
  const [document, ...others] = documents;
  if (!document) throw badManifest(what, [problem(what, 'one document', 'nothing', `${what} is empty.`)]);
  if (others.length > 0 && !lenient) throw badManifest(what, [problem(what, 'one document', `${documents.length} documents`, `${what} holds ${documents.length} documents; it has to be one.`)]);
  const failures = [...document.errors, ...document.warnings].map((error) => problem(line(error.pos[0]), 'YAML', error.code, `${line(error.pos[0])}: ${error.message.split('\n')[0] ?? 'is not YAML'}`));
  if (/^%/m.test(text.slice(0, document.contents?.range[0] ?? 0))) failures.push(problem(`${what} line 1`, 'no directive', 'a % line', `${what} begins with a directive; remove the lines that begin with %.`));
  const problems = [...failures, ...forbiddenIn(document, line)];
  if (problems.length > 0 && !lenient) throw badManifest(what, problems);
  try {
    return document.toJS({ maxAliasCount: lenient ? -1 : 0 }) as unknown;
  } catch (cause) {
    throw badManifest(what, [problem(what, 'YAML', 'something else', `${what} cannot be read as YAML; it is nested too deep.`)], cause);
  }
}
