import { useEffect } from 'react';
import { createStore } from 'zustand/vanilla';

/** Where the person is: shown in the top bar and in the window's title, told to screen readers after a change. */
export const pageTitle = createStore<{ title: string }>(() => ({ title: '' }));

/** Names the place while the component is shown: `usePageTitle(t('plugins.title'))`. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    pageTitle.setState({ title });
    document.title = title === '' ? 'Troupe' : `${title} · Troupe`;
  }, [title]);
}
