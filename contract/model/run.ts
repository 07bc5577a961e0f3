import * as z from 'zod/mini';
import { idSchema, instantSchema } from './ids.ts';

export const executionTypeSchema = z.enum(['agent', 'crew', 'flow', 'tool']);
export const runStatusSchema = z.enum(['pending', 'running', 'waiting', 'completed', 'failed', 'cancelled', 'interrupted']);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** Of all model calls together. `cost` in micro-units of the currency, by the prices when they were made; null when one is unknown, left out in runs from before costs were kept. */
export const tokenUsageSchema = z.object({ promptTokens: z.number(), completionTokens: z.number(), totalTokens: z.number(), successfulRequests: z.number(), estimated: z.boolean(), cost: z.optional(z.nullable(z.number())) });
export type TokenUsage = z.infer<typeof tokenUsageSchema>;

export const runSchema = z.object({
  id: idSchema, pluginId: z.nullable(z.string()), executionType: executionTypeSchema, executionTarget: z.string(), parameters: z.unknown(), status: runStatusSchema,
  conversationId: z.nullable(idSchema), hireId: z.nullable(idSchema), parentRunId: z.nullable(idSchema), model: z.nullable(z.string()),
  createdAt: instantSchema, startedAt: z.nullable(instantSchema), completedAt: z.nullable(instantSchema),
  result: z.nullable(z.unknown()), error: z.nullable(z.object({ code: z.string(), message: z.string() })),
  tokenUsage: z.nullable(tokenUsageSchema), lastSeq: z.number(),
});
export type Run = z.infer<typeof runSchema>;

/** A kept answer about one tool for one hired agent. `scope`: `always`, or `conversation:<id>`. */
export const keptApprovalSchema = z.object({ hireId: idSchema, hireName: z.string(), toolId: z.string(), decision: z.enum(['allow', 'deny']), scope: z.string(), at: instantSchema });
export type KeptApproval = z.infer<typeof keptApprovalSchema>;

/**
 * One entry of a run's append-only log. Types are noun_verb: run_started, user_message_added, llm_call_started,
 * llm_stream_chunk, llm_call_finished, tool_approval_requested, tool_approval_answered, tool_approval_withdrawn, tool_usage_started,
 * tool_usage_finished, assistant_message_finished, run_finished, run_failed, run_cancelled, run_interrupted.
 */
export const runEventSchema = z.object({
  run: idSchema, seq: z.number(), id: z.string(), parent: z.nullable(z.string()), at: instantSchema, type: z.string(),
  channel: z.enum(['lifecycle', 'llm', 'tools', 'messages', 'flow', 'custom']), namespace: z.array(z.string()), data: z.record(z.string(), z.unknown()),
});
export type RunEvent = z.infer<typeof runEventSchema>;
