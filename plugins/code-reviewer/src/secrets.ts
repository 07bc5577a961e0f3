import { excerptOf, type Finding } from './findings.ts';

interface SecretRule { readonly rule: string; readonly pattern: RegExp; readonly what: string }

/** Shapes that the issuers of keys document; each begins with a mark of its own. */
const RULES: readonly SecretRule[] = [
  { rule: 'secret/private-key', pattern: /-{5}BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY-{5}/gu, what: 'a private key' },
  { rule: 'secret/aws-key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/gu, what: 'an AWS access key' },
  { rule: 'secret/github-token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})/gu, what: 'a GitHub token' },
  { rule: 'secret/slack-token', pattern: /\bxox[abprs]-[A-Za-z0-9-]{10,}/gu, what: 'a Slack token' },
  { rule: 'secret/google-key', pattern: /\bAIza[0-9A-Za-z_-]{35}/gu, what: 'a Google API key' },
  { rule: 'secret/stripe-key', pattern: /\b[rs]k_live_[0-9A-Za-z]{20,}/gu, what: 'a Stripe live key' },
  { rule: 'secret/model-key', pattern: /\bsk-(?:[a-z]{2,10}-)?[A-Za-z0-9_-]{32,}/gu, what: 'a key of a model provider' },
  { rule: 'secret/jwt', pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/gu, what: 'a signed token (JWT)' },
  { rule: 'secret/url-password', pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"']{1,80}:([^\s:/@"'${}<>]{3,80})@/giu, what: 'a password inside an address' },
];

/** `password = "…"`: the name says secret and the value is a literal that is none of the usual stand-ins. */
const ASSIGNED = /\b([\w.-]{0,40}(?:password|passwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|private[_-]?key|client[_-]?secret)[\w-]{0,20})["']?\s*(?::=|=>|[:=])\s*["'`]([^"'`\s]{6,200})["'`]/giu;
const STAND_IN = /^(?:x+|\*+|\.+|change[-_]?me|your[-_].*|example.*|test.*|dummy.*|placeholder.*|todo|none|null|undefined|secret|password|<.*>|\$\{.*|\{\{.*|%.*%|process\.env.*|os\.environ.*)$/iu;

/** How many bits a character of the text carries; words have about 3, random keys more than 3.5. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

/** Enough to find it, too little to use it. */
const masked = (value: string): string => `${value.slice(0, 4)}${'•'.repeat(Math.min(12, Math.max(3, value.length - 4)))}`;

/** Strings of one line that look like secrets. The value itself never leaves: the excerpt shows its first four signs. */
export function secretsIn(text: string, path: string, line: number): Finding[] {
  const found: Finding[] = [];
  const spans: { from: number; to: number; value: string }[] = [];
  const add = (rule: string, what: string, severity: 'high' | 'medium', from: number, value: string): void => {
    if (spans.some((span) => from < span.to && from + value.length > span.from)) return;
    spans.push({ from, to: from + value.length, value });
    found.push({ path, line, severity, rule, message: `This looks like ${what}. Take it out, put it into a secret store, and replace it at its issuer: what was committed counts as known.`, excerpt: '' });
  };
  for (const { rule, pattern, what } of RULES) {
    for (const match of text.matchAll(pattern)) {
      const value = match[1] ?? match[0];
      add(rule, what, 'high', match.index + match[0].lastIndexOf(value), value);
    }
  }
  for (const match of text.matchAll(ASSIGNED)) {
    const [whole, name = '', value = ''] = match;
    if (STAND_IN.test(value)) continue;
    add('secret/assigned', `a secret written into "${name}"`, entropyOf(value) >= 3 ? 'high' : 'medium', match.index + whole.lastIndexOf(value), value);
  }
  const shown = spans.reduce((rest, { value }) => rest.replaceAll(value, masked(value)), text);
  return found.map((finding) => ({ ...finding, excerpt: excerptOf(shown) }));
}
