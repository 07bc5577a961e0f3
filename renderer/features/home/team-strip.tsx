import { Link } from 'react-router';
import type { Hire } from '../../../contract/model/team.ts';
import { useUnsigned } from '../../bridge/use-unsigned.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { AgentStatus } from '../../components/agent-status/agent-status.tsx';
import { UnsignedMark } from '../../components/unsigned-mark/unsigned-mark.tsx';
import { T } from '../../lib/text.tsx';
import classes from './home.module.css';

const SHOWN = 8;

/** The team with its state; a card begins a chat. */
export function TeamStrip({ hires }: { hires: readonly Hire[] }) {
  const isUnsigned = useUnsigned();
  return (
    <section className={classes.section}>
      <div className={classes.sectionHead}><h2><T id="home.team" /></h2><Link to="/team" className={classes.more}><T id={hires.length > SHOWN ? 'home.allTeam' : 'home.toTeam'} values={{ count: hires.length }} /></Link></div>
      <ul className={classes.cards}>
        {hires.slice(0, SHOWN).map((hire) => (
          <li key={hire.id}>
            <Link to={`/chat/new?agent=${hire.id}`} className={classes.card}>
              <AgentAvatar name={hire.name} size={36} {...hire.avatar} />
              <span className={classes.cardWords}><span className={classes.cardName}><span className="unseen"><T id="home.chatWith" /> </span>{hire.name}{isUnsigned(hire.pluginId) ? <> <UnsignedMark /></> : null}</span><span className={classes.cardRole}>{hire.role || hire.description}</span><AgentStatus status={hire.status} /></span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
