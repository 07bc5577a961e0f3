import { eventIterator, oc } from '@orpc/contract';
import * as z from 'zod/mini';
import type { ErrorCode } from '../errors/codes.ts';
import { requestIdSchema } from '../model/ids.ts';

/**
 * How a procedure behaves on the wire.
 * - `read`: changes nothing; may be repeated.
 * - `write`: carries a request id that is stored with its effect and answer, so that a repeat does nothing twice.
 * - `logged`: a stream of rows with a sequence number; resumable for ever with `after`.
 * - `state`: a stream that begins with a snapshot and goes on with changes; a new subscription starts over.
 */
export type ProcedureKind = 'read' | 'write' | 'logged' | 'state';

export interface ProcedureMeta {
  kind: ProcedureKind;
  /** Codes that the caller should expect besides `core/*`. */
  errors: readonly ErrorCode[];
  /** The core answers `core/timeout` after this many milliseconds; streams have none. */
  timeoutMs: number;
  /** Answered even while the home's data key is not open. */
  whileLocked: boolean;
}

interface Options { errors?: readonly ErrorCode[]; timeoutMs?: number; whileLocked?: boolean }

/** Errors cross as one defined oRPC error whose data is a WireError; contract/link/client.ts turns it back into an AppError. */
const wireErrorSchema = z.object({ code: z.string(), message: z.string(), retryable: z.boolean(), details: z.record(z.string(), z.unknown()) });
const base = oc.$meta<ProcedureMeta>({ kind: 'read', errors: [], timeoutMs: 10_000, whileLocked: false }).errors({ APP: { data: wireErrorSchema } });

const metaOf = (kind: ProcedureKind, options: Options, timeoutMs: number): ProcedureMeta => ({
  kind, errors: options.errors ?? [], timeoutMs: options.timeoutMs ?? timeoutMs, whileLocked: options.whileLocked ?? false,
});

type Shape = z.core.$ZodShape;
type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** A procedure that changes nothing. `rest` is its path under /api/v1. */
export const read = <I extends Shape, O extends z.core.$ZodType>(rest: `/${string}`, input: I, output: O, options: Options = {}) =>
  base.meta(metaOf('read', options, 10_000)).route({ method: 'GET', path: rest }).input(z.strictObject(input)).output(output);

/** A procedure that changes something. The link fills in `requestId` when the caller leaves it out. */
export const write = <I extends Shape, O extends z.core.$ZodType>(rest: `${Method} /${string}`, input: I, output: O, options: Options = {}) => {
  const [method, path] = rest.split(' ') as [Method, `/${string}`];
  return base.meta(metaOf('write', options, 30_000)).route({ method, path })
    .input(z.strictObject({ ...input, requestId: z.optional(requestIdSchema) })).output(output);
};

/** `stream` names the subscription on its connection; credits are granted to it by `link.grant`. */
const streamShape = { stream: z.string().check(z.maxLength(64)) };

/** Rows with a sequence number, from `after` on (exclusive; 0 = from the beginning), in batches, for ever or until the log ends. */
export const logged = <I extends Shape, O extends z.core.$ZodType>(rest: `/${string}`, input: I, item: O, options: Options = {}) =>
  base.meta(metaOf('logged', options, 0)).route({ method: 'GET', path: rest })
    .input(z.strictObject({ ...input, ...streamShape, after: z._default(z.number().check(z.int(), z.nonnegative()), 0) })).output(eventIterator(z.array(item)));

/** A snapshot first, then a new value at each change. */
export const state = <I extends Shape, O extends z.core.$ZodType>(rest: `/${string}`, input: I, item: O, options: Options = {}) =>
  base.meta(metaOf('state', options, 0)).route({ method: 'GET', path: rest }).input(z.strictObject({ ...input, ...streamShape })).output(eventIterator(item));
