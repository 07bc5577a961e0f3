import { Alert, Button, CloseButton, Skeleton, Switch } from '@mantine/core';
import { Scale } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import { pluginIdSchema } from '../../../../contract/model/ids.ts';
import type { CatalogDetail } from '../../../../contract/model/catalog.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { useImage } from '../../../bridge/use-image.ts';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { PluginIcon } from '../../../components/plugin-icon/plugin-icon.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { T, useText } from '../../../lib/text.tsx';
import { compareAddress, MOST_COMPARED } from './chosen.ts';
import classes from './compare.module.css';
import { useComparedRows } from './compared-rows.tsx';

/** Up to three plugins side by side; what differs stands out. */
export function CompareScreen() {
  const t = useText();
  const [address] = useSearchParams();
  const ids = [...new Set((address.get('ids') ?? '').split(','))].filter((id) => pluginIdSchema.safeParse(id).success).slice(0, MOST_COMPARED);
  usePageTitle(t(ids.length === 0 ? 'compare.nothing' : 'compare.title'));
  // Always three, since hooks are counted; an unused one asks nothing.
  const answers = [useDetail(ids[0]), useDetail(ids[1]), useDetail(ids[2])].slice(0, ids.length);
  const details = answers.flatMap(({ data }) => (data ? [data] : []));
  if (ids.length === 0) return <EmptyState level={1} icon={<Scale size={22} />} title={<T id="compare.nothing" />} line={<T id="compare.nothingLine" />} action={<Button component={Link} to="/marketplace"><T id="plugin.back" /></Button>} />;
  const failed = answers.find(({ error }) => error !== null);
  const without = (id: string): string => compareAddress(ids.filter((one) => one !== id));
  return (
    <div className={classes.root}>
      <h1 className={classes.title}><T id="compare.title" /></h1>
      {failed && <Failure error={failed.error} compact kept="market.failedKept" onRetry={() => { for (const one of answers) if (one.error) void one.refetch(); }} />}
      {answers.some(({ isPending }) => isPending) ? <div aria-busy><Skeleton height={48} mb={16} /><Skeleton height={240} /></div> : details.length > 0 && <Table details={details} without={without} />}
      {details.length === 1 && !failed && <Alert color="gray"><T id="compare.oneMore" /></Alert>}
    </div>
  );
}

const useDetail = (id: string | undefined) => useCall('catalog', 'get', { id: id ?? '' }, { enabled: id !== undefined });

function Table({ details, without }: { details: readonly CatalogDetail[]; without: (id: string) => string }) {
  const t = useText();
  const [onlyDifferent, setOnlyDifferent] = useState(false);
  const rows = useComparedRows();
  const judged = rows.map((row) => ({ ...row, differs: new Set(details.map((detail) => row.text(detail))).size > 1 }));
  const shown = onlyDifferent ? judged.filter(({ differs }) => differs) : judged;
  return (
    <>
      {details.length > 1 && <Switch label={t('compare.onlyDifferent')} checked={onlyDifferent} onChange={(event) => { setOnlyDifferent(event.currentTarget.checked); }} />}
      <div className={classes.scroll} role="region" aria-label={t('compare.title')} tabIndex={0}>
        <table className={classes.table}>
          <thead><tr><td className={classes.corner} />{details.map((detail) => <th key={detail.id} scope="col"><Head detail={detail} without={without(detail.id)} /></th>)}</tr></thead>
          <tbody>
            {shown.map(({ id, text, show, differs }) => (
              <tr key={id} data-differs={differs || undefined}>
                <th scope="row">{t(id)}{differs && <span className="unseen">{t('compare.differs')}</span>}</th>
                {details.map((detail): ReactNode => <td key={detail.id}>{show ? show(detail) : text(detail)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p className={classes.quiet}><T id="compare.theSame" /></p>}
      </div>
    </>
  );
}

function Head({ detail, without }: { detail: CatalogDetail; without: string }) {
  const t = useText();
  const icon = useImage(detail.icon?.sha512);
  return (
    <span className={classes.head}>
      <PluginIcon id={detail.id} name={detail.name} source={icon} size={32} />
      <Link to={`/marketplace/${detail.id}`}>{detail.name}</Link>
      <CloseButton component={Link} to={without} size="xs" aria-label={t('compare.takeAway', { name: detail.name })} />
    </span>
  );
}
