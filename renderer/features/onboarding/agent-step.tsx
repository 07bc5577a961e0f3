import { Button, Group, Radio, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { useCall } from '../../bridge/use-call.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { EmptyState } from '../../components/empty-state/empty-state.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { T, useText } from '../../lib/text.tsx';
import { JoinTeam } from './join-team.tsx';
import classes from './onboarding.module.css';
import { useProgress } from './progress.ts';
import { startersOf } from './starters.ts';

/** Offers three agents, installs the chosen one and hires it. */
export function AgentStep({ onBack, onHired, onSkip }: { onBack: () => void; onHired: (hireId: string) => void; onSkip: () => void }) {
  const t = useText();
  const joining = useProgress((progress) => progress.pluginId);
  const found = useCall('catalog', 'search', { filters: { kind: 'agent', compatible: true }, sort: 'popular', limit: 30 });
  const starters = startersOf(found.data?.items ?? []);
  const [picked, setPicked] = useState<string | null>(null);
  const chosen = starters.find(({ id }) => id === picked) ?? starters[0];
  const joiningCard = found.data?.items.find(({ id }) => id === joining);
  return (
    <>
      <h1 className={classes.title}><T id="onboarding.agentTitle" /></h1>
      <p className={classes.line}><T id="onboarding.agentLine" /></p>
      {found.isPending ? <div className={classes.ways}>{[0, 1, 2].map((row) => <Skeleton key={row} height={68} radius="md" />)}</div> : null}
      {found.error ? <Failure compact error={found.error} onRetry={() => { void found.refetch(); }} /> : null}
      {found.data && starters.length === 0 ? <EmptyState title={<T id="onboarding.noAgents" />} line={<T id="onboarding.noAgentsLine" />} action={<Button onClick={onSkip}><T id="onboarding.finish" /></Button>} /> : null}
      {starters.length > 0 && joiningCard ? <JoinTeam card={joiningCard} onHired={onHired} onOther={() => { useProgress.setState({ pluginId: null }); }} /> : null}
      {starters.length > 0 && !joiningCard ? (
        <>
          <Radio.Group value={chosen?.id ?? null} onChange={setPicked} aria-label={t('onboarding.agentTitle')}>
            <div className={classes.ways}>
              {starters.map((card) => (
                <Radio.Card key={card.id} value={card.id} className={classes.way ?? ''}>
                  <AgentAvatar name={card.name} size={36} />
                  <span className={classes.wayWords}><span className={classes.wayName}>{card.name}</span><span className={classes.wayLine}>{card.description}</span></span>
                  <Radio.Indicator />
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
          <Group justify="space-between" mt="lg">
            <Button variant="subtle" color="gray" onClick={onBack}><T id="onboarding.back" /></Button>
            <Button onClick={() => { if (chosen) useProgress.setState({ pluginId: chosen.id }); }}><T id="onboarding.hire" values={{ name: chosen?.name ?? '' }} /></Button>
          </Group>
        </>
      ) : null}
    </>
  );
}
