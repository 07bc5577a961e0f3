import { concernedIn, type Concerned, type ConsentItem, type InstallStep, type Operation, type OperationEvent } from '../../contract/model/plugin.ts';

/** One line of the step log as it is shown. A step of several plugins has a line for each. */
export interface StepLine {
  key: string;
  step: InstallStep;
  pluginId: string | null;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  progress: { done: number; total: number | null; unit: 'bytes' | 'files' | 'plugins' } | null;
}

export interface OperationError { code: string; message: string; retryable: boolean; details: Record<string, unknown> }

/** An install or uninstall as the page shows it, made from its log alone. */
export interface OperationView {
  id: string;
  kind: Operation['kind'];
  pluginId: string;
  name: string;
  state: Operation['state'];
  lines: readonly StepLine[];
  consent: readonly ConsentItem[] | null;
  /** Who needs and uses what it changes; null until that is known. */
  concerned: Concerned | null;
  error: OperationError | null;
  seq: number;
  /** A set bears no plugin's id; what was picked from this computer cannot be begun again by itself. */
  asked: Operation['asked'];
}

export const startView = (given: Pick<OperationView, 'id' | 'kind' | 'pluginId' | 'name' | 'asked'>): OperationView => ({ ...given, state: 'running', lines: [], consent: null, concerned: null, error: null, seq: 0 });

const endLines = (lines: readonly StepLine[], state: StepLine['state']): StepLine[] => lines.map((line) => (line.state === 'running' ? { ...line, state } : line));

/** The view after one more row. A row that was seen before changes nothing, so that a resumed log may overlap. */
export function addEvent(view: OperationView, { seq, event }: OperationEvent): OperationView {
  if (seq <= view.seq) return view;
  const next = { ...view, seq };
  const key = 'step' in event ? `${event.step}/${'pluginId' in event ? (event.pluginId ?? '') : ''}` : '';
  const change = (line: Partial<StepLine>): readonly StepLine[] => view.lines.map((known) => (known.key === key ? { ...known, ...line } : known));
  switch (event.type) {
    case 'step_started':
      return { ...next, consent: null, state: 'running', lines: [...view.lines.filter((line) => line.key !== key), { key, step: event.step, pluginId: event.pluginId, state: 'running', progress: null }] };
    case 'step_progressed':
      return { ...next, lines: change({ progress: { done: event.done, total: event.total, unit: event.unit } }) };
    case 'step_finished':
      return { ...next, lines: change({ state: 'done' }), ...(event.step === 'consent' && { consent: null, state: 'running' as const }), ...(event.step === 'resolve' && { concerned: concernedIn(event.detail) }) };
    case 'consent_requested':
      return { ...next, state: 'waiting_for_consent', consent: event.items };
    case 'operation_finished':
      return { ...next, state: 'finished', consent: null, lines: endLines(view.lines, 'done') };
    case 'operation_failed':
      return { ...next, state: 'failed', consent: null, error: event.error, lines: endLines(view.lines, 'failed') };
    case 'operation_cancelled':
      return { ...next, state: 'cancelled', consent: null, lines: endLines(view.lines, 'cancelled') };
  }
}

export const isOver = (view: Pick<OperationView, 'state'>): boolean => view.state === 'finished' || view.state === 'failed' || view.state === 'cancelled';
