import path from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../contract/errors/app-error.ts';
import type { SandboxEngine } from '../../sandbox/host/index.ts';

/** How the core was started. Folders are absolute; numbers are milliseconds or ports. */
export interface CoreOptions {
  home: string | undefined;
  /** The folder of the embedded catalog. */
  catalog: string;
  /** The folder of the built page, when pages are served over HTTP. */
  page: string | undefined;
  serve: boolean;
  port: number;
  /** Whether a shell holds the other end of descriptor 3. */
  pipe: boolean;
  /** Stop this long after the last client went; 0 = never. */
  idleExitMs: number;
  offline: boolean;
  /** A descriptor from which the passphrase of the home is read at start. */
  passphraseDescriptor: number | undefined;
  /** What runs plugins, when it is not to be the best for this machine. */
  sandboxEngine: SandboxEngine | undefined;
  /** `name` or `name:hit` of the point at which this process kills itself (tests). */
  failpoint: string | undefined;
}

const here = import.meta.dirname;
const isSource = import.meta.url.endsWith('.ts');

/** Reads the core's arguments. @throws AppError `core/bad-input` */
export function readCoreOptions(argv: readonly string[]): CoreOptions {
  const { values } = (() => {
    try {
      return parseArgs({ args: [...argv], options: {
        home: { type: 'string' }, catalog: { type: 'string' }, page: { type: 'string' }, serve: { type: 'boolean' }, port: { type: 'string' }, pipe: { type: 'boolean' },
        'idle-exit': { type: 'string' }, offline: { type: 'boolean' }, 'passphrase-fd': { type: 'string' }, failpoint: { type: 'string' }, 'sandbox-engine': { type: 'string' },
      } });
    } catch (error) {
      throw new AppError('core/bad-input', `The core was started with arguments that it does not take: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  })();
  const number = (name: string, text: string | undefined, fallback: number): number => {
    const value = text === undefined ? fallback : Number(text);
    if (!Number.isInteger(value) || value < 0) throw new AppError('core/bad-input', `--${name} takes a whole number, not "${text ?? ''}".`);
    return value;
  };
  const engine = values['sandbox-engine'];
  if (engine !== undefined && engine !== 'isolated-vm' && engine !== 'quickjs') throw new AppError('core/bad-input', `--sandbox-engine takes isolated-vm or quickjs, not "${engine}".`);
  return {
    home: values.home, sandboxEngine: engine, serve: values.serve ?? false, pipe: values.pipe ?? false, offline: values.offline ?? false, failpoint: values.failpoint,
    catalog: path.resolve(values.catalog ?? path.join(here, isSource ? '../../dist/catalog' : '../catalog')),
    page: values.page === undefined ? undefined : path.resolve(values.page),
    port: number('port', values.port, 0), idleExitMs: number('idle-exit', values['idle-exit'], 0),
    passphraseDescriptor: values['passphrase-fd'] === undefined ? undefined : number('passphrase-fd', values['passphrase-fd'], 0),
  };
}
