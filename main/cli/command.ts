import type { TroupeClient } from '../../contract/link/client.ts';
import type { Output } from './output.ts';
import type { Words } from './words.ts';

/** What a command gets. */
export interface CommandContext {
  client: TroupeClient;
  words: Words;
  out: Output;
  /** Puts a yes/no question to the person, or answers null when nobody is at the terminal. */
  ask(question: string): Promise<boolean | null>;
  /** Aborts at the first Ctrl-C. */
  signal: AbortSignal;
}

/** What a command gets that runs without a core. */
export type LoneContext = Omit<CommandContext, 'client'>;

/** One command: its usage as `--help` shows it, and what it does. Resolves with the exit code when it is not 0. */
export interface Command {
  usage: string;
  about: string;
  /** Whether these words (the command's own name first) are such a call; checked before a core is looked for or started. */
  fits(words: Words): boolean;
  run(context: CommandContext): Promise<number | void>;
  /** How it runs when these words need no core. */
  alone?(words: Words): ((context: LoneContext) => Promise<number | void>) | undefined;
}
