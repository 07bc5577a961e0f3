import type { InferClientInputs, InferClientOutputs } from '@orpc/client';
import type { AppError } from '../../contract/errors/app-error.ts';
import type { Procedures, TroupeClient } from '../../contract/link/client.ts';

export type Domain = keyof Procedures;
export type ProcedureOf<D extends Domain> = keyof Procedures[D] & string;
/** What a procedure takes: `Input<'catalog', 'search'>`. */
export type Input<D extends Domain, P extends ProcedureOf<D>> = InferClientInputs<Procedures>[D] extends infer I ? P extends keyof I ? I[P] : never : never;
/** What it answers. */
export type Output<D extends Domain, P extends ProcedureOf<D>> = InferClientOutputs<Procedures>[D] extends infer O ? P extends keyof O ? O[P] : never : never;

type Callable = (input: unknown, options?: { signal?: AbortSignal }) => Promise<unknown>;

/** Calls one procedure by its name. Rejects with AppError. */
export function callProcedure<D extends Domain, P extends ProcedureOf<D>>(client: TroupeClient, domain: D, procedure: P, input: Input<D, P>, signal?: AbortSignal): Promise<Output<D, P>> {
  const found = (client.call[domain] as unknown as Record<string, Callable>)[procedure] as Callable;
  return found(input ?? {}, signal ? { signal } : undefined) as Promise<Output<D, P>>;
}

/** Every call rejects with this and nothing else. */
export type CallError = AppError;
