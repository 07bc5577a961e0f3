import { createStore } from 'zustand/vanilla';

/** The page's one polite live region. */
export const announcements = createStore<{ text: string }>(() => ({ text: '' }));

/** Tells a screen reader something that the eyes see anyway: `announce(t('market.found', { count }))`. */
export const announce = (text: string): void => { announcements.setState({ text }); };
