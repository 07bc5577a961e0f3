import { Link } from 'react-router';
import type { Conversation } from '../../../contract/model/chat.ts';
import type { Hire } from '../../../contract/model/team.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { RelativeTime } from '../../components/relative-time/relative-time.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './home.module.css';

/** The last conversations, to go on with. */
export function RecentChats({ conversations, hires }: { conversations: readonly Conversation[]; hires: readonly Hire[] }) {
  const t = useText();
  return (
    <section className={classes.section}>
      <div className={classes.sectionHead}><h2><T id="home.continue" /></h2><Link to="/chat" className={classes.more}><T id="home.allChats" /></Link></div>
      <ul className={classes.chats}>
        {conversations.map((talk) => {
          const hire = hires.find(({ id }) => id === talk.hireId);
          const agent = hire?.name ?? t('home.formerAgent');
          return (
            <li key={talk.id}>
              <Link to={`/chat/${talk.id}`} className={classes.chat}>
                <AgentAvatar name={agent} size={28} {...hire?.avatar} />
                <span className={classes.chatWords}><span className={classes.chatTitle}>{talk.title || t('home.newChat')}</span><span className={classes.chatLast}>{talk.activeRunId === null ? talk.lastText : <T id="home.answering" values={{ name: agent }} />}</span></span>
                <span className={classes.chatTime}><RelativeTime at={talk.updatedAt} /></span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
