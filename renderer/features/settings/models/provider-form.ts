import type { Provider, ProviderPreset } from '../../../../contract/model/model-ref.ts';
import type { CallError } from '../../../bridge/procedures.ts';

/** What the person entered. */
export interface ProviderDraft { preset: string | null; address: string; key: string; name: string }
/** Message ids by field; `form` is for what no field can mend. */
export interface ProviderProblems { address?: string; key?: string; name?: string }

/** Whether the key that is there may stay: it goes to no other host than it was entered for. */
export function keyAsked({ address, key }: ProviderDraft, provider: Provider | null): 'kept' | 'moved' | 'new' {
  if (!provider?.hasKey || key.trim() !== '') return 'new';
  return URL.parse(address.trim())?.origin === URL.parse(provider.baseUrl)?.origin ? 'kept' : 'moved';
}

/** What is wrong with a draft before it is sent. `known`: the preset that it names; `provider`: the one that is changed. */
export function checkDraft(draft: ProviderDraft, known: ProviderPreset | undefined, provider: Provider | null): ProviderProblems {
  const { address, key, name } = draft;
  const trimmed = address.trim();
  const problems: ProviderProblems = {};
  if (trimmed === '') problems.address = 'settings.models.addressMissing';
  else if (!URL.canParse(trimmed) || !/^https?:$/.test(new URL(trimmed).protocol)) problems.address = 'settings.models.addressWrong';
  const asked = keyAsked(draft, provider);
  if (asked === 'moved' && problems.address === undefined) problems.key = 'settings.models.keyMoved';
  if (asked === 'new' && known?.needsKey && key.trim() === '') problems.key = 'settings.models.keyMissing';
  if (provider !== null && name.trim() === '') problems.name = 'settings.models.nameMissing';
  return problems;
}

/** The field at which an answer of the core stands; null: none of them. */
export function fieldOf(error: CallError): 'address' | 'key' | null {
  if (error.code === 'models/unauthorized' || error.code === 'models/no-key' || error.code === 'models/no-credit') return 'key';
  if (error.code === 'core/bad-input' || error.code === 'models/unreachable' || error.code === 'models/bad-answer' || error.code === 'models/not-found') return 'address';
  return null;
}
