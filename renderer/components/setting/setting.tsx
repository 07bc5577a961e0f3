import type { ReactNode } from 'react';
import classes from './setting.module.css';

/** A group of settings under a heading. */
export function SettingGroup({ title, line, action, children }: { title: ReactNode; line?: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.group}>
      <div className={classes.head}><div><h2 className={classes.title}>{title}</h2>{line && <p className={classes.line}>{line}</p>}</div>{action}</div>
      <div className={classes.box}>{children}</div>
    </section>
  );
}

/** One row: what it is at the left, the control at the right. */
export function Setting({ title, line, icon, control }: { title: ReactNode; line?: ReactNode; icon?: ReactNode; control?: ReactNode }) {
  return (
    <div className={classes.row}>
      {icon && <span className={classes.icon}>{icon}</span>}
      <div className={classes.words}><span className={classes.name}>{title}</span>{line && <span className={classes.line}>{line}</span>}</div>
      {control && <div className={classes.control}>{control}</div>}
    </div>
  );
}
