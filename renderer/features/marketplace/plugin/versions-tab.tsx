import { Button } from '@mantine/core';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import type { CatalogDetail } from '../../../../contract/model/catalog.ts';
import type { InstalledPlugin } from '../../../../contract/model/plugin.ts';
import { useInstall } from '../../../bridge/use-operations.ts';
import { Markdown } from '../../../components/markdown/markdown.tsx';
import { RelativeTime } from '../../../components/relative-time/relative-time.tsx';
import { formatBytes } from '../../../lib/format.ts';
import { T, useText } from '../../../lib/text.tsx';
import { ChangeDialog } from './change-dialog.tsx';
import classes from './rows.module.css';

/** Every version with what changed; an older one can be installed instead. */
export function VersionsTab({ detail, installed, nameOf }: { detail: CatalogDetail; installed: InstalledPlugin | undefined; nameOf: (id: string) => string }) {
  const t = useText();
  const { locale } = useIntl();
  const { install, pending } = useInstall();
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <>
      <ul className={classes.list}>
        {detail.versions.map((entry) => (
          <li key={entry.version} className={classes.row}>
            <div className={classes.words}>
              <span className={classes.name}>
                <span className="numbers">{entry.version}</span>
                {entry.version === installed?.version && <span className={classes.tag}><T id="plugin.current" /></span>}
                {entry.channel !== 'stable' && <span className={classes.tag}>{entry.channel}</span>}
              </span>
              <span className={classes.line}><RelativeTime at={entry.publishedAt} />{` · ${formatBytes(entry.size, locale)}`}</span>
              {entry.withdrawn !== null && <span className={classes.bad}>{t('plugin.withdrawn', { why: entry.withdrawn })}</span>}
              {entry.deprecated !== null && <span className={classes.bad}>{t('plugin.deprecated', { why: entry.deprecated })}</span>}
              {entry.useInstead && (entry.useInstead.id === detail.id
                ? entry.useInstead.version !== null && <span className={classes.line}>{t('plugin.useInstead', { name: entry.useInstead.version })}</span>
                : <Link to={`/marketplace/${entry.useInstead.id}`} className={classes.line}>{t('plugin.useInstead', { name: nameOf(entry.useInstead.id) })}</Link>)}
              {entry.changelog === '' ? <span className={classes.line}><T id="plugin.noChangelog" /></span> : <Markdown source={entry.changelog} />}
            </div>
            {!installed && entry.withdrawn === null && entry.version !== detail.version && (
              <Button size="xs" variant="default" loading={pending} onClick={() => { install({ id: detail.id, name: detail.name, range: entry.version, registry: detail.registry }); }}>{t('plugin.installVersion', { version: entry.version })}</Button>
            )}
            {installed?.registry === detail.registry && installed.pinned === null && entry.withdrawn === null && entry.version !== installed.version && (
              <Button size="xs" variant="default" onClick={() => { setAsked(entry.version); }}>{t('versions.changeTo', { version: entry.version })}</Button>
            )}
          </li>
        ))}
      </ul>
      {installed && <ChangeDialog plugin={installed} version={asked} changelog={detail.versions.find(({ version }) => version === asked)?.changelog ?? ''} onClose={() => { setAsked(null); }} />}
    </>
  );
}
