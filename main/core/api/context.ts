import { implement } from '@orpc/server';
import { contract } from '../../../contract/api/index.ts';

/** What a handler knows of the connection that a call came from. None of it can be chosen by the page. */
export interface ApiContext {
  readonly client: 'page' | 'cli' | 'test';
  /** Adds credits to one of this connection's streams. */
  grant(stream: string, credits: number): void;
  /** The items of `source` at the pace of this connection's credits. */
  paced<T>(stream: string, signal: AbortSignal | undefined, source: AsyncIterable<T>): AsyncGenerator<T, void>;
}

/** The contract, to be implemented: a procedure without a handler is a type error. */
export const server = implement(contract).$context<ApiContext>();

/** How the store remembers a write, so that a repeat answers the same; undefined when the caller gave no id. */
export const requestOf = (procedure: string, input: { requestId?: string | undefined }): { id: string; procedure: string } | undefined =>
  input.requestId === undefined ? undefined : { id: input.requestId, procedure };
