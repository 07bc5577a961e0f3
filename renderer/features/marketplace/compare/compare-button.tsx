import { ActionIcon, Button, CloseButton } from '@mantine/core';
import { Scale } from 'lucide-react';
import { Link } from 'react-router';
import { T, useText } from '../../../lib/text.tsx';
import { clearChosen, compareAddress, toggleChosen, useChosen } from './chosen.ts';
import classes from './compare.module.css';

/** Puts a plugin aside to compare it. */
export function CompareButton({ plugin, size }: { plugin: { id: string; name: string }; size: 'card' | 'page' }) {
  const t = useText();
  const chosen = useChosen(({ plugins }) => plugins.some(({ id }) => id === plugin.id));
  const words = t(chosen ? 'compare.takeAway' : 'compare.add', { name: plugin.name });
  const press = (): void => { toggleChosen(plugin); };
  if (size === 'page') return <Button variant="default" leftSection={<Scale size={14} aria-hidden />} aria-pressed={chosen} onClick={press}><T id={chosen ? 'compare.chosen' : 'compare.compare'} /></Button>;
  return <ActionIcon size={24} className={classes.toggle ?? ''} aria-label={words} title={words} aria-pressed={chosen} onClick={press}><Scale size={14} strokeWidth={1.75} /></ActionIcon>;
}

/** What was put aside, below the list; nothing while there is nothing. */
export function CompareTray() {
  const t = useText();
  const plugins = useChosen((state) => state.plugins);
  if (plugins.length === 0) return null;
  return (
    <section className={classes.tray} aria-label={t('compare.tray')}>
      <ul className={classes.trayList}>{plugins.map((plugin) => <li key={plugin.id}><span>{plugin.name}</span><CloseButton size="xs" aria-label={t('compare.takeAway', { name: plugin.name })} onClick={() => { toggleChosen(plugin); }} /></li>)}</ul>
      {plugins.length === 1 && <span className={classes.quiet}><T id="compare.oneMore" /></span>}
      <Button variant="subtle" size="xs" onClick={clearChosen}><T id="compare.clear" /></Button>
      <Button component={Link} size="xs" to={compareAddress(plugins.map(({ id }) => id))}>{t('compare.now', { count: plugins.length })}</Button>
    </section>
  );
}
