/** The `troupe` command: a client of the core. stdout is data, stderr is for people, exit codes are documented. */
import { createInterface } from 'node:readline/promises';
import { AppError, toWire } from '../../contract/errors/app-error.ts';
import { CODES } from '../../contract/errors/codes.ts';
import type { Command } from './command.ts';
import { agents } from './commands/agents.ts';
import { audit, permissions } from './commands/audit.ts';
import { catalog } from './commands/catalog.ts';
import { config } from './commands/config.ts';
import { doctor } from './commands/doctor.ts';
import { keys } from './commands/keys.ts';
import { mcp } from './commands/mcp.ts';
import { knowledge, memory } from './commands/knowledge.ts';
import { models } from './commands/models.ts';
import { open } from './commands/open.ts';
import { pack, validate } from './commands/pack.ts';
import { grant, install, list, uninstall } from './commands/plugins.ts';
import { chat, run } from './commands/runs.ts';
import { registry } from './commands/registry.ts';
import { hire, team } from './commands/team.ts';
import { autoUpdate, channel } from './commands/update-policy.ts';
import { disable, enable, pin, rollback, unpin, update, verify, why } from './commands/versions.ts';
import { connectToCore } from './connect.ts';
import { createOutput, table } from './output.ts';
import { readWords, type Words } from './words.ts';

declare const __TROUPE_VERSION__: string | undefined;

const COMMANDS: Record<string, Command> = { catalog, registry, install, uninstall, list, update, 'auto-update': autoUpdate, channel, rollback, pin, unpin, enable, disable, why, verify, config, grant, permissions, audit, agents, hire, team, chat, memory, knowledge, run, models, mcp, open, pack, validate, keys, doctor };

const help = (): string => `Troupe: find, hire and run AI agents on your own machine.\n\n${table(Object.values(COMMANDS).map((command) => [`  ${command.usage}`, command.about]))}
Every command takes:
  --home DIR   use this folder instead of the usual one (or set TROUPE_HOME)
  --json       answer as JSON on standard output
  --yes        grant and allow what is asked (never what is marked dangerous)
  --offline    forbid the network
Exit codes: 0 done, 1 failed, 2 bad input, 3 not supported, 4 not found, 5 refused, 6 needs the network, 7 model, 8 cancelled, 9 busy.
`;

async function main(): Promise<number> {
  const wantsJson = process.argv.includes('--json');
  const out = createOutput(wantsJson, process.stdout, process.stderr);
  try {
    const words = readWords(process.argv.slice(2));
    if (words.version) { process.stdout.write(`${typeof __TROUPE_VERSION__ === 'undefined' ? 'source' : __TROUPE_VERSION__}\n`); return 0; }
    const [name] = words.command;
    if (words.help || name === undefined) { (words.help ? process.stdout : process.stderr).write(help()); return words.help ? 0 : 2; }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) throw new AppError('core/bad-input', `There is no command "${name}". See "troupe --help".`);
    if (!command.fits(words)) throw new AppError('core/bad-input', `Usage: ${command.usage}`);
    return await runCommand(command, words, out);
  } catch (error) {
    const wire = toWire(error);
    if (wantsJson) process.stdout.write(`${JSON.stringify({ error: wire }, null, 2)}\n`);
    out.say(`troupe: ${wire.message} (${wire.code})`);
    return CODES[wire.code].exit;
  }
}

async function runCommand(command: Command, words: Words, out: ReturnType<typeof createOutput>): Promise<number> {
  const stopping = new AbortController();
  // The first Ctrl-C cancels what is under way and waits for its end; the second one leaves at once.
  process.on('SIGINT', () => { if (stopping.signal.aborted) process.exit(130); stopping.abort(); });
  const ask = async (question: string): Promise<boolean | null> => {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // While it asks, the terminal hands Ctrl-C to the question and not to the process.
    terminal.on('SIGINT', () => { stopping.abort(); });
    try {
      return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal: stopping.signal })).trim());
    } catch (error) {
      if (stopping.signal.aborted) return false;
      throw error;
    } finally {
      terminal.close();
    }
  };
  const lone = { words, out, ask, signal: stopping.signal };
  const alone = command.alone?.(words);
  if (alone) return await alone(lone) ?? 0;
  const client = await connectToCore(words);
  try { return await command.run({ ...lone, client }) ?? 0; } finally { client.close(); }
}

process.exitCode = await main();
