/** Secrets as a person gives them to the command line: never as an argument, which every program on the machine could read. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { AppError } from '../../contract/errors/app-error.ts';

/**
 * @param keys whose values are asked for at the terminal without showing them, or read line by line, in this order
 * @param descriptor of a file that is open already, in place of standard input
 * @param advice what to do when one is empty
 */
export async function readSecrets(keys: readonly string[], descriptor: number | undefined, advice?: string): Promise<Record<string, string>> {
  if (keys.length === 0) return {};
  const found: [string, string][] = [];
  if (descriptor === undefined && process.stdin.isTTY) {
    for (const key of keys) found.push([key, await askHidden(`${key}: `)]);
  } else {
    const source = await text(descriptor === undefined ? process.stdin : createReadStream('', { fd: descriptor })).catch((cause: unknown) => { throw new AppError('core/bad-input', `Nothing can be read from descriptor ${descriptor ?? 0}.`, { cause }); });
    const lines = source.replace(/\r?\n$/, '').split(/\r?\n/);
    // One secret may have several lines, as a key file does.
    const values = keys.length === 1 ? [lines.join('\n')] : lines;
    if (values.length !== keys.length) throw new AppError('core/bad-input', `Expected ${keys.length} lines, one for each of ${keys.join(', ')}, and got ${values.length}.`);
    keys.forEach((key, index) => { found.push([key, values[index] ?? '']); });
  }
  const empty = found.find(([, value]) => value === '');
  if (empty) throw new AppError('core/bad-input', `No value came for "${empty[0]}". ${advice ?? `Enter it when asked, give it on standard input, or remove the secret with --reset ${empty[0]}.`}`);
  return Object.fromEntries(found);
}

/** One line from the terminal, which shows nothing of it. */
function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const terminal = createInterface({ input: process.stdin, output: new Writable({ write: (_chunk, _encoding, done) => { done(); } }), terminal: true, historySize: 0 });
  return new Promise((resolve, reject) => {
    terminal.once('SIGINT', () => { reject(new AppError('plugins/cancelled', 'Nothing was changed.')); });
    terminal.once('line', resolve);
    terminal.once('close', () => { resolve(''); });
  }).finally(() => { terminal.close(); process.stderr.write('\n'); }) as Promise<string>;
}
