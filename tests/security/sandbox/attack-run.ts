import type { SandboxLimits, SandboxPool, SandboxRequest } from '../../../sandbox/host/index.ts';
import { moduleOf, type Attack } from './attacks.ts';
import type { Seen } from './controls.ts';

/** A request for one tool of a plugin, whose host counts the calls that reach it and answers each with its name. */
export function hostileRequest(code: string, tool: string, limits: Partial<SandboxLimits>, onCall: () => void = () => undefined): SandboxRequest {
  return {
    code, entry: { kind: 'tool', tool }, input: null, limits,
    context: { execution: { user_id: 'u', session_id: 's', execution_id: 'e' }, parameters: {}, config: {} },
    hostCalls: {
      async call(name, args) {
        if (name === 'sleep') await new Promise((resolve) => setTimeout(resolve, (args as { ms: number }).ms));
        else onCall();
        return { name };
      },
    },
  };
}

/** Makes one attack. Never rejects; `seen` is what is known so far, also of a run that goes on. */
export function attackOn(pool: SandboxPool, attack: Attack, limits: Partial<SandboxLimits>): { seen: Seen; ended: Promise<void> } {
  const seen: Seen = { code: 'no answer', output: null, message: '', messageChars: 0, calls: 0, logChars: 0, logLines: 0 };
  const request = hostileRequest(moduleOf(attack), 'attack', limits, () => { seen.calls += 1; });
  const ended = pool.run({ ...request, onLog: ({ message }) => { seen.logChars += message.length; seen.logLines += 1; } }).then(({ output }) => {
    const long = typeof output === 'string' && output.length > 1_000;
    Object.assign(seen, { code: 'ok', output: long ? output.length : output });
    try {
      structuredClone(output); // as on the way to another thread
    } catch (error) {
      Object.assign(seen, { code: 'parent broken', output: null, message: error instanceof Error ? error.message : '' });
    }
  }, (error: { code: string; message: string }) => { Object.assign(seen, { code: error.code, message: error.message.slice(0, 100), messageChars: error.message.length }); });
  return { seen, ended };
}
