import { Loader, Menu, UnstyledButton } from '@mantine/core';
import { Check, CircleAlert, CircleSlash, ShieldQuestion, X } from 'lucide-react';
import { useOperations } from '../../bridge/use-operations.ts';
import type { OperationView } from '../../lib/operation-view.ts';
import { isOver } from '../../lib/operation-view.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './top-bar.module.css';

/** Installs that go on or ended unseen: from here their sheet opens again, wherever the person went meanwhile. */
export function OperationsButton() {
  const t = useText();
  const { operations, show, forget } = useOperations();
  const [first] = operations;
  if (!first) return null;
  const waits = operations.find(({ state }) => state === 'waiting_for_consent');
  const busy = operations.filter((view) => !isOver(view));
  const failed = operations.find(({ state }) => state === 'failed');
  const tone = waits ? 'warning' : busy.length === 0 && failed ? 'negative' : undefined;
  const label = waits ? t('operations.waits', { name: waits.name }) : busy.length > 0 ? t('operations.busy', { count: busy.length }) : failed ? t('operations.failed', { name: failed.name }) : t('operations.done', { name: first.name });
  const ended = operations.filter(isOver);
  return (
    <Menu position="bottom-end" width={280} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={classes.chip} data-tone={tone} title={label}>
          <Mark view={waits ?? busy[0] ?? failed ?? first} />
          <span className={classes.chipText}>{waits ? <T id="operations.decide" /> : busy.length > 0 ? <T id="operations.busyShort" values={{ count: busy.length }} /> : <T id={failed ? 'operations.failedShort' : 'operations.doneShort'} />}</span>
          <span className="unseen">{label}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label><T id="operations.title" /></Menu.Label>
        {operations.map((view) => (
          <Menu.Item key={view.id} leftSection={<Mark view={view} />} onClick={() => { show(view.id); }}>{t(`operations.${view.kind}.${view.state}`, { name: view.name })}</Menu.Item>
        ))}
        {ended.length > 0 && <><Menu.Divider /><Menu.Item leftSection={<X size={16} />} onClick={() => { for (const view of ended) forget(view.id); }}><T id="operations.clear" /></Menu.Item></>}
      </Menu.Dropdown>
    </Menu>
  );
}

function Mark({ view }: { view: OperationView }) {
  if (view.state === 'waiting_for_consent') return <ShieldQuestion size={16} aria-hidden />;
  if (view.state === 'finished') return <Check size={16} aria-hidden />;
  if (view.state === 'failed') return <CircleAlert size={16} aria-hidden />;
  if (view.state === 'cancelled') return <CircleSlash size={16} aria-hidden />;
  return <Loader size={14} color="currentColor" aria-hidden />;
}
