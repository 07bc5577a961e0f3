import { Radio, Skeleton, TextInput, Tooltip } from '@mantine/core';
import { Braces, Brain, Cloud, Cpu, Eye, GraduationCap, Search, Wrench } from 'lucide-react';
import { useId, useState } from 'react';
import { useIntl } from 'react-intl';
import { formatModelRef, type Capabilities, type ModelInfo, type Provider } from '../../../../contract/model/model-ref.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting, SettingGroup } from '../../../components/setting/setting.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { ModelPrice } from './model-price.tsx';
import classes from './models.module.css';

/** A provider may list hundreds; nobody reads that far, and typing narrows it. */
const SHOWN = 60;
const ABILITIES = [['tools', Wrench], ['vision', Eye], ['reasoning', Brain], ['jsonSchema', Braces]] as const satisfies readonly (readonly [keyof Capabilities, unknown])[];

/** Every model of every provider. The one that is marked answers unless an agent has its own. */
export function ModelList({ providers }: { providers: readonly Provider[] }) {
  const t = useText();
  const group = useId();
  const list = useCall('models', 'list', {});
  const prices = useCall('models', 'prices', {});
  const choose = useChange('models', 'setDefault');
  const [words, setWords] = useState('');
  const wanted = words.trim().toLowerCase();
  const nameOf = (model: ModelInfo): string => (model.practice ? t('settings.models.builtIn') : model.provider === 'embedded' ? t('settings.models.files.title') : (providers.find(({ id }) => id === model.provider)?.name ?? model.provider));
  const models = list.data?.models ?? [];
  const hits = models.filter((model) => wanted === '' || `${model.label} ${model.model} ${nameOf(model)}`.toLowerCase().includes(wanted));
  const chosen = choose.isPending ? (choose.variables.model ?? 'practice') : list.data?.default;
  const isChosen = (model: ModelInfo): boolean => formatModelRef(model) === chosen || (model.practice && (chosen === 'practice' || !models.some((other) => formatModelRef(other) === chosen)));
  return (
    <SettingGroup title={<T id="settings.models.default" />} line={<T id="settings.models.defaultLine" />}
      action={models.length > 8 && <TextInput type="search" aria-label={t('settings.models.filter')} placeholder={t('settings.models.filter')} leftSection={<Search size={14} aria-hidden />} value={words} onChange={(event) => { setWords(event.currentTarget.value); }} />}>
      {list.isPending && <Setting title={<Skeleton height={12} width={160} />} />}
      {list.error && <Failure error={list.error} compact onRetry={() => { void list.refetch(); }} />}
      {prices.error && <Failure error={prices.error} compact onRetry={() => { void prices.refetch(); }} />}
      {choose.error && <Failure error={choose.error} compact />}
      {list.data && (
        <div role="radiogroup" aria-label={t('settings.models.default')} className={classes.models}>
          {hits.slice(0, SHOWN).map((model) => (
            <label key={formatModelRef(model)} className={classes.model}>
              <Radio name={group} checked={isChosen(model)} onChange={() => { choose.mutate({ model: model.practice ? null : formatModelRef(model) }); }} aria-label={`${model.label}, ${nameOf(model)}`} />
              <span className={classes.modelWords}><span className={classes.label}>{model.label}</span><span className={classes.quiet}>{nameOf(model)}</span></span>
              {prices.data && <ModelPrice model={model} price={prices.data.prices[formatModelRef(model)] ?? null} />}
              <ModelFacts model={model} />
            </label>
          ))}
          {hits.length > SHOWN && <p className={classes.more}>{t('settings.models.moreHits', { count: hits.length - SHOWN })}</p>}
          {hits.length === 0 && <p className={classes.more} role="status"><T id="settings.models.noHit" /></p>}
        </div>
      )}
    </SettingGroup>
  );
}

function ModelFacts({ model }: { model: ModelInfo }) {
  const t = useText();
  const { locale } = useIntl();
  const place = model.practice ? 'practice' : model.local ? 'local' : 'remote';
  const Place = { practice: GraduationCap, local: Cpu, remote: Cloud }[place];
  return (
    <span className={classes.facts}>
      {model.contextLength !== null && <Tooltip label={t('settings.models.context', { tokens: model.contextLength })}><span className="numbers">{new Intl.NumberFormat(locale, { notation: 'compact' }).format(model.contextLength)}</span></Tooltip>}
      {ABILITIES.filter(([ability]) => model.capabilities[ability] === true).map(([ability, Icon]) => (
        <Tooltip key={ability} label={t(`settings.models.can.${ability}`)}><Icon size={15} strokeWidth={1.75} role="img" aria-label={t(`settings.models.can.${ability}`)} /></Tooltip>
      ))}
      <Tooltip label={t(`settings.models.place.${place}`)}><Place size={15} strokeWidth={1.75} role="img" aria-label={t(`settings.models.place.${place}`)} /></Tooltip>
    </span>
  );
}
