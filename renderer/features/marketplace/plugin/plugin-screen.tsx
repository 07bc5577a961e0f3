import { Alert, Button, Skeleton, Tabs } from '@mantine/core';
import { PackageSearch, SearchX, TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { hasCode } from '../../../../contract/errors/app-error.ts';
import type { CatalogDetail } from '../../../../contract/model/catalog.ts';
import type { InstalledPlugin } from '../../../../contract/model/plugin.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { PermissionList } from '../../../components/permission-list/permission-list.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { T, useText } from '../../../lib/text.tsx';
import { noteViewed } from '../discover/recent.ts';
import { AlsoFrom, OtherSource } from './also-from.tsx';
import { ActivityTab } from './activity-tab.tsx';
import { ConfigurationList } from './configuration-list.tsx';
import { ConfigurationTab } from './configuration-tab.tsx';
import { ControlPanel } from './control-panel.tsx';
import { DependenciesTab } from './dependencies-tab.tsx';
import { DetailPanel } from './detail-panel.tsx';
import { Figures } from './figures.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { LinkNotice, useLinked, usePluginDetail } from './linked.tsx';
import { PluginHeader } from './plugin-header.tsx';
import classes from './plugin-screen.module.css';
import { ReviewsTab } from './reviews-tab.tsx';
import { VersionsTab } from './versions-tab.tsx';

const TABS = ['overview', 'permissions', 'configuration', 'versions', 'reviews', 'dependencies', 'activity'] as const;
type Tab = typeof TABS[number];

/** One plugin: what it is before it is installed, how to control it afterwards. */
export function PluginScreen() {
  const t = useText();
  const { id = '' } = useParams();
  const [address] = useSearchParams();
  const detail = usePluginDetail(id);
  const list = useCall('plugins', 'list', {});
  const installed = list.data?.plugins.find((plugin) => plugin.id === id);
  const shown = detail.data ?? installed;
  const nameOf = (one: string): string => list.data?.plugins.find((plugin) => plugin.id === one)?.name ?? one;
  const linked = useLinked(detail.data);
  usePageTitle(shown?.name ?? id);
  const viewed = detail.data;
  const [viewedId, viewedName, viewedIcon] = [viewed?.id, viewed?.name, viewed?.icon?.sha512 ?? null];
  useEffect(() => { if (viewedId !== undefined && viewedName !== undefined) noteViewed({ id: viewedId, name: viewedName, icon: viewedIcon }); }, [viewedId, viewedName, viewedIcon]);
  const instead = viewed?.versions.find(({ version }) => version === viewed.version)?.useInstead;

  if (detail.isPending || list.isPending) return <PluginSkeleton />;
  if (!shown) {
    if (!hasCode(detail.error, 'catalog/not-found', 'core/bad-input')) return <Failure level={1} error={detail.error} kept="market.failedKept" onRetry={() => { void detail.refetch(); }} />;
    return <EmptyState level={1} icon={<SearchX size={22} />} title={t('plugin.notFound', { id })} line={<T id={linked.otherRegistry === 'unknown' ? 'plugin.link.addRegistry' : 'plugin.notFoundLine'} />} action={<Button component={Link} to="/marketplace"><T id="plugin.back" /></Button>} />;
  }
  return (
    <div className={classes.root}>
      <PluginHeader plugin={shown} detail={detail.data} installed={installed} linked={linked} />
      <LinkNotice linked={linked} detail={detail.data} installed={installed} />
      {installed?.sideLoaded && <Alert icon={<TriangleAlert size={16} />} color="orange" title={<T id="fromHere.mark" />} classNames={{ title: classes.misfit ?? '' }}><T id="fromHere.markLine" /></Alert>}
      {!detail.data && !installed?.sideLoaded && <Alert icon={<TriangleAlert size={16} />} color="gray" title={<T id="plugin.gone" />}><T id="plugin.goneLine" /></Alert>}
      {(detail.data?.incompatibleBecause ?? []).length > 0 && (
        <Alert icon={<TriangleAlert size={16} />} color="orange" title={<T id="plugin.incompatible" />} classNames={{ title: classes.misfit ?? '' }}>
          {detail.data?.incompatibleBecause.map((reason) => <div key={reason}>{reason}</div>)}
          {instead && instead.id !== id && <Link to={`/marketplace/${instead.id}`}>{t('plugin.useInstead', { name: nameOf(instead.id) })}</Link>}
        </Alert>
      )}
      {detail.data && installed && <OtherSource detail={detail.data} installed={installed} />}
      {!installed && (detail.data?.lacks ?? []).length > 0 && <Alert icon={<PackageSearch size={16} />} color="gray" title={<T id="plugin.lacks" />}>{detail.data?.lacks.map((lack) => <div key={lack}>{lack}</div>)}</Alert>}
      <div className={classes.columns}>
        <PluginTabs detail={detail.data} installed={installed} nameOf={nameOf} />
        <aside className={classes.side}>
          {installed && <ControlPanel plugin={installed} detail={detail.data?.registry === installed.registry ? detail.data : undefined} nameOf={nameOf} />}
          {detail.data && <DetailPanel detail={detail.data} />}
          {detail.data && <AlsoFrom detail={detail.data} />}
          {detail.data && <Figures detail={detail.data} ratings={address.get('tab') !== 'reviews'} />}
        </aside>
      </div>
    </div>
  );
}

function PluginTabs({ detail, installed, nameOf }: { detail: CatalogDetail | undefined; installed: InstalledPlugin | undefined; nameOf: (id: string) => string }) {
  const t = useText();
  const [address, setAddress] = useSearchParams();
  const asked = address.get('tab');
  const usable = (detail ? TABS : (['overview', 'permissions', 'configuration', 'activity'] as const)).filter((name) => name !== 'activity' || installed !== undefined);
  const tab = usable.find((candidate) => candidate === asked) ?? 'overview';
  const source = detail ?? installed;
  if (!source) return null;
  const choose = (next: string | null): void => {
    setAddress((before) => {
      before.delete('tab');
      if (next !== null && next !== 'overview') before.set('tab', next);
      return before;
    }, { replace: true });
  };
  const body: Record<Tab, React.ReactNode> = {
    overview: <OverviewTab pricing={detail?.pricing ?? null} pluginId={source.id} name={source.name} description={detail?.longDescription ?? ''} capabilities={source.capabilities} installed={installed !== undefined} screenshots={detail?.screenshots ?? []} demoVideo={detail?.demoVideo ?? null} />,
    permissions: <PermissionList permissions={installed?.permissions ?? source.permissions} />,
    configuration: installed ? <ConfigurationTab pluginId={installed.id} /> : <ConfigurationList keys={source.configuration} />,
    activity: <ActivityTab pluginId={source.id} />,
    versions: detail ? <VersionsTab detail={detail} installed={installed} nameOf={nameOf} /> : null,
    reviews: detail ? <ReviewsTab detail={detail} /> : null,
    dependencies: detail ? <DependenciesTab detail={detail} nameOf={nameOf} /> : null,
  };
  return (
    <Tabs value={tab} onChange={choose} keepMounted={false} className={classes.tabs ?? ''}>
      <Tabs.List aria-label={t('plugin.tabs')} className={classes.tabList ?? ''}>{usable.map((name) => <Tabs.Tab key={name} value={name}><T id={`plugin.tab.${name}`} /></Tabs.Tab>)}</Tabs.List>
      {usable.map((name) => <Tabs.Panel key={name} value={name} pt={20}>{body[name]}</Tabs.Panel>)}
    </Tabs>
  );
}

function PluginSkeleton() {
  return (
    <div className={classes.root} aria-busy>
      <h1 className="unseen"><T id="frame.loading" /></h1>
      <div className={classes.header}><Skeleton width={64} height={64} radius={12} /><div className={classes.headerWords}><Skeleton height={20} width={220} mb={10} /><Skeleton height={12} width={320} maw="100%" /></div></div>
      <Skeleton height={36} mt={20} mb={24} />
      <Skeleton height={12} mb={10} /><Skeleton height={12} mb={10} width="90%" /><Skeleton height={12} width="70%" />
    </div>
  );
}
