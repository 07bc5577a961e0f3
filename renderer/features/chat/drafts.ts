import { create } from 'zustand';
import { persist } from 'zustand/middleware';

const MOST = 50;
const LONGEST = 20_000;

interface Drafts { drafts: Record<string, string> }

/** What was typed and not sent, by conversation; kept over a reload: the newest fifty, of each the first 20,000 characters. */
export const useDrafts = create<Drafts>()(persist(() => ({ drafts: {} }) as Drafts, {
  name: 'troupe-drafts', version: 1,
  partialize: ({ drafts }) => ({ drafts: Object.fromEntries(Object.entries(drafts).map(([key, text]) => [key, text.slice(0, LONGEST)])) }),
}));

/** The name of the draft for a conversation that does not exist yet. */
export const newDraft = (hireId: string): string => `new:${hireId}`;

export function setDraft(key: string, text: string): void {
  useDrafts.setState(({ drafts }) => {
    const { [key]: _, ...others } = drafts;
    if (text === '') return { drafts: others };
    const kept = Object.entries(others).slice(-(MOST - 1));
    return { drafts: { ...Object.fromEntries(kept), [key]: text } };
  });
}
