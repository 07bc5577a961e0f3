/** The core's log: JSON lines in a rotating file, without secrets. */
import { pino } from 'pino';
import { redacted, secretValues } from './redact.ts';
import { openRotatingFile } from './rotating-file.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** What every room is given to log with. Messages name what happened; facts stand in the fields. */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** The same log with fields added to every line (`{ room: 'plugins' }`). */
  child(fields: Readonly<Record<string, unknown>>): Log;
}

export interface CoreLog extends Log {
  /** From now on this text never reaches the log, wherever it occurs. */
  registerSecret(value: string): void;
  /** A text for people elsewhere, without what was registered. */
  clean(text: string): string;
  file(): string;
  /** Writes out what waits. */
  close(): Promise<void>;
}

export interface LogOptions {
  folder: string;
  level?: LogLevel;
  /** Bytes per file; default 5 MiB. */
  limit?: number;
  /** Files kept; default 5. */
  keep?: number;
}

/** Opens the log of a home. Lines: `{ level, time, msg, … }` with `time` in milliseconds. */
export function createLog(options: LogOptions): CoreLog {
  const file = openRotatingFile({ folder: options.folder, name: 'core', limit: options.limit ?? 5 * 1024 * 1024, keep: options.keep ?? 5 });
  const secrets = secretValues();
  const root = pino({
    level: options.level ?? 'info',
    base: { pid: process.pid },
    formatters: {
      level: (label) => ({ level: label }),
      log: (fields) => redacted(fields) as Record<string, unknown>,
    },
    // Errors are made plain by `redacted`; pino's own serializer would see their details first.
    serializers: { err: (error: unknown) => error },
    hooks: { streamWrite: (line) => secrets.remove(line) },
  }, file);
  const wrap = (logger: typeof root): Log => ({
    debug: (fields, message) => { logger.debug(fields, message); },
    info: (fields, message) => { logger.info(fields, message); },
    warn: (fields, message) => { logger.warn(fields, message); },
    error: (fields, message) => { logger.error(fields, message); },
    child: (fields) => wrap(logger.child(redacted(fields) as Record<string, unknown>)),
  });
  return { ...wrap(root), registerSecret: (value) => { secrets.register(value); }, clean: (text) => secrets.remove(text), file: () => file.current(), close: () => file.close() };
}
