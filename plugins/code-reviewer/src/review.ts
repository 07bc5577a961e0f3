import { countOf, excerptOf, inOrder, verdictOf, type Finding } from './findings.ts';
import { functionsOf, type Measured } from './functions.ts';
import { guessLanguage, languageOf, type Language } from './languages.ts';
import { linesOf, type CodeLine } from './lines.ts';
import { RULES } from './rules.ts';
import { secretsIn } from './secrets.ts';

const MAX_FINDINGS = 200;
const LONG_FUNCTION = 60;
const COMPLEX = 12;
const DEEP = 5;
const MANY_PARAMETERS = 6;
const LONG_LINE = 200;
const LONG_FILE = 600;

/** What the rules say of one line. */
export function lineFindings(line: CodeLine, language: Language, path: string, number: number): Finding[] {
  const found = RULES.filter((rule) => (rule.languages === undefined || rule.languages.includes(language.name) || (language.name === 'unknown' && rule.id.startsWith('risk/'))) && rule.pattern.test(line[rule.within ?? 'bare']))
    .map((rule): Finding => ({ path, line: number, severity: rule.severity, rule: rule.id, message: rule.message, excerpt: excerptOf(line.text) }));
  const secrets = secretsIn(line.text, path, number);
  // A line that holds a secret is shown with the secret covered, whatever else is said of it.
  return [...found.map((finding) => (secrets[0] ? { ...finding, excerpt: secrets[0].excerpt } : finding)), ...secrets];
}

function shapeFindings(functions: readonly Measured[], lines: readonly CodeLine[], path: string): Finding[] {
  const finding = (line: number, rule: string, severity: Finding['severity'], message: string): Finding => ({ path, line, severity, rule, message, excerpt: secretsIn(lines[line - 1]?.text ?? '', path, line)[0]?.excerpt ?? excerptOf(lines[line - 1]?.text ?? '') });
  const found = functions.flatMap((one): Finding[] => [
    ...(one.lines > LONG_FUNCTION ? [finding(one.line, 'shape/long-function', 'medium', `${one.name} has ${one.lines} lines; more than ${LONG_FUNCTION} are hard to hold in mind. Give its parts names of their own.`)] : []),
    ...(one.complexity > COMPLEX ? [finding(one.line, 'shape/complex-function', 'medium', `${one.name} has ${one.complexity} ways through it; more than ${COMPLEX} are hard to test. Take branches out into functions or a table.`)] : []),
    ...(one.depth > DEEP ? [finding(one.line, 'shape/deep-nesting', 'low', `${one.name} nests ${one.depth} blocks deep. Return early, or take the inner part out.`)] : []),
    ...(one.parameters > MANY_PARAMETERS ? [finding(one.line, 'shape/many-parameters', 'low', `${one.name} takes ${one.parameters} parameters. Pass an object with names.`)] : []),
  ]);
  const long = lines.findIndex((line) => line.text.length > LONG_LINE);
  if (long >= 0) found.push(finding(long + 1, 'shape/long-line', 'low', `A line has ${lines[long]?.text.length ?? 0} characters. Break it, so that a change of it can be read.`));
  if (lines.length > LONG_FILE) found.push(finding(1, 'shape/long-file', 'low', `The file has ${lines.length} lines. Look for a part that stands on its own.`));
  return found;
}

export interface Reviewed { path: string; language: string; lines: number; code_lines: number; comment_lines: number; functions: Measured[]; findings: Finding[] }

/** Everything that the rules say of a whole file. */
export function reviewText(code: string, path: string): Reviewed {
  const named = languageOf(path);
  const language = named.name === 'text' ? guessLanguage(code) : named;
  const lines = linesOf(code.replace(/\n$/u, ''), language);
  const functions = functionsOf(lines, language);
  const findings = inOrder([...lines.flatMap((line, index) => lineFindings(line, language, path, index + 1)), ...shapeFindings(functions, lines, path)]);
  return { path, language: language.name, lines: lines.length, code_lines: lines.filter(({ code: rest }) => rest.trim() !== '').length, comment_lines: lines.filter(({ comment }) => comment !== '').length, functions, findings };
}

/** The answer of a tool that reviewed one text. */
export function answerOf(reviewed: Reviewed) {
  const { findings, functions, ...file } = reviewed;
  const hardest = [...functions].sort((a, b) => b.complexity - a.complexity || b.lines - a.lines).slice(0, 5);
  return { verdict: verdictOf(findings, file.path), ...file, functions: functions.length, most_complex: hardest, counts: countOf(findings), findings: findings.slice(0, MAX_FINDINGS), truncated: findings.length > MAX_FINDINGS };
}

export { MAX_FINDINGS };
