import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import { formatAgo } from '../../lib/format.ts';

/** The time now, anew every half minute. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => { setNow(Date.now()); }, everyMs);
    return () => { clearInterval(timer); };
  }, [everyMs]);
  return now;
}

/** `5 minutes ago`, the exact instant on hover. `at` in ms UTC. */
export function RelativeTime({ at }: { at: number }) {
  const intl = useIntl();
  const now = useNow();
  return (
    <Tooltip label={intl.formatDate(at, { dateStyle: 'medium', timeStyle: 'short' })}>
      <time dateTime={new Date(at).toISOString()}>{formatAgo(at, now, intl.locale)}</time>
    </Tooltip>
  );
}
