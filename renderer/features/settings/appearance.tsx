import { SegmentedControl, Select, Switch } from '@mantine/core';
import type { Settings } from '../../../contract/model/settings.ts';
import { useSettings } from '../../bridge/use-settings.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../components/setting/setting.tsx';
import { T, useText } from '../../lib/text.tsx';

/** How the app looks and speaks. */
export function Appearance() {
  const t = useText();
  const { settings, change, error } = useSettings();
  const languages: Settings['language'][] = settings?.developerMode || settings?.language === 'en-XA' ? ['system', 'en', 'en-XA'] : ['system', 'en'];
  return (
    <SettingGroup title={<T id="settings.appearance" />}>
      <Setting title={<T id="settings.theme" />} line={<T id="settings.themeLine" />} control={
        <SegmentedControl aria-label={t('settings.theme')} value={settings?.theme ?? 'system'} data={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`settings.theme.${value}`) }))} onChange={(theme) => { change({ theme: theme as Settings['theme'] }); }} />} />
      <Setting title={<T id="settings.language" />} line={<T id="settings.languageLine" />} control={
        <Select aria-label={t('settings.language')} w={200} allowDeselect={false} value={settings?.language ?? 'system'} data={languages.map((value) => ({ value, label: t(`settings.language.${value}`) }))} onChange={(language) => { if (language) change({ language: language as Settings['language'] }); }} />} />
      <Setting title={<T id="settings.sidebar" />} line={<T id="settings.sidebarLine" />} control={<Switch aria-label={t('settings.sidebar')} checked={settings?.sidebarCollapsed ?? false} onChange={(event) => { change({ sidebarCollapsed: event.currentTarget.checked }); }} />} />
      {error && <Failure error={error} compact />}
    </SettingGroup>
  );
}
