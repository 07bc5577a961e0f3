import { valueProblem, type ConfigurationField, type ConfigurationValue } from '../../contract/model/configuration.ts';

/** What the person changed, by key: text as typed, a switch, or null for "as the default says". */
export type ConfigurationDraft = ReadonlyMap<string, string | boolean | null>;

/** What is sent to the core. */
export interface ConfigurationChanges { set: Record<string, ConfigurationValue>; reset: string[]; secrets: Record<string, string> }

/** What a field of text shows: what was typed, else the value that was entered before. */
export function textOf(field: ConfigurationField, draft: ConfigurationDraft): string {
  const typed = draft.get(field.key);
  if (typed === null) return '';
  return typeof typed === 'string' ? typed : field.value === null ? '' : String(field.value);
}

/** Numbers as people type them, with a comma too; NaN for what is none. */
const numberOf = (text: string): number => (text.trim() === '' ? NaN : Number(text.trim().replace(',', '.')));

const valueOf = (field: ConfigurationField, typed: string | boolean): ConfigurationValue => (typeof typed === 'string' && field.type === 'number' ? numberOf(typed) : typeof typed === 'string' && field.type === 'url' ? typed.trim() : typed);

/** The message id of what is wrong with a field now; null when nothing is. A folder is picked elsewhere and never wrong here. */
export function problemOf(field: ConfigurationField, draft: ConfigurationDraft): string | null {
  if (field.type === 'folder') return null;
  const typed = draft.get(field.key);
  const empty = typed === null || typed === '' || (typeof typed === 'string' && typed.trim() === '');
  const inherits = field.default !== null && field.default !== undefined;
  if (typed === undefined || empty) {
    const stays = typed === undefined && field.isSet;
    return field.required && !stays && !(empty && inherits) ? 'configuration.problem.missing' : null;
  }
  if (field.type === 'secret') return null;
  const problem = valueProblem(field, valueOf(field, typed));
  return problem === undefined ? null : `configuration.problem.${problem}`;
}

/** The draft as what is to be done. Emptied fields go back to their default. */
export function changesOf(fields: readonly ConfigurationField[], draft: ConfigurationDraft): ConfigurationChanges {
  const changes: ConfigurationChanges = { set: {}, reset: [], secrets: {} };
  for (const field of fields) {
    const typed = draft.get(field.key);
    if (typed === undefined) continue;
    if (field.type === 'secret') {
      if (typeof typed === 'string' && typed !== '') changes.secrets[field.key] = typed;
    } else if (typed === null || (typeof typed === 'string' && typed.trim() === '')) {
      if (field.value !== null) changes.reset.push(field.key);
    } else if (valueOf(field, typed) !== field.value) changes.set[field.key] = valueOf(field, typed);
  }
  return changes;
}

export const isEmpty = ({ set, reset, secrets }: ConfigurationChanges): boolean => Object.keys(set).length + reset.length + Object.keys(secrets).length === 0;
