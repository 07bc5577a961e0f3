import { Anchor, Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Hire } from '../../../contract/model/team.ts';
import { useChange } from '../../bridge/use-call.ts';
import { T } from '../../lib/text.tsx';

/** Why this agent cannot be written to now, with the way out; null when it can. `hire` undefined: it left the team. */
export function blockedBy(hire: Hire | undefined): ReactNode | null {
  if (!hire) return <><T id="chat.dismissed" /><Anchor component={Link} to="/team/hire" size="sm" underline="always"><T id="chat.hireAnother" /></Anchor></>;
  if (hire.status === 'paused') return <Paused hire={hire} />;
  if (hire.status === 'setup') return <><T id="chat.needsSetup" values={{ agent: hire.name, needs: hire.needs.join(' ') }} /><Anchor component={Link} to={`/team/${hire.id}/setup`} size="sm" underline="always"><T id="chat.setUp" /></Anchor></>;
  return null;
}

function Paused({ hire }: { hire: Hire }) {
  const change = useChange('team', 'change');
  return <><T id="chat.paused" values={{ agent: hire.name }} /><Button size="compact-xs" variant="default" loading={change.isPending} onClick={() => { change.mutate({ id: hire.id, paused: false }); }}><T id="chat.resume" /></Button></>;
}
