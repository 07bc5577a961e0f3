import { Anchor, Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { OWN } from '../../../contract/model/ids.ts';
import type { Hire } from '../../../contract/model/team.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { T } from '../../lib/text.tsx';

/** What stands above the composer. `closed`: nothing can be sent now; else it only tells what would make the agent do more. */
export interface Notice { words: ReactNode; closed: boolean }

/**
 * Why this agent cannot be written to, or what it lacks, with the way out; null when all is well. An agent without one of
 * its folders still answers; one whose plugin is gone or off does not. `hire` undefined: it left the team.
 */
export function useNotice(hire: Hire | undefined): Notice | null {
  const plugins = useCall('plugins', 'list', {}).data?.plugins;
  if (!hire) return { closed: true, words: <><T id="chat.dismissed" /><Way to="/team/hire" words="chat.hireAnother" /></> };
  if (hire.status === 'paused') return { closed: true, words: <Paused hire={hire} /> };
  if (hire.status !== 'setup') return null;
  const off = hire.pluginId !== OWN && plugins !== undefined && plugins.find(({ id }) => id === hire.pluginId)?.status !== 'active';
  const values = { agent: hire.name, needs: hire.needs.join(' ') };
  return off
    ? { closed: true, words: <><T id="chat.needsPlugin" values={values} /><Way to={`/marketplace/${hire.pluginId}`} words="chat.openPlugin" /></> }
    : { closed: false, words: <><T id="chat.needsSetup" values={values} /><Way to={`/team/${hire.id}/setup`} words="chat.setUp" /></> };
}

function Way({ to, words }: { to: string; words: string }) {
  return <Anchor component={Link} to={to} size="sm" underline="always"><T id={words} /></Anchor>;
}

function Paused({ hire }: { hire: Hire }) {
  const change = useChange('team', 'change');
  return <><T id="chat.paused" values={{ agent: hire.name }} /><Button size="compact-xs" variant="default" loading={change.isPending} onClick={() => { change.mutate({ id: hire.id, paused: false }); }}><T id="chat.resume" /></Button></>;
}
