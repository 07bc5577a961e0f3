import { Select } from '@mantine/core';
import { Cloud, FlaskConical, HardDrive } from 'lucide-react';
import { formatModelRef, type ModelInfo } from '../../../contract/model/model-ref.ts';
import { useCall } from '../../bridge/use-call.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './team.module.css';

const DEFAULT = '';

/** Which model an agent thinks with; null follows the default of the settings. */
export function ModelChoice({ value, onChange }: { value: string | null; onChange: (model: string | null) => void }) {
  const t = useText();
  const list = useCall('models', 'list', {});
  if (list.error) return <Failure compact error={list.error} onRetry={() => { void list.refetch(); }} />;
  const models = list.data?.models ?? [];
  const labelOf = (model: ModelInfo): string => (model.practice ? t('team.practiceLabel', { model: model.label }) : model.label);
  const standard = models.find((model) => formatModelRef(model) === list.data?.default);
  const providers = [...new Set(models.map(({ provider }) => provider))];
  const chosen = value === null ? standard : models.find((model) => formatModelRef(model) === value);
  return (
    <div>
      <Select label={t('team.model')} description={t('team.modelHelp')} searchable limit={200} allowDeselect={false} disabled={!list.data} nothingFoundMessage={t('team.noModel')} value={value ?? DEFAULT}
        onChange={(next) => { onChange(next === DEFAULT ? null : next); }}
        data={[
          { value: DEFAULT, label: t('team.defaultModel', { model: standard ? labelOf(standard) : (list.data?.default ?? '…') }) },
          ...providers.map((provider) => ({ group: provider, items: models.filter((model) => model.provider === provider).map((model) => ({ value: formatModelRef(model), label: labelOf(model) })) })),
        ]} />
      {chosen ? <p className={classes.modelNote}><ModelIcon model={chosen} /> <T id={chosen.practice ? 'team.notePractice' : chosen.local ? 'team.noteLocal' : 'team.noteRemote'} values={{ provider: chosen.provider }} /></p> : null}
    </div>
  );
}

function ModelIcon({ model }: { model: ModelInfo }) {
  const Icon = model.practice ? FlaskConical : model.local ? HardDrive : Cloud;
  return <Icon size={14} aria-hidden />;
}
