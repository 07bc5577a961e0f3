/** The scripted course of installing and uninstalling, with the same events in the same order as the core's. */
import type { OperationEventBody, OperationKind, InstallStep } from '../../contract/model/plugin.ts';
import { makeInstalled } from './fake-data.ts';
import { createLog } from './fake-log.ts';
import type { FakeOperation, FakeWorld } from './fake-world.ts';

let made = 0;

/** Starts an operation; its log runs on by itself. */
export function startOperation(world: FakeWorld, kind: OperationKind, pluginId: string, asked: 'plugin' | 'set' | 'machine' = 'plugin'): string {
  made += 1;
  const id = `operation-${made}`;
  const log = createLog<ReturnType<FakeOperation['log']['rows']>[number]>();
  let seq = 0;
  let answer: ((value: { accept: boolean }) => void) | undefined;
  let cancelled = false;
  const entry: FakeOperation = {
    operation: { id, kind, pluginId, state: 'running', createdAt: Date.now(), finishedAt: null, automatic: null, asked }, log,
    answerConsent(value) { answer?.(value); },
    cancel() { cancelled = true; answer?.({ accept: false }); },
  };
  const tell = (event: OperationEventBody): void => { seq += 1; log.push({ operationId: id, seq, at: Date.now(), event }); };
  const pause = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, world.stepMs); });
  const stop = (state: 'finished' | 'failed' | 'cancelled', event: OperationEventBody): void => {
    entry.operation = { ...entry.operation, state, finishedAt: Date.now() };
    tell(event);
    log.end();
    world.changed('plugins');
  };
  const step = async (name: InstallStep, work: () => Promise<void> | void = () => undefined): Promise<boolean> => {
    if (cancelled) { stop('cancelled', { type: 'operation_cancelled', step: name }); return false; }
    tell({ type: 'step_started', step: name, pluginId });
    await pause();
    await work();
    if (cancelled) { stop('cancelled', { type: 'operation_cancelled', step: name }); return false; }
    if (entry.operation.state === 'failed' || entry.operation.state === 'cancelled') return false;
    tell({ type: 'step_finished', step: name, pluginId, detail: {} });
    return true;
  };
  const card = world.cards.find((candidate) => candidate.id === pluginId);
  const install = async (): Promise<void> => {
    if (!await step('resolve')) return;
    const downloaded = await step('download', async () => {
      for (const done of [40_000, 110_000, 184_320]) { tell({ type: 'step_progressed', step: 'download', pluginId, done, total: 184_320, unit: 'bytes' }); await pause(); }
      if (world.failInstall) { const error = world.failInstall; world.failInstall = null; stop('failed', { type: 'operation_failed', step: 'download', error }); }
    });
    if (!downloaded || !await step('verify') || !await step('check')) return;
    const items = card && world.consent ? world.consent(card) : [];
    if (items.length > 0) {
      const agreed = await step('consent', async () => {
        entry.operation = { ...entry.operation, state: 'waiting_for_consent' };
        const reply = new Promise<{ accept: boolean }>((resolve) => { answer = resolve; });
        tell({ type: 'consent_requested', items });
        const { accept } = await reply;
        entry.operation = { ...entry.operation, state: 'running' };
        if (!accept && !cancelled) stop('failed', { type: 'operation_failed', step: 'consent', error: { code: 'plugins/consent-refused', message: 'You did not agree to what the plugin needs.', retryable: false, details: {} } });
      });
      if (!agreed) return;
    }
    for (const name of ['unpack', 'smoke', 'activate'] as const) if (!await step(name)) return;
    if (card) { world.installed.set(card.id, makeInstalled(card)); card.installedVersion = card.version; }
    world.changed('plugins');
    stop('finished', { type: 'operation_finished', pluginIds: [pluginId] });
  };
  const uninstall = async (): Promise<void> => {
    if (!await step('activate') || !await step('sweep')) return;
    world.installed.delete(pluginId);
    if (card) card.installedVersion = null;
    stop('finished', { type: 'operation_finished', pluginIds: [pluginId] });
  };
  /** An update to the next minor version, or the way back from it. */
  const change = async (steps: readonly InstallStep[]): Promise<void> => {
    for (const name of steps) if (!await step(name)) return;
    const here = world.installed.get(pluginId);
    if (here) world.installed.set(pluginId, { ...here, version: here.previousVersion ?? `${here.version}-next`, previousVersion: here.version });
    stop('finished', { type: 'operation_finished', pluginIds: [pluginId] });
  };
  const course = { install, uninstall, update: () => change(['resolve', 'download', 'verify', 'check', 'unpack', 'smoke', 'activate']), rollback: () => change(['resolve', 'check', 'unpack', 'smoke', 'activate']) };
  world.operations.set(id, entry);
  world.changed('plugins');
  void course[kind]();
  return id;
}
