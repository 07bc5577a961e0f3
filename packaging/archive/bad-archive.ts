import { AppError } from '../../contract/errors/app-error.ts';

/** `reason` is stable and for tests and logs; `message` is a whole sentence for people. */
export const badArchive = (reason: string, message: string, details: Record<string, unknown> = {}, cause?: unknown): AppError =>
  new AppError('plugins/bad-archive', message, { details: { reason, ...details }, ...(cause === undefined ? {} : { cause }) });

/** What an archive is held to, by the `reason` of its refusals; `yaml` is that of documents, `record` what the catalog signed. */
export type Rule = 'gzip' | 'trailing' | 'tar' | 'header' | 'pax' | 'kind' | 'link' | 'name' | 'top-level' | 'duplicate' | 'too-many' | 'too-large' | 'code' | 'yaml' | 'record';

/** Rules that are not held to: none, but in tests, which switch one off to show that what it holds back then gets through. */
export type Off = ReadonlySet<Rule>;
export const NONE_OFF: Off = new Set();

/** Throws `plugins/bad-archive`, unless the rule is off. */
export function refuse(off: Off, rule: Rule, message: string, details: Record<string, unknown> = {}): void {
  if (!off.has(rule)) throw badArchive(rule, message, details);
}
