import { Button, Group, Loader } from '@mantine/core';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { CatalogCard } from '../../../contract/model/catalog.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { useInstall, useOperations, useResumeOperations } from '../../bridge/use-operations.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { ConsentForm } from '../../components/install-steps/consent-form.tsx';
import { InstallSteps } from '../../components/install-steps/install-steps.tsx';
import { suggestName } from '../../lib/suggest-name.ts';
import { T } from '../../lib/text.tsx';
import classes from './onboarding.module.css';

/** Installs a plugin with its step log and consent in place, then hires its first agent under a free name. */
export function JoinTeam({ card, onHired, onOther }: { card: CatalogCard; onHired: (hireId: string) => void; onOther: () => void }) {
  const plugins = useCall('plugins', 'list', {});
  const team = useCall('team', 'list', {});
  const installed = plugins.data?.plugins.some(({ id }) => id === card.id) ?? false;
  const agents = useCall('team', 'hireable', { pluginId: card.id }, { enabled: installed });
  const { operations, forget } = useOperations();
  const operation = operations.find(({ pluginId, kind }) => pluginId === card.id && kind === 'install');
  const { install, pending, error } = useInstall();
  const consent = useChange('plugins', 'consent');
  const cancel = useChange('plugins', 'cancel');
  const hire = useChange('team', 'hire', { onDone: ({ id }) => { onHired(id); } });
  const begun = useRef(false);
  const begin = useEffectEvent(() => {
    if (begun.current) return;
    begun.current = true;
    install({ id: card.id, name: card.name });
  });
  // An install that goes on from before a reload is followed, not begun again.
  useResumeOperations();
  const underWay = useCall('plugins', 'operations', { recent: false });
  const known = plugins.data !== undefined && underWay.data !== undefined;
  const idle = operation === undefined;
  useEffect(() => { if (known && !installed && idle) begin(); }, [known, installed, idle]);
  const agent = agents.data?.agents[0];
  const join = (): void => {
    // One that joined before the page was loaded again is not hired twice.
    const before = team.data?.hires.find(({ pluginId }) => pluginId === card.id);
    if (operation) forget(operation.id);
    if (before) onHired(before.id);
    else if (agent && !hire.isPending) hire.mutate({ pluginId: agent.pluginId, agentId: agent.agentId, name: suggestName(agent.name, (team.data?.hires ?? []).map(({ name }) => name)) });
  };
  const arrive = useEffectEvent(join);
  const ready = installed && agent !== undefined && team.data !== undefined;
  useEffect(() => { if (ready) arrive(); }, [ready]);
  const over = operation?.state === 'failed' || operation?.state === 'cancelled';
  const broken = error ?? operation?.error ?? hire.error ?? agents.error ?? plugins.error;
  const again = (): void => {
    if (operation) forget(operation.id);
    hire.reset();
    if (!installed) install({ id: card.id, name: card.name }); else join();
  };
  return (
    <div className={classes.joining}>
      <h2 className={classes.joinTitle}>{card.name}</h2>
      {operation?.consent ? <ConsentForm items={operation.consent} pending={consent.isPending} onAnswer={(accept, granted) => { consent.mutate({ operationId: operation.id, accept, granted }); }} /> : null}
      {operation ? <InstallSteps operation={operation} /> : broken ? null : <p className={classes.wait} role="status"><Loader size="xs" /> <T id="onboarding.joining" values={{ name: card.name }} /></p>}
      {broken ? <Failure compact error={broken} kept="onboarding.kept" onRetry={again} /> : null}
      <Group justify="space-between" mt="lg">
        <Button variant="subtle" color="gray" disabled={pending} onClick={() => {
          if (operation && !over) cancel.mutate({ operationId: operation.id });
          if (operation) forget(operation.id);
          onOther();
        }}><T id="onboarding.other" /></Button>
        {over && !broken ? <Button onClick={again}><T id="onboarding.again" /></Button> : null}
      </Group>
    </div>
  );
}
