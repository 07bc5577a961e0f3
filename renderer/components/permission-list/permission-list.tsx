import { Ban } from 'lucide-react';
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Permission } from '../../../contract/model/permission.ts';
import { formatBytes } from '../../lib/format.ts';
import { cannotDo, permissionWords } from '../../lib/permission-words.ts';
import { T, useText } from '../../lib/text.tsx';
import { PermissionIcon } from './permission-icon.tsx';
import classes from './permission-list.module.css';

/** The sentence of a permission, in the person's language. */
export function usePermissionText(): (permission: Permission) => string {
  const t = useText();
  const { locale } = useIntl();
  return (permission) => {
    const { id, values } = permissionWords(permission);
    return t(id, typeof values['bytes'] === 'number' ? { ...values, size: formatBytes(values['bytes'], locale) } : values);
  };
}

/** One permission in plain words; `line` stands in place of why it matters, `control` is e.g. a checkbox that grants it. */
export function PermissionRow({ permission, line, control }: { permission: Permission; line?: ReactNode; control?: ReactNode }) {
  const t = useText();
  const words = usePermissionText();
  const high = permission.danger === 'high';
  return (
    <GrantRow danger={high} icon={<PermissionIcon kind={permission.kind} />} line={line ?? t(`permission.why.${permission.kind}`)} control={control}
      what={<>{words(permission)}{high && <span className={classes.high}><T id="permission.high" /></span>}</>} />
  );
}

/** One line of a list of what may be done: what, more about it, and what can be done about it. */
export function GrantRow({ icon, what, line, control, danger = false }: { icon: ReactNode; what: ReactNode; line: ReactNode; control?: ReactNode; danger?: boolean }) {
  return (
    <li className={classes.row} data-danger={danger || undefined}>
      <span className={classes.icon}>{icon}</span>
      <div className={classes.words}><span className={classes.what}>{what}</span><span className={classes.why}>{line}</span></div>
      {control}
    </li>
  );
}

/** What a plugin may do and what it cannot. */
export function PermissionList({ permissions }: { permissions: readonly Permission[] }) {
  const sorted = [...permissions].sort((a, b) => Number(b.danger === 'high') - Number(a.danger === 'high'));
  return (
    <div className={classes.both}>
      <section>
        <h2 className={classes.heading}><T id="permission.can" /></h2>
        {sorted.length === 0 ? <p className={classes.none}><T id="permission.none" /></p> : <ul className={classes.list}>{sorted.map((permission) => <PermissionRow key={permission.key} permission={permission} />)}</ul>}
      </section>
      <section>
        <h2 className={classes.heading}><T id="permission.cannot" /></h2>
        <ul className={classes.list}>
          {cannotDo(permissions).map((id) => <li key={id} className={classes.not}><Ban size={16} strokeWidth={1.75} aria-hidden /><span><T id={id} /></span></li>)}
        </ul>
      </section>
    </div>
  );
}
