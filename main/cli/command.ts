import type { TroupeClient } from '../../contract/link/client.ts';
import type { Output } from './output.ts';
import type { Words } from './words.ts';

/** What a command gets. `ask` puts a yes/no question to the person, or answers null when nobody is at the terminal. */
export interface CommandContext { client: TroupeClient; words: Words; out: Output; ask(question: string): Promise<boolean | null>; signal: AbortSignal }

/** One command: its usage as `--help` shows it, and what it does. Resolves with the exit code when it is not 0. */
export interface Command { usage: string; about: string; run(context: CommandContext): Promise<number | void> }
