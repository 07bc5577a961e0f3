import { TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Link, NavLink, useParams } from 'react-router';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { T, useText } from '../../lib/text.tsx';
import { About } from './about/about.tsx';
import { Audit } from './audit/audit.tsx';
import { Appearance } from './appearance.tsx';
import { Keys } from './keys/keys.tsx';
import { McpServers } from './mcp/mcp.tsx';
import { Models } from './models/models.tsx';
import { Registries } from './registries/registries.tsx';
import { Tools } from './tools/tools.tsx';
import { sections } from './sections.ts';
import classes from './settings.module.css';

const BODIES: Record<string, () => ReactNode> = { models: Models, tools: Tools, mcp: McpServers, keys: Keys, appearance: Appearance, registries: Registries, audit: Audit, about: About };

/** Sections beside their content; typing in the box finds a setting by its words. */
export function SettingsScreen() {
  const t = useText();
  const { section = 'models' } = useParams();
  const [words, setWords] = useState('');
  const Body = BODIES[section];
  usePageTitle(Body ? t(`settings.${section}`) : t('frame.settings'));
  const wanted = words.trim().toLowerCase();
  const hits = wanted === '' ? [] : sections.flatMap(({ id, words: own }) => [`settings.${id}`, ...own].filter((word) => t(word).toLowerCase().includes(wanted)).map((word) => ({ id, word })));
  return (
    <div className={classes.root}>
      <div className={classes.side}>
        <h1 className={classes.title}><T id="frame.settings" /></h1>
        <TextInput type="search" aria-label={t('settings.search')} placeholder={t('settings.search')} leftSection={<Search size={14} aria-hidden />} value={words} onChange={(event) => { setWords(event.currentTarget.value); }} />
        <nav className={classes.nav} aria-label={t('settings.sections')}>
          {wanted === ''
            ? sections.map(({ id, icon: Icon }) => <NavLink key={id} to={`/settings/${id}`} className={classes.link ?? ''} aria-current={id === section ? 'page' : undefined}><Icon size={16} strokeWidth={1.75} aria-hidden />{t(`settings.${id}`)}</NavLink>)
            : hits.map(({ id, word }) => <Link key={`${id}/${word}`} to={`/settings/${id}`} className={classes.link} onClick={() => { setWords(''); }}><span className={classes.hit}>{t(word)}{word !== `settings.${id}` && <small>{t(`settings.${id}`)}</small>}</span></Link>)}
          {wanted !== '' && hits.length === 0 && <p className={classes.none} role="status"><T id="settings.nothing" /></p>}
        </nav>
      </div>
      <div className={classes.body}>{Body ? <Body /> : <EmptyState title={<T id="frame.notFound" />} />}</div>
    </div>
  );
}
