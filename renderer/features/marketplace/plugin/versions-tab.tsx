import { Button } from '@mantine/core';
import { useIntl } from 'react-intl';
import type { CatalogDetail } from '../../../../contract/model/catalog.ts';
import { useInstall } from '../../../bridge/use-operations.ts';
import { Markdown } from '../../../components/markdown/markdown.tsx';
import { RelativeTime } from '../../../components/relative-time/relative-time.tsx';
import { formatBytes } from '../../../lib/format.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './rows.module.css';

/** Every version with what changed; an older one can be installed instead. */
export function VersionsTab({ detail, installedVersion }: { detail: CatalogDetail; installedVersion: string | null }) {
  const t = useText();
  const { locale } = useIntl();
  const { install, pending } = useInstall();
  return (
    <ul className={classes.list}>
      {detail.versions.map((entry) => (
        <li key={entry.version} className={classes.row}>
          <div className={classes.words}>
            <span className={classes.name}>
              <span className="numbers">{entry.version}</span>
              {entry.version === installedVersion && <span className={classes.tag}><T id="plugin.current" /></span>}
              {entry.channel !== 'stable' && <span className={classes.tag}>{entry.channel}</span>}
            </span>
            <span className={classes.line}><RelativeTime at={entry.publishedAt} />{` · ${formatBytes(entry.size, locale)}`}</span>
            {entry.withdrawn !== null && <span className={classes.bad}>{t('plugin.withdrawn', { why: entry.withdrawn })}</span>}
            {entry.deprecated !== null && <span className={classes.bad}>{t('plugin.deprecated', { why: entry.deprecated })}</span>}
            {entry.changelog === '' ? <span className={classes.line}><T id="plugin.noChangelog" /></span> : <Markdown source={entry.changelog} />}
          </div>
          {installedVersion === null && entry.withdrawn === null && entry.version !== detail.version && (
            <Button size="xs" variant="default" loading={pending} onClick={() => { install({ id: detail.id, name: detail.name, range: entry.version }); }}>{t('plugin.installVersion', { version: entry.version })}</Button>
          )}
        </li>
      ))}
    </ul>
  );
}
