import { Select } from '@mantine/core';
import { formatModelRef } from '../../../contract/model/model-ref.ts';
import { useCall } from '../../bridge/use-call.ts';
import { useText } from '../../lib/text.tsx';

/** The model of the agent and the one that stands in for it; nothing follows the default of the settings. */
export function ModelFields({ model, fallback, onChange }: { model: string | null; fallback: string | null; onChange: (change: { model?: string | null; fallback_model?: string | null }) => void }) {
  const t = useText();
  return (
    <>
      <ModelSelect label={t('builder.field.model')} description={t('builder.help.model')} nothing={t('builder.defaultModel')} value={model} onChange={(next) => { onChange({ model: next }); }} />
      <ModelSelect label={t('team.fallback')} description={t('team.fallbackHelp')} nothing={t('team.noFallback')} value={fallback} onChange={(next) => { onChange({ fallback_model: next }); }} />
    </>
  );
}

interface SelectProps { label: string; description?: string; nothing: string | null; value: string | null; onChange: (model: string | null) => void; bare?: boolean }

/** One of the models that there are, or nothing. A model that is named and not there stays to be seen. */
export function ModelSelect({ label, description, nothing, value, onChange, bare = false }: SelectProps) {
  const t = useText();
  const list = useCall('models', 'list', {});
  const providers = useCall('models', 'providers', {}).data?.providers ?? [];
  const models = list.data?.models ?? [];
  const groups = [...new Set(models.map(({ provider }) => provider))];
  const lost = value !== null && list.data && !models.some((model) => formatModelRef(model) === value) ? [{ value, label: value }] : [];
  return (
    <Select {...(bare ? { 'aria-label': label, size: 'xs' } : { label, description })} searchable limit={200} allowDeselect={false} disabled={!list.data} nothingFoundMessage={t('team.noModel')} value={value ?? ''} onChange={(next) => { onChange(next === '' ? null : next); }}
      data={[
        ...(nothing === null ? [] : [{ value: '', label: nothing }]), ...lost,
        ...groups.map((provider) => ({ group: providers.find(({ id }) => id === provider)?.name ?? provider, items: models.filter((model) => model.provider === provider).map((model) => ({ value: formatModelRef(model), label: model.practice ? t('team.practiceLabel', { model: model.label }) : model.label })) })),
      ]} />
  );
}
