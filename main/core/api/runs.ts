import type { Runs } from '../engine/runs/index.ts';
import { requestOf, server } from './context.ts';

/** Starts an agent or a tool of an installed plugin. Crews and flows answer `run/not-yet-supported`. */
export type StartRun = (input: { pluginId: string; target: string; input: Record<string, unknown>; model?: string | undefined }, request?: { id: string; procedure: string }) => Promise<{ runId: string }>;

export const runsApi = (runs: Runs, start: StartRun) => ({
  start: server.runs.start.handler(({ input }) => start(input, requestOf('runs.start', input))),
  list: server.runs.list.handler(({ input }) => runs.list(input)),
  get: server.runs.get.handler(({ input }) => runs.get(input)),
  events: server.runs.events.handler(({ input, context, signal }) => context.paced(input.stream, signal, runs.events(input.runId, input.after, signal ?? new AbortController().signal))),
  cancel: server.runs.cancel.handler(({ input }) => runs.cancel(input, requestOf('runs.cancel', input))),
  approve: server.runs.approve.handler(({ input }) => runs.approve(input, requestOf('runs.approve', input))),
  approvals: server.runs.approvals.handler(() => runs.approvals()),
  revokeApproval: server.runs.revokeApproval.handler(({ input }) => runs.revokeApproval(input, requestOf('runs.revokeApproval', input))),
});
