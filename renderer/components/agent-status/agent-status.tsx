import { CircleAlert, CircleCheck, CirclePause, LoaderCircle, Wrench } from 'lucide-react';
import type { Hire } from '../../../contract/model/team.ts';
import { T } from '../../lib/text.tsx';
import classes from './agent-status.module.css';

const ICONS = { ready: CircleCheck, working: LoaderCircle, paused: CirclePause, setup: Wrench, error: CircleAlert } as const;

/** What an agent is doing, as an icon and a word. */
export function AgentStatus({ status }: { status: Hire['status'] }) {
  const Icon = ICONS[status];
  return <span className={classes.status} data-status={status}><Icon size={14} aria-hidden /><T id={`agentStatus.${status}`} /></span>;
}
