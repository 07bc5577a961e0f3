import { UnstyledButton } from '@mantine/core';
import { useCall } from '../../../bridge/use-call.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './category-chips.module.css';

/** The categories of the catalog in its own order, with how many hits each would leave. */
export function CategoryChips({ chosen, facets, onChoose }: { chosen: string | undefined; facets: Record<string, number> | undefined; onChoose: (category: string | undefined) => void }) {
  const t = useText();
  const categories = useCall('catalog', 'categories', {});
  const known = [...(categories.data?.categories ?? [])].sort((a, b) => a.sortOrder - b.sortOrder);
  const others = Object.keys(facets ?? {}).filter((slug) => !known.some((category) => category.slug === slug)).map((slug) => ({ slug, name: slug }));
  const chips = [...known, ...others];
  return (
    <div className={classes.root} role="group" aria-label={t('market.categories')}>
      <UnstyledButton className={classes.chip} aria-pressed={chosen === undefined} onClick={() => { onChoose(undefined); }}><T id="market.all" /></UnstyledButton>
      {chips.map(({ slug, name }) => {
        const count = facets?.[slug] ?? 0;
        return (
          <UnstyledButton key={slug} className={classes.chip} aria-pressed={chosen === slug} data-empty={(facets !== undefined && count === 0) || undefined} onClick={() => { onChoose(chosen === slug ? undefined : slug); }}>
            {name}{facets && <span className={`${classes.count ?? ''} numbers`}>{count}</span>}
          </UnstyledButton>
        );
      })}
    </div>
  );
}
