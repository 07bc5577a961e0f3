import { ActionIcon, Button, Group, Modal, NumberInput, Skeleton, Stack, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { CircleDollarSign } from 'lucide-react';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { MOST_MICROS } from '../../../contract/model/price.ts';
import type { Spending } from '../../../contract/model/spending.ts';
import { useCall, useChange } from '../../bridge/use-call.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { formatMoney } from '../../lib/format.ts';
import { T, useText } from '../../lib/text.tsx';

const MICROS = 1_000_000;

/** What a conversation took in all and may take, and its agent in all conversations. `agent` undefined: it left the team. */
export function Costs({ id, agent }: { id: string; agent: string | undefined }) {
  const t = useText();
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Tooltip label={t('chat.costs')}><ActionIcon aria-label={t('chat.costs')} onClick={open}><CircleDollarSign size={17} aria-hidden /></ActionIcon></Tooltip>
      <Modal opened={opened} onClose={close} title={t('chat.costs')} closeButtonProps={{ 'aria-label': t('install.close') }}><Details id={id} agent={agent} onDone={close} /></Modal>
    </>
  );
}

function Details({ id, agent, onDone }: { id: string; agent: string | undefined; onDone: () => void }) {
  const costs = useCall('chat', 'costs', { id });
  if (costs.error) return <Failure error={costs.error} compact onRetry={() => { void costs.refetch(); }} />;
  if (!costs.data) return <Stack gap={12} aria-hidden><Skeleton height={14} width="70%" /><Skeleton height={36} /></Stack>;
  return (
    <Stack gap={24}>
      <Part id={id} of="conversation" spending={costs.data.conversation} agent="" onDone={onDone} />
      {agent === undefined ? null : <Part id={id} of="agent" spending={costs.data.agent} agent={agent} onDone={onDone} />}
      <Text size="xs" c="dimmed"><T id="chat.costs.about" /></Text>
    </Stack>
  );
}

function Part({ id, of, spending, agent, onDone }: { id: string; of: 'conversation' | 'agent'; spending: Spending; agent: string; onDone: () => void }) {
  const t = useText();
  const { locale } = useIntl();
  const change = useChange('chat', 'limitCost', { onDone });
  const [value, setValue] = useState<number | string>(spending.limit === null ? '' : spending.limit / MICROS);
  // What ends in a nought after the point comes as text.
  const micros = value === '' ? null : Math.round(Number(value) * MICROS);
  const fits = micros === null || (micros >= 1 && micros <= MOST_MICROS);
  const values = { agent, cost: formatMoney(spending.cost, locale), tokens: spending.tokens, estimated: String(spending.estimated), unknown: spending.unknown, runs: spending.runs };
  return (
    <Stack gap={8} component="form" onSubmit={(event: React.FormEvent) => { event.preventDefault(); if (fits) change.mutate({ id, of, limit: micros }); }}>
      <Text fw={500}><T id={`chat.costs.${of}`} values={values} /></Text>
      <Text size="sm"><T id={spending.runs === 0 ? 'chat.costs.nothing' : spending.unknown === spending.runs ? 'chat.costs.unknown' : spending.cost === 0 && spending.unknown === 0 ? 'chat.costs.free' : 'chat.costs.sum'} values={values} /></Text>
      {spending.unknown > 0 && spending.unknown < spending.runs ? <Text size="sm"><T id="chat.costs.partly" values={values} /></Text> : null}
      <Group gap={8} align="flex-end" wrap="nowrap">
        <NumberInput flex={1} label={t(`chat.costs.limit.${of}`, values)} placeholder={t('chat.costs.noLimit')} prefix="$" decimalScale={6} allowNegative={false} clampBehavior="none" hideControls value={value} onChange={setValue}
          error={fits ? null : t('chat.costs.wrong', { most: MOST_MICROS / MICROS })} />
        <Button type="submit" variant="default" disabled={!fits || micros === spending.limit} loading={change.isPending} aria-label={t(`chat.costs.save.${of}`, values)}><T id="chat.costs.save" /></Button>
      </Group>
      {change.error ? <Failure error={change.error} compact /> : null}
    </Stack>
  );
}
