import { create } from 'zustand';

export const MOST_COMPARED = 3;

interface Chosen { plugins: readonly { id: string; name: string }[] }

/** What the person put aside to compare; it lives as long as the window. */
export const useChosen = create<Chosen>()(() => ({ plugins: [] }));

/** Puts a plugin aside or takes it away again; a fourth one pushes out the first. */
export function toggleChosen(plugin: { id: string; name: string }): void {
  useChosen.setState(({ plugins }) => ({
    plugins: plugins.some(({ id }) => id === plugin.id) ? plugins.filter(({ id }) => id !== plugin.id) : [...plugins, { id: plugin.id, name: plugin.name }].slice(-MOST_COMPARED),
  }));
}

export const clearChosen = (): void => { useChosen.setState({ plugins: [] }); };

/** The address of the page that sets these side by side. */
export const compareAddress = (ids: readonly string[]): string => `/marketplace/compare?ids=${ids.map(encodeURIComponent).join(',')}`;
