import * as z from 'zod/mini';
import { idSchema, sourceIdSchema } from '../model/ids.ts';
import { keptApprovalSchema, runEventSchema, runSchema } from '../model/run.ts';
import { logged, read, write } from './procedure.ts';

export const runs = {
  /** Runs an agent or a tool of an installed plugin. A crew or a flow answers `run/not-yet-supported`. */
  start: write('POST /executions', { pluginId: sourceIdSchema, target: z.string(), input: z.record(z.string(), z.unknown()), model: z.optional(z.string()) }, z.object({ runId: idSchema }),
    { errors: ['plugins/not-installed', 'run/not-yet-supported', 'run/not-found', 'run/bad-parameters'] }),
  list: read('/executions', { limit: z._default(z.number().check(z.int(), z.gte(1), z.lte(200)), 50), active: z._default(z.boolean(), false) }, z.object({ runs: z.array(runSchema) })),
  get: read('/executions/{id}', { id: idSchema }, runSchema, { errors: ['run/not-found'] }),
  events: logged('/executions/{runId}/stream', { runId: idSchema }, runEventSchema, { errors: ['run/not-found'] }),
  cancel: write('POST /executions/{id}/cancel', { id: idSchema }, z.object({}), { errors: ['run/not-found'] }),
  /** Answers a tool call that waits for approval: the question that `questionId` names and no other. `scope` says how long the answer holds; `arguments`, with `allow`, are used in place of those that were asked with. */
  approve: write('POST /executions/{id}/approvals/{callId}', { id: idSchema, callId: z.string(), questionId: idSchema, decision: z.enum(['allow', 'deny']), scope: z.enum(['once', 'conversation', 'always']), arguments: z.optional(z.record(z.string(), z.unknown())) }, z.object({}), { errors: ['run/not-found', 'run/question-replaced', 'run/bad-parameters'] }),
  /** Answers that hold until they are taken back. */
  approvals: read('/approvals', {}, z.object({ approvals: z.array(keptApprovalSchema) })),
  /** The tool asks again from now on. */
  revokeApproval: write('POST /approvals/revoke', { hireId: idSchema, toolId: z.string().check(z.maxLength(300)), scope: z.string().check(z.maxLength(100)) }, z.object({})),
};
