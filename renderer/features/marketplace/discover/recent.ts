import { create } from 'zustand';
import { persist } from 'zustand/middleware';

const MOST = 8;

export interface RecentPlugin { id: string; name: string; icon: string | null }
interface Recent { plugins: readonly RecentPlugin[] }

/** Plugins whose pages were opened last, newest first; kept in this window's own storage. */
export const useRecent = create<Recent>()(persist(() => ({ plugins: [] }) as Recent, { name: 'troupe-recent-plugins', version: 1 }));

export function noteViewed(plugin: RecentPlugin): void {
  useRecent.setState(({ plugins }) => ({ plugins: [plugin, ...plugins.filter(({ id }) => id !== plugin.id)].slice(0, MOST) }));
}

export const forgetViewed = (): void => { useRecent.setState({ plugins: [] }); };
