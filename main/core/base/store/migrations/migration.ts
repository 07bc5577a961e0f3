import type { Writer } from '../handles.ts';

/** One step of the schema. Steps only add: the release before must go on working on the newer database. */
export interface Migration {
  /** A multiple of ten, so that a fix can still be put in between. */
  readonly version: number;
  readonly name: string;
  /** The oldest schema number a program must know to open the database after this step: the `min_app` row. */
  readonly opensWith: number;
  /** Runs inside the transaction that also writes the step's version row. */
  apply(db: Writer): void;
}
