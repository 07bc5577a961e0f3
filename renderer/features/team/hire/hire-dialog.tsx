import { Button, Group, Modal, Progress, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { hasCode } from '../../../../contract/errors/app-error.ts';
import { OWN } from '../../../../contract/model/ids.ts';
import type { Hire, Hireable } from '../../../../contract/model/team.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { usePluginConfiguration } from '../../../bridge/use-configuration.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { FolderList } from '../folder-list.tsx';
import { ModelChoice } from '../model-choice.tsx';
import { nameProblem, suggestName } from '../../../lib/suggest-name.ts';
import classes from '../team.module.css';
import { ChooseAgent } from './choose-agent.tsx';
import { ConfigureStep } from './configure-step.tsx';
import { ConfirmStep } from './confirm-step.tsx';
import { NameStep } from './name-step.tsx';

type Step = 'choose' | 'configure' | 'name' | 'model' | 'folders' | 'confirm';

const sameAgent = (agent: Hireable, pluginId: string | null, agentId: string | null): boolean => agent.pluginId === pluginId && (agentId === null || agent.agentId === agentId);

/** Hires an agent in steps: whom, under which name, thinking with what, with which folders; then straight to the chat. */
export function HireDialog({ hires }: { hires: readonly Hire[] }) {
  const t = useText();
  const navigate = useNavigate();
  const narrow = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false });
  const [search, setSearch] = useSearchParams();
  const [asked, setAsked] = useState<Step | null>(null);
  const [typedName, setTypedName] = useState<string | null>(null);
  const [model, setModel] = useState<string | null>(null);
  const hireable = useCall('team', 'hireable', {});
  const agents = (hireable.data?.agents ?? []).map((each) => (each.pluginId === OWN ? { ...each, pluginName: t('team.yours') } : each));
  const pluginId = search.get('plugin');
  const wanted = agents.filter((candidate) => sameAgent(candidate, pluginId, search.get('agent')));
  const agent = wanted.length === 1 ? wanted[0] : undefined;
  const folders = useCall('plugins', 'folders', { id: agent?.pluginId ?? 'none.none' }, { enabled: agent !== undefined && agent.pluginId !== OWN });
  const [hadFolders, setHadFolders] = useState(false);
  const missing = folders.data?.folders.some(({ path }) => path === null) ?? false;
  // A step that was shown stays in the row when its last folder was granted.
  if (missing && !hadFolders) setHadFolders(true);
  const configuration = usePluginConfiguration(agent?.pluginId ?? 'none.none', agent !== undefined && agent.pluginId !== OWN);
  const gaps = (configuration.view.data?.missing ?? []).filter((key) => folders.data?.folders.every((folder) => folder.key !== key) ?? true);
  const [hadGaps, setHadGaps] = useState(false);
  if (gaps.length > 0 && !hadGaps) setHadGaps(true);
  const hire = useChange('team', 'hire', { onDone: ({ id }) => { void navigate(`/chat/new?agent=${id}`, { replace: true }); } });
  const steps: Step[] = ['choose', ...(hadGaps ? (['configure'] as const) : []), 'name', 'model', ...(hadFolders ? (['folders'] as const) : []), 'confirm'];
  const step: Step = agent ? (asked ?? (hadGaps ? 'configure' : 'name')) : 'choose';
  const taken = hires.map(({ name }) => name);
  const name = typedName ?? (agent ? suggestName(agent.name, taken) : '');
  const frame = useRef<HTMLElement>(null);
  const listed = hireable.data !== undefined;
  // Each step begins at its first field, or at the button that goes on.
  useEffect(() => { frame.current?.querySelector<HTMLElement>(step === 'configure' ? 'input, button' : '[data-autofocus]')?.focus(); }, [step, listed]);
  const at = steps.indexOf(step);
  const go = (to: Step | undefined): void => { if (to) { hire.reset(); setAsked(to); } };
  const back = (): void => { if (steps[at - 1] === 'choose') { setSearch({}, { replace: true }); setAsked(null); setTypedName(null); } else go(steps[at - 1]); };
  const close = (): void => { void navigate('/team'); };
  const finish = (): void => { if (agent) hire.mutate({ pluginId: agent.pluginId, agentId: agent.agentId, name: name.trim(), model }, { onError: (error) => { if (hasCode(error, 'team/name-taken')) setAsked('name'); } }); };
  const next = (): void => {
    if (step === 'name' && nameProblem(name, taken) !== null) return;
    if (step === 'confirm') finish(); else go(steps[at + 1]);
  };
  return (
    <Modal opened onClose={close} title={t('team.hireTitle')} size="lg" fullScreen={narrow} closeButtonProps={{ 'aria-label': t('team.close') }} attributes={{ header: { role: 'presentation' } }}>
      <Progress value={((at + 1) / steps.length) * 100} size={3} mb="md" aria-label={t('team.stepOf', { at: at + 1, of: steps.length })} transitionDuration={100} />
      {/* The configuration is a form of its own, and forms do not stand in forms. */}
      <Frame as={step === 'configure' ? 'div' : 'form'} frame={frame} onSubmit={next}>
        <div className={classes.step} data-step={step}>
          {hireable.isPending ? <><Skeleton height={56} /><Skeleton height={56} /></> : null}
          {hireable.error ? <Failure compact error={hireable.error} onRetry={() => { void hireable.refetch(); }} /> : null}
          {step === 'choose' && hireable.data ? <ChooseAgent agents={pluginId !== null && wanted.length > 0 ? wanted : agents} missing={pluginId !== null && wanted.length === 0} onChoose={(chosen) => { setSearch({ plugin: chosen.pluginId, agent: chosen.agentId }, { replace: true }); setTypedName(null); setHadGaps(false); setAsked(null); }} /> : null}
          {step === 'configure' && agent ? <ConfigureStep name={agent.pluginName} configuration={configuration} /> : null}
          {step === 'name' && agent ? <NameStep agent={agent} name={name} taken={taken} refused={hasCode(hire.error, 'team/name-taken')} onChange={(text) => { setTypedName(text); hire.reset(); }} /> : null}
          {step === 'model' ? <ModelChoice value={model} onChange={setModel} /> : null}
          {step === 'folders' && agent ? <div><h3 className={classes.stepTitle}><T id="team.folders" /></h3><p className={classes.help}><T id="team.foldersHelp" /></p><FolderList pluginId={agent.pluginId} folders={folders.data?.folders ?? []} /></div> : null}
          {step === 'confirm' && agent ? <ConfirmStep agent={agent} name={name} model={model} folders={folders.data?.folders ?? []} /> : null}
          {hire.error && !hasCode(hire.error, 'team/name-taken') ? <Failure compact error={hire.error} kept="team.kept" /> : null}
        </div>
        {step === 'choose' ? null : (
          <Group justify="space-between" mt="lg">
            <Button variant="subtle" color="gray" onClick={back}><T id="team.back" /></Button>
            <Button {...(step === 'configure' ? { onClick: next, variant: gaps.length > 0 ? 'default' : 'filled' } : { type: 'submit' as const })} data-autofocus={(step !== 'name' && step !== 'configure') || undefined} loading={hire.isPending}>{step === 'confirm' ? t('team.hireName', { name: name.trim() }) : t((step === 'folders' && missing) || (step === 'configure' && gaps.length > 0) ? 'team.later' : 'team.next')}</Button>
          </Group>
        )}
      </Frame>
    </Modal>
  );
}

/** The dialog's body: a form whose Enter goes on, or none around a step that is a form itself. */
function Frame({ as, frame, onSubmit, children }: { as: 'form' | 'div'; frame: RefObject<HTMLElement | null>; onSubmit: () => void; children: ReactNode }) {
  if (as === 'div') return <div ref={frame as RefObject<HTMLDivElement | null>}>{children}</div>;
  return <form ref={frame as RefObject<HTMLFormElement | null>} onSubmit={(event) => { event.preventDefault(); onSubmit(); }}>{children}</form>;
}
