import * as z from 'zod/mini';
import { idSchema, instantSchema } from './ids.ts';
import { connectionKindSchema } from './tool.ts';

/** A hired agent. `status` is derived: `setup` names what is missing in `needs`. */
export const hireSchema = z.object({
  id: idSchema, name: z.string(), pluginId: z.string(), agentId: z.string(), role: z.string(), description: z.string(),
  /** The character and colour that its document gives it; null where both are made of its name. */
  avatar: z.nullable(z.object({ emoji: z.nullable(z.string()), colour: z.nullable(z.string()) })),
  status: z.enum(['ready', 'working', 'paused', 'setup', 'error']), needs: z.array(z.string()),
  /** The kind of connection that its tools want, where none of them has one. */
  connection: z.optional(connectionKindSchema),
  /** `provider/model`, or null for the default model. */
  model: z.nullable(z.string()), modelLabel: z.string(),
  /** `provider/model` that answers when the first cannot; null: nobody does. */
  fallbackModel: z.nullable(z.string()),
  tools: z.array(z.string()), createdAt: instantSchema, lastActiveAt: z.nullable(instantSchema),
});
export type Hire = z.infer<typeof hireSchema>;

/** An agent that an installed plugin offers for hire. */
export const hireableSchema = z.object({ pluginId: z.string(), pluginName: z.string(), agentId: z.string(), name: z.string(), description: z.string(), role: z.string(), goal: z.string(), tools: z.array(z.string()) });
export type Hireable = z.infer<typeof hireableSchema>;

export const hireNameSchema = z.string().check(z.trim(), z.minLength(1), z.maxLength(60));
