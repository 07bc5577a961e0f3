import { Button, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { formatModelRef, type ModelInfo } from '../../../../contract/model/model-ref.ts';
import type { ModelPrice as Price } from '../../../../contract/model/price.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { formatMoney } from '../../../lib/format.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './models.module.css';

const MICROS = 1_000_000;
type Field = number | string;
const FIELDS = ['input', 'cachedInput', 'output'] as const;

/** What a model costs, and the way to say it oneself. `price` null: not known. */
export function ModelPrice({ model, price }: { model: ModelInfo; price: Price | null }) {
  const t = useText();
  const { locale } = useIntl();
  const [opened, { open, close }] = useDisclosure();
  const words = price === null ? t('settings.models.price.unknown') : price.input === 0 && price.output === 0 ? t('settings.models.price.free')
    : t('settings.models.price.known', { input: formatMoney(price.input, locale), output: formatMoney(price.output, locale) });
  if (model.practice || model.provider === 'embedded') return <span className={classes.price}>{words}</span>;
  return (
    <>
      <button type="button" className={classes.price} aria-label={t('settings.models.price.change', { model: model.label, price: words })} onClick={open}>{words}</button>
      <Modal opened={opened} onClose={close} title={t('settings.models.price.title', { model: model.label })} closeButtonProps={{ 'aria-label': t('install.close') }}><PriceForm model={model} price={price} onDone={close} /></Modal>
    </>
  );
}

function PriceForm({ model, price, onDone }: { model: ModelInfo; price: Price | null; onDone: () => void }) {
  const t = useText();
  const settings = useCall('settings', 'get', {});
  const change = useChange('settings', 'change', { onDone });
  const [values, setValues] = useState<Record<(typeof FIELDS)[number], Field>>({ input: inDollars(price?.input), cachedInput: inDollars(price?.cachedInput), output: inDollars(price?.output) });
  const own = settings.data?.modelPrices;
  const ready = own !== undefined && values.input !== '' && values.output !== '';
  const save = (): void => {
    if (own === undefined || !ready) return;
    const entered = { input: inMicros(values.input), cachedInput: values.cachedInput === '' ? null : inMicros(values.cachedInput), output: inMicros(values.output) };
    change.mutate({ change: { modelPrices: { ...own, [formatModelRef(model)]: entered } } });
  };
  const forget = (): void => {
    const left = Object.entries(own ?? {}).filter(([ref]) => ref !== formatModelRef(model));
    if (own !== undefined) change.mutate({ change: { modelPrices: Object.fromEntries(left) } });
  };
  return (
    <Stack gap={16} component="form" onSubmit={(event: React.FormEvent) => { event.preventDefault(); save(); }}>
      <Text size="sm">{price?.source === 'list' ? t('settings.models.price.fromList', { noted: price.noted ?? '' }) : t(`settings.models.price.from.${price?.source ?? 'nobody'}`)}</Text>
      {FIELDS.map((field) => (
        <NumberInput key={field} label={t(`settings.models.price.${field}`)} min={0} max={10_000} decimalScale={6} hideControls prefix="$" value={values[field]} {...(field === 'input' && { 'data-autofocus': true })}
          onChange={(value) => { setValues((before) => ({ ...before, [field]: value })); }} />
      ))}
      {(settings.error ?? change.error) && <Failure error={settings.error ?? change.error} compact />}
      <Group gap={8} justify="flex-end">
        {price?.source === 'own' && <Button variant="default" loading={change.isPending} onClick={forget}><T id="settings.models.price.forget" /></Button>}
        <Button type="submit" disabled={!ready} loading={change.isPending}><T id="settings.models.price.save" /></Button>
      </Group>
    </Stack>
  );
}

const inDollars = (micros: number | null | undefined): Field => (micros === null || micros === undefined ? '' : micros / MICROS);
/** What ends in a nought after the point, such as 2.50, comes as text. */
const inMicros = (dollars: Field): number => Math.round(Number(dollars) * MICROS);
