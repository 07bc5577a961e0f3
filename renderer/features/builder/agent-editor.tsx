import { ActionIcon, Button, SegmentedControl, Skeleton, Tabs } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { ArrowLeft, Save, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { hasCode } from '../../../contract/errors/app-error.ts';
import type { OwnAgentDetail } from '../../../contract/model/builder.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { describe, Failure } from '../../components/failure/failure.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { T, useText } from '../../lib/text.tsx';
import { AgentForm } from './agent-form.tsx';
import classes from './builder.module.css';
import { PreviewPane } from './preview/preview-pane.tsx';
import { ProblemsPanel } from './problems-panel.tsx';
import { useDraft } from './use-draft.ts';
import { Versions } from './versions.tsx';

/** One agent of one's own: the form, its problems and versions, and beside them the preview. */
export function AgentEditor({ id }: { id: string }) {
  const detail = useCall('builder', 'get', { id });
  if (detail.error && !detail.data) {
    const gone = hasCode(detail.error, 'builder/not-found');
    return <div className={classes.screen}><h1 className="unseen"><T id="builder.title" /></h1><Link to="/builder" className={classes.textLink}><T id="builder.back" /></Link><Failure error={detail.error} {...(gone ? {} : { onRetry: () => { void detail.refetch(); } })} /></div>;
  }
  if (!detail.data) return <div className={classes.screen}><h1 className="unseen"><T id="frame.loading" /></h1><Skeleton height={32} width={240} mb={24} /><Skeleton height={56} mb={16} /><Skeleton height={56} mb={16} /><Skeleton height={160} /></div>;
  return <Editor detail={detail.data} refetch={async () => (await detail.refetch()).data} />;
}

function Editor({ detail, refetch }: { detail: OwnAgentDetail; refetch: () => Promise<OwnAgentDetail | undefined> }) {
  const t = useText();
  const navigate = useNavigate();
  const narrow = useMediaQuery('(max-width: 1000px)', undefined, { getInitialValueInEffect: false });
  const [search, setSearch] = useSearchParams();
  const [side, setSide] = useState<'form' | 'preview'>('form');
  const hand = useDraft(detail);
  const { id } = detail.agent;
  const name = (hand.draft.name ?? '').trim() || t('builder.unnamed');
  usePageTitle(name);
  const save = useChange('builder', 'save');
  const tab = search.get('tab') === 'versions' ? 'versions' : 'form';
  const inTheWay = hand.problems.some(({ severity }) => severity === 'error');
  const keep = async (): Promise<boolean> => await hand.flush() && await save.mutateAsync({ id }).then(() => refetch()).then((fresh) => { if (fresh) hand.replace(fresh); return true; }, () => false);
  const hire = async (): Promise<void> => { if (!hand.unsaved || await keep()) void navigate(`/team/hire?plugin=own&agent=${id}`); };
  const trouble = hand.error ?? save.error;
  return (
    <div className={classes.editor}>
      <header className={classes.bar}>
        <ActionIcon component={Link} to="/builder" aria-label={t('builder.back')}><ArrowLeft size={18} aria-hidden /></ActionIcon>
        <AgentAvatar name={name} size={32} emoji={hand.draft.avatar?.emoji ?? null} colour={hand.draft.avatar?.colour ?? null} />
        <div className={classes.who}>
          <h1 className={classes.title}>{name}</h1>
          <div className={classes.quiet} role="status">{t(`builder.keeping.${hand.keeping}`)} {detail.agent.version === 0 ? t('builder.neverSaved') : t(hand.unsaved ? 'builder.differs' : 'builder.same', { version: detail.agent.version })}</div>
        </div>
        <Button variant="default" leftSection={<Save size={16} aria-hidden />} disabled={!hand.unsaved || inTheWay} loading={save.isPending} onClick={() => { void keep(); }}><T id="builder.save" /></Button>
        <Button leftSection={<UserPlus size={16} aria-hidden />} disabled={inTheWay} onClick={() => { void hire(); }}><T id={hand.unsaved ? 'builder.saveAndHire' : 'builder.hire'} /></Button>
      </header>
      {trouble ? <div className={classes.trouble} role="alert">{describe(trouble).message} <T id={`${describe(trouble).words}.advice`} />{hasCode(trouble, 'builder/changed') ? <>{' '}<Button size="compact-sm" variant="default" onClick={() => { void refetch().then((fresh) => { if (fresh) hand.replace(fresh); }); }}><T id="builder.load" /></Button></> : null}</div> : null}
      {narrow ? <SegmentedControl className={classes.sides ?? ''} aria-label={t('builder.sides')} value={side} onChange={(next) => { setSide(next === 'preview' ? 'preview' : 'form'); }} data={[{ value: 'form', label: t('builder.form') }, { value: 'preview', label: t('builder.preview') }]} /> : null}
      <div className={classes.columns}>
        {narrow && side === 'preview' ? null : (
          <div className={classes.left}>
            <Tabs value={tab} onChange={(next) => { setSearch(next === 'versions' ? { tab: 'versions' } : {}, { replace: true }); }} keepMounted={false}>
              <Tabs.List><Tabs.Tab value="form"><T id="builder.form" /></Tabs.Tab><Tabs.Tab value="versions"><T id="builder.versions" /></Tabs.Tab></Tabs.List>
              <Tabs.Panel value="form" className={classes.panel ?? ''}><ProblemsPanel id={id} problems={hand.problems} onFix={hand.set} /><AgentForm id={id} draft={hand.draft} problems={hand.problems} set={hand.set} /></Tabs.Panel>
              <Tabs.Panel value="versions" className={classes.panel ?? ''}><Versions id={id} version={detail.agent.version} unsaved={hand.unsaved} onTaken={hand.replace} flush={hand.flush} /></Tabs.Panel>
            </Tabs>
          </div>
        )}
        {narrow && side === 'form' ? null : <PreviewPane id={id} draft={hand.draft} name={name} blocked={inTheWay} flush={hand.flush} />}
      </div>
    </div>
  );
}
