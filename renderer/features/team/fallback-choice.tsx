import { Select } from '@mantine/core';
import { formatModelRef } from '../../../contract/model/model-ref.ts';
import { useCall } from '../../bridge/use-call.ts';
import { useText } from '../../lib/text.tsx';

const NONE = '';

/** The model that answers when the first cannot; null: the failure is told instead. `first` is not offered again. */
export function FallbackChoice({ value, first, onChange }: { value: string | null; first: string | null; onChange: (model: string | null) => void }) {
  const t = useText();
  const list = useCall('models', 'list', {});
  const providers = useCall('models', 'providers', {}).data?.providers ?? [];
  const models = (list.data?.models ?? []).filter((model) => formatModelRef(model) !== (first ?? list.data?.default));
  const groups = [...new Set(models.map(({ provider }) => provider))];
  // One that is kept and no longer offered is shown as it is, so that it can be seen and changed.
  const lost = value !== null && list.data && !models.some((model) => formatModelRef(model) === value) ? [{ value, label: value }] : [];
  return (
    <Select label={t('team.fallback')} description={t('team.fallbackHelp')} searchable limit={200} allowDeselect={false} disabled={!list.data} nothingFoundMessage={t('team.noModel')} value={value ?? NONE}
      onChange={(next) => { onChange(next === NONE ? null : next); }}
      data={[
        { value: NONE, label: t('team.noFallback') }, ...lost,
        ...groups.map((provider) => ({ group: providers.find(({ id }) => id === provider)?.name ?? provider, items: models.filter((model) => model.provider === provider).map((model) => ({ value: formatModelRef(model), label: model.practice ? t('team.practiceLabel', { model: model.label }) : model.label })) })),
      ]} />
  );
}
