import * as z from 'zod/mini';

/** Bytes that a model takes while it answers: its weights, what it keeps of the conversation, and room to work in. */
export const memoryEstimateSchema = z.object({ weights: z.number(), cache: z.number(), work: z.number(), total: z.number() });

/** What a GGUF file says of its model. `parameters` is a count; `trainedContext` in tokens, null when the file does not say. */
export const modelFileDetailsSchema = z.object({
  architecture: z.string(), parameters: z.number(), quantisation: z.string(), trainedContext: z.nullable(z.number()), tools: z.boolean(),
  /** Tokens that are used on this machine, and what that takes; `fits` in the memory that is free now. */
  contextLength: z.number(), memory: memoryEstimateSchema, fits: z.boolean(),
});

/**
 * A model that this machine runs by itself. `downloading`, `paused` and `failed` are on their way: `received` of `bytes`
 * (null while the server did not say) are there. `linked`: the file stands where the person has it, and stays when it is
 * removed here; `missing`: it does not stand there any more. `address` is where it was downloaded from.
 */
export const modelFileSchema = z.object({
  id: z.string(), name: z.string(), state: z.enum(['ready', 'downloading', 'paused', 'failed', 'missing']),
  bytes: z.nullable(z.number()), received: z.number(), linked: z.boolean(), address: z.nullable(z.string()), sha256: z.nullable(z.string()),
  details: z.nullable(modelFileDetailsSchema), error: z.nullable(z.object({ code: z.string(), message: z.string() })), addedAt: z.number(),
  loaded: z.boolean(), isDefault: z.boolean(),
});

/** The process that runs them. `available` is false where it has no binary for this machine. `memory` and `disk` are free bytes. */
export const modelEngineSchema = z.object({ available: z.boolean(), threads: z.number(), memory: z.number(), disk: z.number() });

/** What one short answer showed. `loadMs` is null when the model was loaded already. */
export const modelTrySchema = z.object({ text: z.string(), tokens: z.number(), loadMs: z.nullable(z.number()), firstTokenMs: z.nullable(z.number()), tokensPerSecond: z.nullable(z.number()) });

export type MemoryEstimate = z.infer<typeof memoryEstimateSchema>;
export type ModelFileDetails = z.infer<typeof modelFileDetailsSchema>;
export type ModelFile = z.infer<typeof modelFileSchema>;
export type ModelEngine = z.infer<typeof modelEngineSchema>;
export type ModelTry = z.infer<typeof modelTrySchema>;
