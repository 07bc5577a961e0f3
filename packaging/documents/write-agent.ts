import { stringify } from 'yaml';
import { AGENT_FIELDS } from '../../contract/manifest/index.ts';

const says = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);

/** What a document says, without keys that say nothing, in the order of the format; keys that it does not know stand last. */
export function tidyAgent(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const place = (key: string): number => { const at = AGENT_FIELDS.indexOf(key); return at < 0 ? AGENT_FIELDS.length : at; };
  const kept = Object.entries(value).filter(([, inner]) => says(inner));
  return Object.fromEntries(kept.toSorted(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1)));
}

/** One agent as YAML: the same value gives the same bytes, and what is read from them is written as the same bytes again. */
export function writeAgentDocument(value: Readonly<Record<string, unknown>>): string {
  return stringify(tidyAgent(value), { version: '1.2', schema: 'core', lineWidth: 0, minContentWidth: 0, aliasDuplicateObjects: false, blockQuote: 'literal' });
}
