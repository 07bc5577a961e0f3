import { CircleAlert, CloudCheck, CloudOff, RefreshCw, type LucideIcon } from 'lucide-react';
import { useIntl } from 'react-intl';
import type { RegistryStatus } from '../../../contract/model/catalog.ts';
import { formatAgo } from '../../lib/format.ts';
import { troubledRegistry } from '../../lib/registry-state.ts';
import { useText } from '../../lib/text.tsx';
import { useNow } from '../relative-time/relative-time.tsx';

export interface CatalogAge { words: string; icon: LucideIcon; troubled: boolean }

/** How fresh the copies of the catalogs on this machine are, in one sentence; undefined until they are known. */
export function useCatalogAge(registries: readonly RegistryStatus[] | undefined, offline: boolean): CatalogAge | undefined {
  const t = useText();
  const { locale } = useIntl();
  const now = useNow();
  if (!registries) return undefined;
  const synced = registries.map(({ syncedAt }) => syncedAt).filter((at) => at !== null);
  const ago = formatAgo(Math.min(now, ...synced), now, locale);
  if (offline) return { words: synced.length === 0 ? t('frame.offline') : t('frame.offlineSynced', { ago }), icon: CloudOff, troubled: false };
  if (registries.some(({ syncing }) => syncing)) return { words: t('frame.syncing'), icon: RefreshCw, troubled: false };
  const trouble = troubledRegistry(registries, now);
  if (trouble) return { words: t(`frame.registry.${trouble.state}`, { name: trouble.registry.name }), icon: CircleAlert, troubled: true };
  return { words: t('frame.synced', { ago }), icon: CloudCheck, troubled: false };
}
