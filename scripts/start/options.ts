import { parseArgs } from 'node:util';

export interface StartOptions { home: string | undefined; shell: 'auto' | 'electron' | 'browser' | 'address'; port: number }

const USAGE = 'Usage: npm start -- [--home DIR] [--shell electron|browser|address] [--port N]';

/** Reads the words after `npm start --`. */
export function readStartOptions(words: string[]): StartOptions | { problem: string } {
  let values: { home?: string; shell?: string; port?: string };
  try {
    ({ values } = parseArgs({ args: words, options: { home: { type: 'string' }, shell: { type: 'string' }, port: { type: 'string' } } }));
  } catch (error) {
    return { problem: `${error instanceof Error ? error.message : String(error)}\n${USAGE}` };
  }
  const shell = values.shell ?? 'auto';
  if (shell !== 'auto' && shell !== 'electron' && shell !== 'browser' && shell !== 'address') return { problem: `--shell takes electron, browser or address, not "${shell}".\n${USAGE}` };
  const port = Number(values.port ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return { problem: `--port takes a number from 0 (any) to 65535, not "${values.port ?? ''}".\n${USAGE}` };
  return { home: values.home, shell, port };
}
