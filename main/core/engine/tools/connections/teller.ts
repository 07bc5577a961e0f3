import type { AuditAction } from '../../../../../contract/model/audit.ts';
import type { Activity } from '../../../base/audit/index.ts';
import type { ToolCallContext } from '../tool.ts';

export type Teller = (action: AuditAction, subject: string, outcome: 'done' | 'failed', result?: string) => void;

/** Tells the audit list what a built-in tool did for the agent that called it. */
export const agentTeller = (activity: Activity | undefined) => ({ session: { context: { run } } }: ToolCallContext): Teller => (action, subject, outcome, result) => {
  activity?.note({ actor: { kind: 'agent', id: run.hireId ?? `${run.pluginId ?? ''}/${run.executionTarget}` }, pluginId: null, runId: run.id, action, subject, outcome, ...(result !== undefined && { result }) });
};
