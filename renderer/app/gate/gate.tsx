import { Button } from '@mantine/core';
import { KeyRound, RefreshCw } from 'lucide-react';
import { Outlet } from 'react-router';
import { useLinkStatus } from '../../bridge/bridge-provider.tsx';
import { useCall } from '../../bridge/use-call.ts';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { T } from '../../lib/text.tsx';
import { LinkBanner } from './link-banner.tsx';
import { Unlock } from './unlock.tsx';

/** What stands before every screen: a way to the core, of the same build, to a home that is open. */
export function Gate() {
  const locked = useLinkStatus((status) => status.locked);
  const otherBuild = useLinkStatus((status) => status.otherBuild);
  const keys = useCall('credentials', 'state', {}, { enabled: locked === null && !otherBuild });
  if (locked !== null) {
    const words = locked === 'used-up' ? 'link.usedUp' : 'link.noSession';
    return <main><EmptyState level={1} icon={<KeyRound size={22} />} title={<T id={words} />} line={<T id={`${words}Line`} />} /></main>;
  }
  if (otherBuild) {
    return (
      <main>
        <EmptyState level={1} icon={<RefreshCw size={22} />} title={<T id="link.updated" />} line={<T id="link.updatedLine" />}
          action={<Button onClick={() => { window.location.reload(); }}><T id="link.reload" /></Button>} />
      </main>
    );
  }
  // Until it is known whether the home is open, no screen shows: it would only be taken away again.
  if (keys.isPending) return <LinkBanner />;
  if (keys.data && keys.data.state !== 'open' && keys.data.state !== 'plain') return <><LinkBanner /><Unlock keys={keys.data} /></>;
  return <><LinkBanner /><Outlet /></>;
}
