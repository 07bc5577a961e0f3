import { AppError, hasCode, toWire } from '../../../../contract/errors/app-error.ts';
import { Circuit } from '../models/index.ts';
import type { Clock } from '../runs/index.ts';
import type { BoundedLog } from './bounded-log.ts';
import { IDLE_MS } from './limits.ts';
import type { Session } from './session.ts';

export interface ConnectionOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: BoundedLog;
  /** Opens one life of the connection; `closed` is to be called when it ends by itself. */
  readonly open: (closed: () => void, signal: AbortSignal) => Promise<Session>;
  /** Told when the state changed. */
  readonly changed: () => void;
  readonly idleMs?: number | undefined;
}

export interface ConnectionState { readonly state: 'idle' | 'starting' | 'ready' | 'failing' | 'waiting'; readonly code: string | null; readonly message: string | null; readonly retryAt: number | null }

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;
/** A server that ends sooner than this after it began has failed, whatever it answered before. */
const SOON_MS = 10_000;

const refused = (name: string, seconds: number, retryAt: number): AppError =>
  new AppError('mcp/unavailable', `The MCP server "${name}" failed several times in a row and is left alone for ${seconds} s. Look at its log, or test it under Settings → MCP servers.`, { details: { retryAt } });

/**
 * Keeps one server: started with the first use, shared by all uses, stopped when nobody used it for a while, started again
 * after its end with growing pauses, and left alone for a while when it fails five times within half a minute.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #circuit = new Circuit(refused);
  #session: Promise<Session> | undefined;
  #isReady = false;
  #failure: { code: string; message: string } | undefined;
  #failures = 0;
  #users = 0;
  #idle: NodeJS.Timeout | undefined;
  #life = new AbortController();

  constructor(options: ConnectionOptions) { this.#options = options; }

  state(): ConnectionState {
    const retryAt = this.#circuit.openUntil();
    const { code = null, message = null } = this.#failure ?? {};
    return { state: this.#isReady ? 'ready' : this.#session ? 'starting' : retryAt !== null ? 'waiting' : this.#failure ? 'failing' : 'idle', code, message, retryAt: this.#isReady ? null : retryAt };
  }

  /**
   * Lends the session to `work`. Aborting ends the wait for it, not the start that others wait for too.
   * @throws AppError `mcp/unavailable` (`details.retryAt` while it is left alone); what opening and `work` throw
   */
  async use<T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    this.#users += 1;
    clearTimeout(this.#idle);
    try {
      const done = await work(await sooner(this.#session ?? this.#start(), signal));
      this.#circuit.succeeded();
      this.#failures = 0;
      return done;
    } finally {
      // A call that failed for reasons of its own says nothing about the server.
      this.#circuit.abandoned();
      this.#users -= 1;
      this.#rest();
    }
  }

  /** Tells the session something, if there is one or one is about to be; none is started for it. */
  tell(work: (session: Session) => Promise<void>): void {
    this.#session?.then(work).catch((error: unknown) => { this.#options.log.add('troupe', toWire(error).message); });
  }

  /** The person asks for it now: pauses are over. */
  reset(): void {
    this.#circuit.reset();
    this.#failures = 0;
    this.#failure = undefined;
  }

  /** Ends this life; the next use begins another. */
  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    const session = this.#session;
    this.#life.abort(new AppError('mcp/unavailable', 'The MCP server was stopped.'));
    this.#life = new AbortController();
    this.#over();
    await session?.then((open) => open.close(), () => undefined);
  }

  #start(): Promise<Session> {
    const { clock, name, open, log, changed } = this.#options;
    const life = this.#life;
    const opened = (async () => {
      this.#circuit.enter(clock.now(), name);
      await pause(this.#failures === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1)), life.signal);
      let began = clock.now();
      const session = await open(() => {
        if (this.#session !== opened) return;
        if (this.#isReady && clock.now() - began < SOON_MS) this.#failed(new AppError('mcp/unavailable', 'The MCP server ended right after it began. Its log may say why.'));
        else log.add('troupe', 'The connection ended. It is opened again with the next call.');
        this.#over();
        changed();
      }, life.signal);
      if (life.signal.aborted) { await session.close(); throw life.signal.reason; }
      began = clock.now();
      return session;
    })();
    this.#session = opened;
    changed();
    opened.then(() => {
      if (this.#session !== opened) return;
      this.#isReady = true;
      this.#failure = undefined;
      changed();
    }, (error: unknown) => {
      if (this.#session === opened) this.#over();
      if (!life.signal.aborted && !('retryAt' in toWire(error).details)) this.#failed(error);
      changed();
    });
    return opened;
  }

  #failed(error: unknown): void {
    const { code, message } = toWire(error);
    this.#failure = { code, message };
    this.#options.log.add('troupe', message);
    // What only the person can mend is no fault that waiting would cure.
    if (hasCode(error, 'mcp/values-missing', 'mcp/sign-in-needed', 'core/offline')) { this.#circuit.abandoned(); return; }
    this.#failures += 1;
    this.#circuit.failed(this.#options.clock.now());
  }

  #over(): void {
    this.#session = undefined;
    this.#isReady = false;
  }

  #rest(): void {
    if (this.#users > 0 || !this.#session) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#options.log.add('troupe', 'Stopped, since nobody used it for a while. It is started again when it is needed.');
      this.stop().then(this.#options.changed, (error: unknown) => { this.#options.log.add('troupe', String(error)); });
    }, this.#options.idleMs ?? IDLE_MS);
    this.#idle.unref();
  }
}

function sooner<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => { reject(signal.reason as Error); };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => { signal.removeEventListener('abort', abort); });
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => { signal.removeEventListener('abort', abort); resolve(); }, ms);
    const abort = (): void => { clearTimeout(timer); reject(signal.reason as Error); };
    signal.addEventListener('abort', abort, { once: true });
  });
}
