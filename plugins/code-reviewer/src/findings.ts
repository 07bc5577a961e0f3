export type Severity = 'high' | 'medium' | 'low';
export interface Finding { path: string; line: number; severity: Severity; rule: string; message: string; excerpt: string }

const RANK: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2 };
const MAX_EXCERPT = 160;

export const excerptOf = (text: string): string => { const short = text.trim(); return short.length > MAX_EXCERPT ? `${short.slice(0, MAX_EXCERPT - 1)}…` : short; };

/** The gravest first, then by place. */
export const inOrder = (findings: readonly Finding[]): Finding[] => [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity] || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) || a.line - b.line);

export const countOf = (findings: readonly Finding[]): Record<Severity, number> => ({ high: findings.filter(({ severity }) => severity === 'high').length, medium: findings.filter(({ severity }) => severity === 'medium').length, low: findings.filter(({ severity }) => severity === 'low').length });

/** One sentence on what was found. */
export function verdictOf(findings: readonly Finding[], what: string): string {
  const { high, medium, low } = countOf(findings);
  if (findings.length === 0) return `No rule found anything in ${what}. Rules see patterns, not intent: read it nevertheless.`;
  const parts = [high > 0 && `${high} to fix before merging`, medium > 0 && `${medium} to look at`, low > 0 && `${low} minor`].filter((part) => part !== false);
  return `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} in ${what}: ${parts.join(', ')}.`;
}
