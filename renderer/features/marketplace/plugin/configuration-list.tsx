import { Stack, Text } from '@mantine/core';
import type { ConfigurationKey } from '../../../../contract/model/catalog.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './rows.module.css';

const TYPES = ['string', 'number', 'boolean', 'enum', 'url', 'secret', 'folder', 'model'];

/** What can be set, as its manifest declares it. */
export function ConfigurationList({ keys }: { keys: readonly ConfigurationKey[] }) {
  const t = useText();
  if (keys.length === 0) return <Text c="dimmed"><T id="plugin.noConfiguration" /></Text>;
  return (
    <Stack gap={12}>
      <Text c="dimmed" size="sm"><T id="plugin.configurationNote" /></Text>
      <ul className={classes.list}>
        {[...keys].sort((a, b) => Number(b.required) - Number(a.required)).map((entry) => (
          <li key={entry.key} className={classes.row}>
            <div className={classes.words}>
              <span className={classes.name}><code className={classes.key}>{entry.key}</code><span className={classes.tag}>{t(entry.required ? 'plugin.required' : 'plugin.optional')}</span></span>
              <span className={classes.line}>{entry.description}</span>
              <span className={classes.line}>
                {t(`plugin.type.${TYPES.includes(entry.type) ? entry.type : 'other'}`)}
                {entry.options.length > 0 && ` · ${t('plugin.options', { options: entry.options.join(', ') })}`}
                {entry.default !== null && entry.default !== undefined && ` · ${t('plugin.default', { value: typeof entry.default === 'string' ? entry.default : JSON.stringify(entry.default) })}`}
              </span>
            </div>
          </li>
        ))}
      </ul>
    </Stack>
  );
}
