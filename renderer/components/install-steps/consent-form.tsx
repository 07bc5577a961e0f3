import { Button, Checkbox, Group } from '@mantine/core';
import { BadgeCheck } from 'lucide-react';
import { useState } from 'react';
import type { ConsentItem } from '../../../contract/model/plugin.ts';
import { T, useText } from '../../lib/text.tsx';
import { PermissionRow, usePermissionText } from '../permission-list/permission-list.tsx';
import { UnsignedMark } from '../unsigned-mark/unsigned-mark.tsx';
import classes from './consent-form.module.css';

/** The publisher of what nobody signed. */
const UNSIGNED = 'side-loaded';
interface Grant { pluginId: string; key: string }
const nameOf = (pluginId: string, key: string): string => `${pluginId} ${key}`;

/**
 * What each plugin of a plan asks for. Ordinary permissions are ticked and can be refused one by one; sensitive ones are
 * never ticked beforehand, so that each is a decision of its own. Of an update only what is new is shown.
 */
export function ConsentForm({ items, update = false, pending, onAnswer }: { items: readonly ConsentItem[]; update?: boolean; pending: boolean; onAnswer: (accept: boolean, granted: Grant[]) => void }) {
  const t = useText();
  const words = usePermissionText();
  const asked = items.flatMap((item) => item.permissions.filter(({ key }) => item.added.includes(key)).map((permission) => ({ item, permission })));
  const [granted, setGranted] = useState(() => new Set(asked.filter(({ permission }) => permission.danger !== 'high').map(({ item, permission }) => nameOf(item.pluginId, permission.key))));
  const toggle = (name: string): void => { setGranted((before) => { const next = new Set(before); if (!next.delete(name)) next.add(name); return next; }); };
  const grants = asked.filter(({ item, permission }) => granted.has(nameOf(item.pluginId, permission.key))).map(({ item, permission }) => ({ pluginId: item.pluginId, key: permission.key }));
  return (
    <section className={classes.root} aria-label={t('install.consentTitle')}>
      <h3 className={classes.heading}><T id="install.consentTitle" /></h3>
      <p className={classes.line}><T id={update ? 'install.consentUpdate' : 'install.consentLine'} /></p>
      {items.map((item) => (
        <div key={item.pluginId} className={classes.item}>
          <div className={classes.who}>
            <strong>{item.name}</strong>
            <span className={classes.quiet}>{item.version}</span>
            <span className={classes.quiet}><T id="install.by" values={{ publisher: item.publisher.name }} /></span>
            {item.publisher.verified && <BadgeCheck size={14} className={classes.verified} role="img" aria-label={t('market.verified')} />}
            {item.publisher.id === UNSIGNED && <UnsignedMark />}
            {item.dependency && <span className={classes.tag}><T id="install.dependency" /></span>}
          </div>
          {item.permissions.length === 0 && <p className={classes.line}><T id="permission.none" /></p>}
          <ul className={classes.list}>
            {item.permissions.filter(({ key }) => !update || item.added.includes(key)).sort((a, b) => Number(b.danger === 'high') - Number(a.danger === 'high')).map((permission) => {
              const name = nameOf(item.pluginId, permission.key);
              return (
                <PermissionRow key={permission.key} permission={permission} control={item.added.includes(permission.key)
                  ? <Checkbox checked={granted.has(name)} onChange={() => { toggle(name); }} aria-label={t('install.allow', { what: words(permission) })} mt={4} {...(permission.danger === 'high' && { color: 'red.8' })} />
                  : <span className={classes.quiet}><T id="permission.asked" /></span>} />
              );
            })}
          </ul>
        </div>
      ))}
      {asked.length > grants.length && <p className={classes.line}><T id="install.refusedNote" /></p>}
      <Group gap={8} className={classes.buttons ?? ''}>
        <Button loading={pending} onClick={() => { onAnswer(true, grants); }}>{t(update ? 'install.acceptUpdate' : 'install.accept', { granted: grants.length, asked: asked.length })}</Button>
        <Button variant="default" disabled={pending} onClick={() => { onAnswer(false, []); }}><T id={update ? 'install.refuseUpdate' : 'install.refuse'} /></Button>
      </Group>
    </section>
  );
}
