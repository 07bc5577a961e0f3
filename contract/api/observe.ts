import * as z from 'zod/mini';
import { aboutSchema, doctorCheckSchema } from '../model/health.ts';
import { read, state } from './procedure.ts';

/** What changed in the core since the last item: the page refetches what it shows of these domains. */
export const changeTopicSchema = z.enum(['settings', 'credentials', 'catalog', 'plugins', 'team', 'chat', 'runs', 'models', 'mcp', 'audit', 'builder', 'memory', 'knowledge', 'tools']);

export const observe = {
  about: read('/about', {}, aboutSchema, { whileLocked: true }),
  doctor: read('/doctor', {}, z.object({ checks: z.array(doctorCheckSchema) }), { whileLocked: true, timeoutMs: 30_000 }),
  changes: state('/changes', {}, z.object({ topics: z.array(changeTopicSchema), running: z.number() }), { whileLocked: true }),
};
