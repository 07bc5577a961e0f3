import * as z from 'zod/mini';
import { LONGEST_LINK } from '../model/deep-link.ts';
import { read, write } from './procedure.ts';

export const link = {
  /** Flow control of streams: the page grants `credits` more items to one of its subscriptions. */
  grant: read('/link/grant', { stream: z.string(), credits: z.number().check(z.int(), z.positive(), z.lte(1024)) }, z.object({}), { whileLocked: true }),
  /**
   * Shows the app at what a `troupe://` link leads to. `address` null: its window did; else a browser does, at this address,
   * which is good once. For the command line: a page follows links by itself, and is refused.
   */
  open: write('POST /link/open', { link: z.string().check(z.maxLength(LONGEST_LINK)) }, z.object({ address: z.nullable(z.string()) }), { whileLocked: true, errors: ['host/unavailable', 'permission/denied'] }),
};
