import type { InstallStep } from '../../contract/model/plugin.ts';
import type { OperationView, StepLine } from './operation-view.ts';

/** One row of the sheet: a step with all its plugins together. */
export interface StepRow { step: InstallStep; state: StepLine['state'] | 'pending' | 'waiting'; plugins: number; done: number; total: number | null; unit: 'bytes' | 'files' | 'plugins' | null }

const ORDER: Record<OperationView['kind'], readonly InstallStep[]> = {
  install: ['resolve', 'download', 'verify', 'check', 'consent', 'unpack', 'smoke', 'activate'],
  uninstall: ['activate', 'sweep'],
  update: ['resolve', 'download', 'verify', 'check', 'consent', 'unpack', 'smoke', 'activate'],
  rollback: ['resolve', 'check', 'unpack', 'smoke', 'activate'],
};

/** The rows of an operation, the coming ones included until it is finished; steps that this list does not know stand at the end. */
export function stepRows({ kind, lines, state }: Pick<OperationView, 'kind' | 'lines' | 'state'>): StepRow[] {
  const extra = lines.map(({ step }) => step).filter((step) => !ORDER[kind].includes(step) && step !== 'sweep');
  const steps = [...ORDER[kind], ...new Set(extra)];
  // A step that a finished operation did not need, such as consent to nothing, is not to come.
  const needed = state === 'finished' ? steps.filter((step) => lines.some((line) => line.step === step)) : steps;
  return needed.map((step) => {
    const own = lines.filter((line) => line.step === step);
    const measured = own.flatMap(({ progress }) => (progress ? [progress] : []));
    const worst = (['failed', 'cancelled', 'running'] as const).find((candidate) => own.some((line) => line.state === candidate));
    const later = step === 'consent' && state === 'waiting_for_consent' ? 'waiting' as const : undefined;
    return {
      step, plugins: own.length, state: later ?? worst ?? (own.length > 0 ? 'done' : 'pending'),
      done: measured.reduce((sum, { done }) => sum + done, 0),
      total: measured.length > 0 && measured.every(({ total }) => total !== null) ? measured.reduce((sum, { total }) => sum + (total ?? 0), 0) : null,
      unit: measured[0]?.unit ?? null,
    };
  });
}
