import { Progress, Select } from '@mantine/core';
import { Waypoints } from 'lucide-react';
import { formatModelRef, type Provider } from '../../../../contract/model/model-ref.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './models.module.css';

/** Which model makes vectors of memories and documents, so that they are found by what they mean; and how far that is. */
export function SearchByMeaning({ providers }: { providers: readonly Provider[] }) {
  const t = useText();
  const settings = useCall('settings', 'get', {});
  const list = useCall('models', 'list', {});
  const status = useCall('knowledge', 'vectors', {});
  const change = useChange('settings', 'change');
  const chosen = settings.data?.embeddingModel ?? null;
  const groups = [...providers.map(({ id, name }) => ({ id, name })), { id: 'embedded', name: t('settings.models.files.title') }];
  const models = (list.data?.models ?? []).filter(({ provider }) => groups.some(({ id }) => id === provider));
  const model = models.find((one) => formatModelRef(one) === chosen);
  const lost = chosen !== null && list.data && !model ? [{ value: chosen, label: chosen }] : [];
  const { state = 'off', done = 0, total = 0, message = null } = status.data ?? {};
  const error = settings.error ?? list.error ?? status.error ?? change.error;
  return (
    <SettingGroup title={<T id="settings.models.meaning" />} line={<T id="settings.models.meaningLine" />}>
      <Setting icon={<Waypoints size={18} strokeWidth={1.75} aria-hidden />} title={<T id="settings.models.meaningModel" />}
        line={<>
          <T id={chosen === null ? 'settings.models.meaningOff' : model?.local ? 'settings.models.meaningHere' : 'settings.models.meaningSent'} values={{ provider: providers.find(({ id }) => id === model?.provider)?.name ?? '' }} />
          {state === 'off' ? null : <span className={state === 'failing' ? classes.message : classes.soFar} role="status"><T id={`settings.models.meaning.${state}`} values={{ done, total, why: message ?? '' }} /></span>}
          {state === 'working' && total > 0 ? <Progress value={(100 * done) / total} size={4} mt={6} aria-label={t('settings.models.meaningProgress')} /> : null}
        </>}
        control={<Select w={{ base: 180, sm: 260 }} clearable searchable limit={200} aria-label={t('settings.models.meaningModel')} placeholder={t('settings.models.meaningNone')} nothingFoundMessage={t('settings.models.meaningNoModel')} disabled={!settings.data || !list.data} value={chosen}
          onChange={(next) => { change.mutate({ change: { embeddingModel: next } }); }}
          data={[...lost, ...groups.map(({ id, name }) => ({ group: name, items: models.filter(({ provider }) => provider === id).map((one) => ({ value: formatModelRef(one), label: one.label })) })).filter(({ items }) => items.length > 0)]} />} />
      {error && <Failure error={error} compact />}
    </SettingGroup>
  );
}
