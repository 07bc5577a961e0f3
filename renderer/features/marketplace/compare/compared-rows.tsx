import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { CatalogDetail } from '../../../../contract/model/catalog.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { usePermissionText } from '../../../components/permission-list/permission-list.tsx';
import { formatBytes } from '../../../lib/format.ts';
import { useText } from '../../../lib/text.tsx';
import classes from './compare.module.css';

/** One line of the comparison. Two plugins differ in it when their texts do; `show` when a list says more than one text. */
export interface ComparedRow { id: string; text: (detail: CatalogDetail) => string; show?: (detail: CatalogDetail) => ReactNode }

export function useComparedRows(): ComparedRow[] {
  const t = useText();
  const intl = useIntl();
  const words = usePermissionText();
  const registries = useCall('catalog', 'status', {}).data?.registries ?? [];
  const categories = useCall('catalog', 'categories', {}).data?.categories ?? [];
  const permissions = ({ permissions: asked }: CatalogDetail): string[] => asked.map(words).sort((a, b) => a.localeCompare(b));
  const capabilities = (detail: CatalogDetail): string[] => detail.capabilities.map(({ kind, name }) => `${t(`market.kind.${kind}`)}: ${name}`);
  const needs = (detail: CatalogDetail): string[] => (current(detail)?.dependencies ?? []).filter(({ foreign }) => !foreign).map(({ id, range }) => t('compare.need', { id, range }));
  const listed = (id: string, items: (detail: CatalogDetail) => string[], none: string): ComparedRow => ({
    id, text: (detail) => [...items(detail)].sort().join('\n'),
    show: (detail) => { const all = items(detail); return all.length === 0 ? t(none) : <ul className={classes.list}>{all.map((item) => <li key={item}>{item}</li>)}</ul>; },
  });
  return [
    { id: 'compare.publisher', text: ({ publisher }) => `${publisher.name}, ${t(`market.tier.${publisher.tier}`)}${publisher.verified ? `, ${t('market.verified')}` : ''}` },
    { id: 'market.price', text: ({ priceModel }) => t(`market.price.${priceModel}`) },
    { id: 'market.rating', text: ({ rating, ratings }) => (rating === null ? t('compare.unrated') : t('market.ratings', { rating: rating.toFixed(1), count: ratings })) },
    { id: 'compare.installs', text: ({ installs }) => intl.formatNumber(installs) },
    listed('compare.capabilities', capabilities, 'compare.none'),
    listed('plugin.tab.permissions', permissions, 'permission.none'),
    listed('compare.needs', needs, 'plugin.noDependencies'),
    { id: 'plugin.size', text: (detail) => { const size = current(detail)?.size; return size === undefined ? t('compare.unknown') : formatBytes(size, intl.locale); } },
    { id: 'plugin.license', text: ({ license }) => license ?? t('plugin.unknownLicense') },
    { id: 'plugin.version', text: ({ version }) => version },
    { id: 'plugin.updated', text: ({ publishedAt }) => intl.formatDate(publishedAt, { dateStyle: 'medium' }) },
    { id: 'compare.versions', text: ({ versions }) => intl.formatNumber(versions.filter(({ withdrawn }) => withdrawn === null).length) },
    { id: 'plugin.categories', text: (detail) => detail.categories.map((slug) => categories.find((category) => category.slug === slug)?.name ?? slug).join(', ') },
    { id: 'compare.fits', text: ({ incompatibleBecause }) => (incompatibleBecause.length === 0 ? t('compare.fitsYes') : incompatibleBecause.join(' ')) },
    { id: 'plugin.registry', text: ({ registry }) => registries.find(({ id }) => id === registry)?.name ?? registry },
  ];
}

const current = (detail: CatalogDetail) => detail.versions.find(({ version }) => version === detail.version);
