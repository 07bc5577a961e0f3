import * as z from 'zod/mini';

/**
 * A declarative flow (`schema: crewai.flow/v1`), kept as it was written: the flow engine reads it. An inline list of
 * steps becomes `{ schema: 'troupe.steps/v1', name, steps }`.
 */
export const flowDocumentSchema = z.looseObject({ schema: z.string() });
export type FlowDocument = z.infer<typeof flowDocumentSchema>;

/** A blueprint, kept as it was written: the builder reads it. */
export const blueprintDocumentSchema = z.record(z.string(), z.unknown());
export type BlueprintDocument = z.infer<typeof blueprintDocumentSchema>;
