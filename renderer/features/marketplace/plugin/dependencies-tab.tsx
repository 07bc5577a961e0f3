import { Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { CatalogDetail } from '../../../../contract/model/catalog.ts';
import { Facts } from '../../../components/facts/facts.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './rows.module.css';

/** What comes with it, and what it says that it requires. */
export function DependenciesTab({ detail, nameOf }: { detail: CatalogDetail; nameOf: (id: string) => string }) {
  const t = useText();
  const dependencies = detail.versions.find(({ version }) => version === detail.version)?.dependencies ?? [];
  const requirements = Object.entries(detail.requirements);
  return (
    <Stack gap={20}>
      {dependencies.length === 0 ? <Text c="dimmed"><T id="plugin.noDependencies" /></Text> : (
        <div>
          <Text c="dimmed" size="sm"><T id="plugin.dependenciesLine" /></Text>
          <ul className={classes.list}>
            {dependencies.map((dependency) => (
              <li key={dependency.id} className={classes.row}>
                <div className={classes.words}>
                  <span className={classes.name}>{dependency.foreign ? dependency.id : <Link to={`/marketplace/${dependency.id}`}>{nameOf(dependency.id)}</Link>}{dependency.foreign && <span className={classes.tag}><T id="plugin.foreign" /></span>}</span>
                  <span className={classes.line}>{dependency.foreign ? t('plugin.foreignLine') : t('plugin.dependencyRange', { range: dependency.range })}</span>
                </div>
              </li>
            ))}
          </ul>
        </div>
      )}
      {requirements.length > 0 && <section><Text fw={600} size="sm" component="h2" mb={8}><T id="plugin.requirements" /></Text><Facts facts={requirements} /></section>}
    </Stack>
  );
}
