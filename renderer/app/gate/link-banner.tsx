import { Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLinkStatus } from '../../bridge/bridge-provider.tsx';
import { T } from '../../lib/text.tsx';
import classes from './link-banner.module.css';

/** Says that the link is away once that has lasted; a blink of half a second is nobody's business. */
export function LinkBanner() {
  const state = useLinkStatus((status) => status.state);
  const away = state === 'waiting' || state === 'connecting';
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => { setShown(away); }, away ? 500 : 0);
    return () => { clearTimeout(timer); };
  }, [away]);
  return (
    <div role="status" className={classes.root} data-shown={shown || undefined}>
      {shown && <><Loader size={12} color="currentColor" /><span><T id={state === 'connecting' ? 'link.connecting' : 'link.waiting'} /></span></>}
    </div>
  );
}
