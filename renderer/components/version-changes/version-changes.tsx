import { ArrowRight } from 'lucide-react';
import { permissionOfKey } from '../../../contract/model/permission-of-key.ts';
import type { VersionChange } from '../../../contract/model/plugin.ts';
import { T, useText } from '../../lib/text.tsx';
import { usePermissionText } from '../permission-list/permission-list.tsx';
import classes from './version-changes.module.css';

/** What a change of versions does: which plugins move, and the difference of what they ask for. */
export function VersionChanges({ changes }: { changes: readonly VersionChange[] }) {
  const t = useText();
  return (
    <ul className={classes.list} aria-label={t('versions.changes')}>
      {changes.map((change) => (
        <li key={change.id} className={classes.row}>
          <span className={classes.what}>
            <strong>{change.name}</strong>
            <span className={`${classes.numbers ?? ''} numbers`}>{change.from ?? <T id="versions.new" />}<ArrowRight size={13} role="img" aria-label={t('versions.becomes')} />{change.to}</span>
          </span>
          <PermissionDifference added={change.added} removed={change.removed} />
        </li>
      ))}
    </ul>
  );
}

/** Keys of permissions in plain words: what is asked for besides, and what no more. */
export function PermissionDifference({ added, removed = [] }: { added: readonly string[]; removed?: readonly string[] }) {
  const words = usePermissionText();
  const said = (key: string): string => { const permission = permissionOfKey(key); return permission ? words(permission) : key; };
  if (added.length === 0 && removed.length === 0) return <span className={classes.quiet}><T id="versions.asksTheSame" /></span>;
  return (
    <>
      {added.map((key) => <span key={key} className={classes.added} data-danger={permissionOfKey(key)?.danger === 'high' || undefined}><T id="versions.added" values={{ what: said(key) }} /></span>)}
      {removed.map((key) => <span key={key} className={classes.quiet}><T id="versions.removed" values={{ what: said(key) }} /></span>)}
    </>
  );
}
