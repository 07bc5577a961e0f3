import { Button, CopyButton, Loader, Select, Skeleton, Switch } from '@mantine/core';
import { CircleAlert, CircleCheck, CircleX, RefreshCw } from 'lucide-react';
import type { DoctorCheck } from '../../../../contract/model/health.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { useSettings } from '../../../bridge/use-settings.ts';
import { Facts } from '../../../components/facts/facts.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './about.module.css';

const ENGINES = ['auto', 'quickjs'] as const;

/** Which Troupe this is, where its data is, and whether all is well. */
export function About() {
  const t = useText();
  const about = useCall('observe', 'about', {});
  const doctor = useCall('observe', 'doctor', {});
  const { settings, change } = useSettings();
  const facts = about.data ? [['version', about.data.version], ['build', about.data.build], ['home', about.data.home], ['platform', about.data.platform], ['node', about.data.node], ['shell', about.data.shell]] as const : [];
  const report = [...facts.map(([name, value]) => `${name}: ${value}`), ...(doctor.data?.checks ?? []).map((check) => `${check.status} ${check.id}: ${check.message}`)].join('\n');
  return (
    <>
      <SettingGroup title={<T id="settings.about" />}
        action={<CopyButton value={report}>{({ copied, copy }) => <Button variant="default" disabled={!about.data} onClick={copy}>{t(copied ? 'failure.copied' : 'settings.about.copy')}</Button>}</CopyButton>}>
        <div className={classes.facts}>{about.data ? <Facts facts={facts.map(([name, value]) => [t(`settings.about.${name}`), value])} /> : <Skeleton height={96} />}</div>
      </SettingGroup>
      <SettingGroup title={<T id="settings.about.doctor" />} line={<T id="settings.about.doctorLine" />}
        action={<Button variant="default" leftSection={<RefreshCw size={14} aria-hidden />} loading={doctor.isFetching} onClick={() => { void doctor.refetch(); }}><T id="settings.about.again" /></Button>}>
        {doctor.isPending && <Setting icon={<Loader size={14} />} title={<T id="settings.about.checking" />} />}
        {doctor.error && <Failure error={doctor.error} compact />}
        {(doctor.data?.checks ?? []).map((check) => <Check key={check.id} check={check} />)}
      </SettingGroup>
      <SettingGroup title={<T id="settings.advanced" />}>
        <Setting title={<T id="settings.developer" />} line={<T id="settings.developerLine" />} control={<Switch aria-label={t('settings.developer')} checked={settings?.developerMode ?? false} onChange={(event) => { change({ developerMode: event.currentTarget.checked }); }} />} />
        {settings?.developerMode && <Setting title={<T id="settings.sandboxEngine" />} line={<T id="settings.sandboxEngineLine" />} control={<Select aria-label={t('settings.sandboxEngine')} w={210} allowDeselect={false} value={settings.sandboxEngine} data={ENGINES.map((value) => ({ value, label: t(`settings.sandboxEngine.${value}`) }))}
          onChange={(value) => { const engine = ENGINES.find((one) => one === value); if (engine) change({ sandboxEngine: engine }); }} />} />}
      </SettingGroup>
    </>
  );
}

const MARKS = { ok: CircleCheck, warning: CircleAlert, failed: CircleX } as const;

function Check({ check }: { check: DoctorCheck }) {
  const t = useText();
  const Mark = MARKS[check.status];
  return <Setting icon={<Mark size={18} strokeWidth={1.75} className={classes[check.status]} role="img" aria-label={t(`settings.about.${check.status}`)} />} title={check.message} {...(check.advice !== null && { line: check.advice })} />;
}
