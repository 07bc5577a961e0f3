import type { MemoryScope } from '../../../contract/model/memory.ts';

interface Place { scope: MemoryScope; scopeId?: string }

/** A place as it stands in the address: `shared`, `agent:<hire>` or `conversation:<id>`; undefined for all places and for what is none. */
export function placeOf(text: string | null): Place | undefined {
  if (text === 'shared') return { scope: 'shared' };
  const [, scope, scopeId] = /^(agent|conversation):([A-Za-z0-9_-]{1,64})$/.exec(text ?? '') ?? [];
  return (scope === 'agent' || scope === 'conversation') && scopeId !== undefined ? { scope, scopeId } : undefined;
}

export const keyOf = ({ scope, scopeId }: { scope: MemoryScope; scopeId?: string | null }): string => (scopeId == null ? scope : `${scope}:${scopeId}`);
