import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import type { CatalogDetail } from '../../../../contract/model/catalog.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { Facts } from '../../../components/facts/facts.tsx';
import { OutsideLink } from '../../../components/markdown/outside-link.tsx';
import { RelativeTime } from '../../../components/relative-time/relative-time.tsx';
import { formatBytes } from '../../../lib/format.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './panel.module.css';

/** What the catalog knows besides: size, licence, where help is. */
export function DetailPanel({ detail }: { detail: CatalogDetail }) {
  const t = useText();
  const { locale } = useIntl();
  const categories = useCall('catalog', 'categories', {});
  const registries = useCall('catalog', 'status', {});
  const current = detail.versions.find(({ version }) => version === detail.version);
  const nameOf = (slug: string): string => categories.data?.categories.find((category) => category.slug === slug)?.name ?? slug;
  const outside = (href: string | null, words: string) => (href === null ? null : <OutsideLink href={href} words={words}>{words}</OutsideLink>);
  const listed = (items: readonly { key: string; to: string; words: string }[]) => (items.length === 0 ? null : <span className={classes.links}>{items.map(({ key, to, words }) => <Link key={key} to={to}>{words}</Link>)}</span>);
  return (
    <section className={classes.root}>
      <h2 className={classes.heading}><T id="plugin.details" /></h2>
      <Facts facts={[
        [t('plugin.version'), detail.version],
        [t('plugin.updated'), <RelativeTime key="at" at={detail.publishedAt} />],
        [t('plugin.size'), current ? formatBytes(current.size, locale) : null],
        [t('plugin.license'), detail.license ?? t('plugin.unknownLicense')],
        [t('plugin.tier'), <span key="publisher" className={classes.links}><Link to={`/marketplace?publisher=${encodeURIComponent(detail.publisher.id)}`}>{detail.publisher.name}</Link>{t(`market.tier.${detail.publisher.tier}`)}</span>],
        [t('plugin.registry'), registries.data?.registries.find(({ id }) => id === detail.registry)?.name ?? detail.registry],
        [t('plugin.categories'), listed(detail.categories.map((slug) => ({ key: slug, to: `/marketplace?category=${encodeURIComponent(slug)}`, words: nameOf(slug) })))],
        [t('plugin.tags'), listed(detail.tags.map((tag) => ({ key: tag, to: `/marketplace?tag=${encodeURIComponent(tag)}`, words: tag })))],
        [t('plugin.website'), outside(detail.publisher.website, hostOf(detail.publisher.website))],
        [t('plugin.docs'), outside(detail.docsUrl, hostOf(detail.docsUrl))],
        [t('plugin.support'), outside(detail.supportEmail === null ? null : `mailto:${detail.supportEmail}`, detail.supportEmail ?? '')],
        [t('plugin.id'), <span key="id" className={classes.mono}>{detail.id}</span>],
      ]} />
    </section>
  );
}

const hostOf = (address: string | null): string => (address !== null && URL.canParse(address) ? new URL(address).host : (address ?? ''));
