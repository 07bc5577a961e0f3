import { ORPCError, type AnyRouter } from '@orpc/server';
import { StandardRPCHandler } from '@orpc/server/standard';
import type { ProcedureMeta } from '../../../contract/api/procedure.ts';
import { AppError, hasCode, toWire } from '../../../contract/errors/app-error.ts';
import type { ApiContext } from '../api/context.ts';
import { actingAs } from '../base/audit/index.ts';

export interface CallOptions {
  stopping(): boolean;
  /** Every unexpected error, with the procedure's name. */
  onError(procedure: string, error: unknown): void;
}

/** Parses, limits and guards every call, whichever channel it came by. */
export function createCallHandler(router: AnyRouter, options: CallOptions): StandardRPCHandler<ApiContext> {
  return new StandardRPCHandler<ApiContext>(router, {
    clientInterceptors: [async (call) => {
      const procedure = call.path.join('.');
      const meta = call.procedure['~orpc'].meta as ProcedureMeta;
      try {
        if (options.stopping()) throw new AppError('core/stopping', 'Troupe is stopping. What was stored is safe; try again when it runs.');
        // Whoever asks acts in everything that the call begins.
        const next = (): ReturnType<typeof call.next> => actingAs({ kind: 'person', id: call.context.client }, () => call.next());
        if (meta.kind === 'logged' || meta.kind === 'state') return mapStream(await next(), procedure, options);
        return await withTimeLimit(procedure, meta.timeoutMs, next());
      } catch (error) {
        throw toDefined(error, procedure, options);
      }
    }],
  });
}

async function withTimeLimit<T>(procedure: string, limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { reject(new AppError('core/timeout', `${procedure} did not answer within ${limitMs / 1000} s.`, { details: { procedure, limitMs } })); }, limitMs);
  });
  try { return await Promise.race([work, limit]); } finally { clearTimeout(timer); }
}

/** Errors of a stream become the same defined error as those of a call. */
function mapStream(output: unknown, procedure: string, options: CallOptions): unknown {
  if (typeof output !== 'object' || output === null || !(Symbol.asyncIterator in output)) return output;
  const iterator = (output as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  return (async function* mapped() {
    try {
      for (;;) {
        const next = await iterator.next();
        if (next.done) return;
        yield next.value;
      }
    } catch (error) {
      throw toDefined(error, procedure, options);
    } finally {
      await iterator.return?.();
    }
  })();
}

interface Issue { path?: readonly unknown[]; message?: string }

/** A thrown thing as the one error that crosses: nothing of an unknown error's text leaves the core. */
function toDefined(error: unknown, procedure: string, options: CallOptions): ORPCError<'APP', unknown> {
  if (error instanceof ORPCError && error.code === 'APP') return error;
  let known = error;
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    const issues = ((error.data as { issues?: Issue[] } | undefined)?.issues ?? []).slice(0, 20);
    const problems = issues.map((issue) => ({ path: (issue.path ?? []).map(String).join('.'), message: issue.message ?? '' }));
    known = new AppError('core/bad-input', `${procedure} was asked with input that it does not take${problems[0] ? `: ${problems[0].path} ${problems[0].message}` : ''}.`, { details: { problems } });
  } else if (error instanceof ORPCError && error.code === 'INTERNAL_SERVER_ERROR' && error.cause !== undefined && /output/i.test(error.message)) {
    known = new AppError('core/bad-output', `${procedure} made an answer that breaks the contract. This is a fault of Troupe; the log has the details.`, { cause: error });
    options.onError(procedure, error.cause);
  }
  const wire = toWire(known);
  if (wire.code === 'core/internal' && !hasCode(known, 'core/internal')) options.onError(procedure, error);
  return new ORPCError('APP', { defined: true, data: wire, message: wire.message });
}
