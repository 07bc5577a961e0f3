import { FileUp } from 'lucide-react';
import type { ReactNode } from 'react';
import classes from './drop-hint.module.css';

/** Says over the whole page what a file is taken for that is held over it. */
export function DropHint({ children }: { children: ReactNode }) {
  return <div className={classes.drop}><span><FileUp size={22} aria-hidden />{children}</span></div>;
}
