import { Button, CloseButton } from '@mantine/core';
import { BellDot, Bookmark } from 'lucide-react';
import { Link } from 'react-router';
import type { CatalogCard, Collection } from '../../../../contract/model/catalog.ts';
import type { SavedSearch } from '../../../../contract/model/settings.ts';
import { useImage } from '../../../bridge/use-image.ts';
import { PluginIcon } from '../../../components/plugin-icon/plugin-icon.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { readSearch } from '../list/search-state.ts';
import { useFilterWords, type FilterChoices } from '../list/filter-words.ts';
import classes from './discover.module.css';
import { forgetViewed, useRecent, type RecentPlugin } from './recent.ts';
import { MOST_NEWS, newsOf, useNewest } from './saved.ts';

interface Props { collections: readonly Collection[]; saved: readonly SavedSearch[]; choices: FilterChoices; onForget: (address: string) => void }

/** What to look at before anything is typed: saved searches with their news, what was looked at last, and hand-picked lists. */
export function Discover({ collections, saved, choices, onForget }: Props) {
  const recent = useRecent(({ plugins }) => plugins);
  return (
    <div className={classes.root}>
      {saved.length > 0 && (
        <section>
          <h2 className={classes.heading}><T id="market.saved" /></h2>
          <ul className={classes.row}>{saved.map((one) => <Saved key={one.address} search={one} choices={choices} onForget={onForget} />)}</ul>
        </section>
      )}
      {recent.length > 0 && (
        <section>
          <div className={classes.head}><h2 className={classes.heading}><T id="market.recent" /></h2><Button variant="subtle" size="compact-xs" onClick={forgetViewed}><T id="market.forgetRecent" /></Button></div>
          <ul className={classes.row}>{recent.map((plugin) => <li key={plugin.id}><PluginLink plugin={plugin} /></li>)}</ul>
        </section>
      )}
      {collections.map((collection) => (
        <section key={`${collection.registry}/${collection.slug}`}>
          <h2 className={classes.heading}>{collection.name}</h2>
          {collection.description !== '' && <p className={classes.line}>{collection.description}</p>}
          <ul className={classes.cards}>{collection.plugins.map((card) => <li key={card.id}><PluginLink plugin={{ id: card.id, name: card.name, icon: card.icon?.sha512 ?? null }} line={lineOf(card)} /></li>)}</ul>
        </section>
      ))}
    </div>
  );
}

const lineOf = ({ description }: CatalogCard): string => description;

function PluginLink({ plugin, line }: { plugin: RecentPlugin; line?: string }) {
  const icon = useImage(plugin.icon ?? undefined);
  return (
    <Link to={`/marketplace/${plugin.id}`} className={classes.plugin}>
      <PluginIcon id={plugin.id} name={plugin.name} source={icon} size={line === undefined ? 20 : 32} />
      <span className={classes.words}><span className={classes.name}>{plugin.name}</span>{line !== undefined && <span className={classes.quiet}>{line}</span>}</span>
    </Link>
  );
}

function Saved({ search: { address, newest }, choices, onForget }: { search: SavedSearch; choices: FilterChoices; onForget: (address: string) => void }) {
  const t = useText();
  const search = readSearch(new URLSearchParams(address));
  const words = useFilterWords(search.filters, choices);
  const label = [...(search.words === '' ? [] : [`“${search.words}”`]), ...Object.values(words), ...(search.filters.category === undefined ? [] : [search.filters.category])].join(', ');
  const news = newsOf(useNewest(address, true).data?.items ?? [], newest);
  return (
    <li className={classes.saved}>
      <Link to={`/marketplace?${address}`} className={classes.savedLink}><Bookmark size={13} aria-hidden /><span>{label}</span>
        {news > 0 && <strong className={classes.news}><BellDot size={12} aria-hidden />{t(news >= MOST_NEWS ? 'market.manyNews' : 'market.news', { count: news })}</strong>}
      </Link>
      <CloseButton size="xs" aria-label={t('market.forgetSaved', { search: label })} onClick={() => { onForget(address); }} />
    </li>
  );
}
