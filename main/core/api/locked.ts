import type { AnyRouter } from '@orpc/server';
import { contract } from '../../../contract/api/index.ts';
import type { ProcedureMeta } from '../../../contract/api/procedure.ts';
import { AppError } from '../../../contract/errors/app-error.ts';
import { server } from './context.ts';

interface Implementable { handler(handle: () => never): unknown }

/**
 * The router of a home whose key is not open: procedures that the contract marks `whileLocked` answer, every other one says
 * that the home is locked, and a page then shows how to unlock it.
 */
export function whileLocked(open: Record<string, Record<string, unknown>>): AnyRouter {
  const refuse = (): never => { throw new AppError('credentials/locked', 'This home is locked. Unlock it first.'); };
  const router: Record<string, Record<string, unknown>> = {};
  for (const [domain, procedures] of Object.entries(contract)) {
    const implementers = (server as unknown as Record<string, Record<string, Implementable>>)[domain] ?? {};
    router[domain] = {};
    for (const [name, procedure] of Object.entries(procedures as Record<string, { '~orpc': { meta: ProcedureMeta } }>)) {
      router[domain][name] = procedure['~orpc'].meta.whileLocked ? open[domain]?.[name] : implementers[name]?.handler(refuse);
    }
  }
  return router as AnyRouter;
}
