import { useMediaQuery } from '@mantine/hooks';
import { useParams, useSearchParams } from 'react-router';
import { useCall } from '../../bridge/use-call.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { useText } from '../../lib/text.tsx';
import classes from './chat.module.css';
import { ConversationView } from './conversation-view.tsx';
import { ConversationsPane } from './conversations-pane.tsx';
import { NewConversation } from './new-conversation.tsx';

/** `/chat`, `/chat/new?agent=<hire>`, `/chat/<conversation>`. In a narrow window the list and the conversation are screens of their own. */
export function ChatScreen() {
  usePageTitle(useText()('chat.title'));
  const { '*': rest = '' } = useParams();
  const [search] = useSearchParams();
  const narrow = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false });
  const team = useCall('team', 'list', {});
  const id = rest === '' || rest === 'new' ? null : rest;
  const listOnly = rest === '' && !search.has('agent');
  return (
    <div className={classes.screen}>
      {narrow && !listOnly ? null : <div className={classes.side}><ConversationsPane selected={id} hires={team.data?.hires ?? []} alone={narrow} /></div>}
      {narrow && listOnly ? null : (
        <div className={classes.main}>
          {id !== null ? <ConversationView key={id} id={id} hires={team.data?.hires ?? null} /> : team.data ? <NewConversation hires={team.data.hires} /> : team.error ? <Failure level={1} error={team.error} onRetry={() => { void team.refetch(); }} /> : null}
        </div>
      )}
    </div>
  );
}
