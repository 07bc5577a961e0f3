import type { ProviderPreset } from '../../../../contract/model/model-ref.ts';
import type { CallError } from '../../../bridge/procedures.ts';

/** What the person entered. */
export interface ProviderDraft { preset: string | null; address: string; key: string; name: string }
/** Message ids by field; `form` is for what no field can mend. */
export interface ProviderProblems { address?: string; key?: string; name?: string }

/** What is wrong with a draft before it is sent. `known`: the preset that it names. */
export function checkDraft({ address, key }: ProviderDraft, known: ProviderPreset | undefined): ProviderProblems {
  const trimmed = address.trim();
  const problems: ProviderProblems = {};
  if (trimmed === '') problems.address = 'settings.models.addressMissing';
  else if (!URL.canParse(trimmed) || !/^https?:$/.test(new URL(trimmed).protocol)) problems.address = 'settings.models.addressWrong';
  if (known?.needsKey && key.trim() === '') problems.key = 'settings.models.keyMissing';
  return problems;
}

/** The field at which an answer of the core stands; null: none of them. */
export function fieldOf(error: CallError): 'address' | 'key' | null {
  if (error.code === 'models/unauthorized' || error.code === 'models/no-key' || error.code === 'models/no-credit') return 'key';
  if (error.code === 'core/bad-input' || error.code === 'models/unreachable' || error.code === 'models/bad-answer' || error.code === 'models/not-found') return 'address';
  return null;
}
