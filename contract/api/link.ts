import * as z from 'zod/mini';
import { read } from './procedure.ts';

/** Flow control of streams: the page grants `credits` more items to one of its subscriptions. */
export const link = {
  grant: read('/link/grant', { stream: z.string(), credits: z.number().check(z.int(), z.positive(), z.lte(1024)) }, z.object({}), { whileLocked: true }),
};
