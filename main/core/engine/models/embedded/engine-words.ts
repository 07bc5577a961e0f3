import * as z from 'zod/mini';

/** What the core and the process beside it say to each other, one JSON text a frame. Each end parses what it gets. */

const parameters = z.record(z.string(), z.unknown());

/** A turn of the conversation. What tools answered stands in the turn of the model that asked them, as llama.cpp's templates want it. */
const partSchema = z.union([z.string(), z.object({ type: z.literal('call'), name: z.string(), arguments: z.unknown(), result: z.string() })]);
const turnSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('system'), text: z.string() }), z.object({ type: z.literal('user'), text: z.string() }), z.object({ type: z.literal('model'), parts: z.array(partSchema) }),
]);
export type Turn = z.infer<typeof turnSchema>;

export const chatOrderSchema = z.object({
  order: z.literal('chat'), id: z.number(), turns: z.array(turnSchema), tools: z.array(z.object({ name: z.string(), description: z.string(), parameters })),
  schema: z.nullable(parameters), maxTokens: z.nullable(z.number()), temperature: z.nullable(z.number()), seed: z.nullable(z.number()),
});
export type ChatOrder = z.infer<typeof chatOrderSchema>;

export const orderSchema = z.discriminatedUnion('order', [
  z.object({ order: z.literal('load'), file: z.string(), contextLength: z.number(), threads: z.number(), embeds: z.boolean() }), chatOrderSchema,
  z.object({ order: z.literal('embed'), id: z.number(), texts: z.array(z.string()) }), z.object({ order: z.literal('stop'), id: z.number() }),
]);
export type Order = z.infer<typeof orderSchema>;

const count = z.number().check(z.int(), z.nonnegative());
export const doneSchema = z.object({
  report: z.literal('done'), id: z.number(), finish: z.enum(['stop', 'length', 'tool_calls']), promptTokens: count, completionTokens: count,
  calls: z.array(z.object({ name: z.string(), arguments: z.unknown() })),
});
export const reportSchema = z.discriminatedUnion('report', [
  z.object({ report: z.literal('ready') }), z.object({ report: z.literal('unusable'), message: z.string() }),
  z.object({ report: z.literal('loaded'), contextLength: count }), z.object({ report: z.literal('load-failed'), message: z.string() }),
  z.object({ report: z.literal('piece'), id: z.number(), kind: z.enum(['text', 'reasoning']), text: z.string() }), doneSchema,
  z.object({ report: z.literal('vectors'), id: z.number(), vectors: z.array(z.array(z.number())) }),
  z.object({ report: z.literal('failed'), id: z.number(), why: z.enum(['too-long', 'stopped', 'error']), message: z.string(), promptTokens: z.optional(count) }),
]);
export type Report = z.infer<typeof reportSchema>;
export type Done = z.infer<typeof doneSchema>;
