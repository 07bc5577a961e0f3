import * as z from 'zod/mini';

/**
 * How far vectors of memories and documents are. `model` null: none was chosen, searches go by words alone. `failing`: the model
 * could not be asked, which is tried again; `message` says why.
 */
export const vectorsStatusSchema = z.object({ model: z.nullable(z.string()), state: z.enum(['off', 'working', 'ready', 'failing']), done: z.number(), total: z.number(), message: z.nullable(z.string()) });
export type VectorsStatus = z.infer<typeof vectorsStatusSchema>;
