import { Tooltip } from '@mantine/core';
import { Cloud, Cpu, GraduationCap } from 'lucide-react';
import { Link } from 'react-router';
import { formatModelRef } from '../../../contract/model/model-ref.ts';
import { useCall } from '../../bridge/use-call.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './top-bar.module.css';

/** The model that answers unless an agent has its own, and whether what is written leaves this machine. */
export function ModelInUse() {
  const t = useText();
  const models = useCall('models', 'list', {});
  const providers = useCall('models', 'providers', {});
  const model = models.data?.models.find((candidate) => formatModelRef(candidate) === models.data.default) ?? models.data?.models.find(({ practice }) => practice);
  if (!model) return null;
  const provider = providers.data?.providers.find(({ id }) => id === model.provider)?.name ?? model.provider;
  const words = t(model.practice ? 'frame.modelPractice' : model.local ? 'frame.modelLocal' : 'frame.modelRemote', { model: model.label, provider });
  const Icon = model.practice ? GraduationCap : model.local ? Cpu : Cloud;
  return (
    <Tooltip label={words} multiline maw={280}>
      <Link to="/settings/models" className={classes.chip} aria-label={words}>
        <Icon size={16} strokeWidth={1.75} aria-hidden />
        <span className={classes.chipText}>{model.practice ? <T id="frame.practice" /> : model.label}</span>
        {model.local && !model.practice && <span className={classes.tag}><T id="frame.local" /></span>}
      </Link>
    </Tooltip>
  );
}
