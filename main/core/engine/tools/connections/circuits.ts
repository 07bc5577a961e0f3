import { AppError, hasCode, toWire } from '../../../../../contract/errors/app-error.ts';
import type { HostCircuit } from '../../../../../contract/model/tool.ts';
import { Circuit, type Refusal } from '../../models/index.ts';
import type { Clock } from '../../runs/index.ts';

/** Remembered at most; those that failed longest ago go first. */
const MOST_HOSTS = 200;

/** One circuit for each host that built-in tools ask: who fails again and again is left alone for a while, by all agents. */
export interface HostCircuits {
  /**
   * Asks a host, unless it is left alone now.
   * @param judge whether an error says that the host fails; undefined: it says nothing about it (a mistake of the caller's, a cancel)
   * @throws AppError `tools/unavailable` with the time of the next try in `details.retryAt`; what `work` throws
   */
  through<T>(host: string, work: () => Promise<T>, judge: { failed(error: unknown): boolean | undefined; bad?(value: T): string | undefined }): Promise<T>;
  /** Hosts with failures, those that are left alone first. */
  list(): HostCircuit[];
  retryAt(host: string): number | null;
  reset(host: string): void;
}

const heldBack: Refusal = (host, seconds, retryAt) => new AppError('tools/unavailable', `${host} failed several times in a row and is left alone for ${seconds} s, until ${new Date(retryAt).toISOString()}. Do something else until then, or say that it cannot be reached.`, { details: { host, retryAt } });

export function createHostCircuits(clock: Clock, changed: () => void): HostCircuits {
  const hosts = new Map<string, { circuit: Circuit; message: string }>();
  const fail = (host: string, message: string): void => {
    const known = hosts.get(host) ?? { circuit: new Circuit(heldBack), message };
    hosts.delete(host);
    hosts.set(host, known);
    known.message = message;
    known.circuit.failed(clock.now());
    const oldest = hosts.size > MOST_HOSTS ? hosts.keys().next().value : undefined;
    if (oldest !== undefined) hosts.delete(oldest);
    changed();
  };
  const succeed = (host: string): void => { if (hosts.delete(host)) changed(); };
  return {
    async through(host, work, judge) {
      const circuit = hosts.get(host)?.circuit;
      circuit?.enter(clock.now(), host);
      try {
        const value = await work();
        const bad = judge.bad?.(value);
        if (bad === undefined) succeed(host); else fail(host, bad);
        return value;
      } catch (error) {
        const failed = judge.failed(error);
        if (failed === true) fail(host, toWire(error).message);
        else if (failed === false) succeed(host);
        else circuit?.abandoned();
        throw error;
      }
    },
    list: () => [...hosts].map(([host, { circuit, message }]) => ({ host, failures: circuit.recent(), retryAt: circuit.openUntil(), message })).sort((a, b) => Number(b.retryAt !== null) - Number(a.retryAt !== null) || (a.host < b.host ? -1 : 1)),
    retryAt: (host) => hosts.get(host)?.circuit.openUntil() ?? null,
    reset: succeed,
  };
}

const isTimeout = (reason: unknown): boolean => reason instanceof DOMException && reason.name === 'TimeoutError';

/** How the error of one call judges its host: what cannot be reached in time fails; a cancel or a refusal of ours says nothing. */
export const hostFailed = (signal: AbortSignal) => (error: unknown): boolean | undefined =>
  (hasCode(error, 'core/unreachable', 'core/timeout') || (signal.aborted && isTimeout(signal.reason)) ? true : signal.aborted || hasCode(error, 'core/offline', 'permission/denied', 'core/bad-input') ? undefined : false);
