/** Who acts: set where a call or a rule begins, read by the store at each write, without every room in between handing it on. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from '../../../../contract/model/audit.ts';

const acting = new AsyncLocalStorage<Actor>();

/** Runs `work`, and everything that it starts, in the name of `actor`. */
export const actingAs = <T>(actor: Actor, work: () => T): T => acting.run(actor, work);

/** Who acts here and now; undefined when the core does so by itself. */
export const actorNow = (): Actor | undefined => acting.getStore();
