import { Button, Skeleton } from '@mantine/core';
import { Sparkles } from 'lucide-react';
import { Link } from 'react-router';
import { useCall } from '../../bridge/use-call.ts';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { useNow } from '../../components/relative-time/relative-time.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './home.module.css';
import { needsOf } from './needs.ts';
import { NeedsYou } from './needs-you.tsx';
import { RecentChats } from './recent-chats.tsx';
import { TeamStrip } from './team-strip.tsx';

/** What needs the person, the team, and where they left off. */
export function HomeScreen() {
  usePageTitle(useText()('home.title'));
  const now = useNow();
  const team = useCall('team', 'list', {});
  const talks = useCall('chat', 'conversations', { limit: 6 });
  const runs = useCall('runs', 'list', { active: true });
  const operations = useCall('plugins', 'operations', { recent: true });
  const plugins = useCall('plugins', 'list', {});
  const updates = useCall('plugins', 'updates', {});
  const keys = useCall('credentials', 'state', {});
  const broken = team.error ?? talks.error;
  if (broken) return <Failure level={1} error={broken} onRetry={() => { void team.refetch(); void talks.refetch(); }} />;
  if (!team.data || !talks.data) return <div className={classes.screen}><h1><T id="home.title" /></h1><Skeleton height={72} radius="md" /><Skeleton height={120} mt={24} radius="md" /></div>;
  const { hires } = team.data;
  const { conversations } = talks.data;
  const needs = needsOf({ hires, runs: runs.data?.runs ?? [], operations: operations.data?.operations ?? [], installed: plugins.data?.plugins ?? [], updates: updates.data?.updates ?? [], keys: keys.data, now });
  return (
    <div className={classes.screen}>
      <h1><T id="home.title" /></h1>
      <NeedsYou needs={needs} quiet={hires.length === 0} />
      {hires.length === 0 ? (
        <div className={classes.welcome}>
          <EmptyState icon={<Sparkles size={22} />} title={<T id="home.welcome" />} line={<T id="home.welcomeLine" />}
            action={<><Button component={Link} to="/onboarding"><T id="home.begin" /></Button><Button variant="default" component={Link} to="/marketplace"><T id="home.look" /></Button></>} />
        </div>
      ) : <TeamStrip hires={hires} />}
      {conversations.length > 0 ? <RecentChats conversations={conversations} hires={hires} /> : null}
    </div>
  );
}
