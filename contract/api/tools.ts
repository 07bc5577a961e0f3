import * as z from 'zod/mini';
import { configurationValuesSchema } from '../model/configuration.ts';
import { idSchema } from '../model/ids.ts';
import { builtinToolSchema, connectionFormSchema, connectionKindSchema, connectionNameSchema, connectionSchema, connectionTestSchema, hostCircuitSchema } from '../model/tool.ts';
import { read, write } from './procedure.ts';

const errors = ['tools/no-connection'] as const;
const secrets = z._default(z.record(z.string().check(z.maxLength(64)), z.nullable(z.string().check(z.minLength(1), z.maxLength(8192)))), {});

/** Tools that come with Troupe, what they are connected to, and the hosts that fail. */
export const tools = {
  list: read('/tools', {}, z.object({ tools: z.array(builtinToolSchema), connections: z.array(connectionSchema), circuits: z.array(hostCircuitSchema), secretsKept: z.enum(['sealed', 'session']) })),
  /** What connections there can be. */
  forms: read('/tools/forms', {}, z.object({ forms: z.array(connectionFormSchema) })),
  /**
   * Keeps a connection and gives it to `agents` (hires, own agents); without any no agent has it yet. Where a folder belongs to it the shell asks for one; `confirmAt` is the address
   * of the page where a browser's user picks it, and the connection is there when they did. `folder` names it without a
   * dialog, which a page may not do.
   */
  connect: write('POST /tools/connections', { kind: connectionKindSchema, name: connectionNameSchema, set: z._default(configurationValuesSchema, {}), secrets, agents: z._default(z.array(idSchema).check(z.maxLength(100)), []), folder: z.optional(z.string().check(z.maxLength(4096))) },
    z.object({ connection: z.nullable(connectionSchema), confirmAt: z.nullable(z.string()) }), { timeoutMs: 10 * 60_000, errors: ['core/bad-input', 'tools/name-taken', 'host/cancelled', 'credentials/no-store', 'permission/denied', 'team/not-found'] }),
  /** Only what is given changes; `reset` goes back to the default; a secret of null is removed. */
  configure: write('PUT /tools/connections/{id}', { id: idSchema, set: z._default(configurationValuesSchema, {}), reset: z._default(z.array(z.string().check(z.maxLength(64))).check(z.maxLength(100)), []), secrets }, connectionSchema, { errors: [...errors, 'core/bad-input'] }),
  /** Asks what is there; a webhook gets an event that says it is a test, anything else is not changed. */
  test: write('POST /tools/connections/{id}/test', { id: idSchema }, connectionTestSchema, { timeoutMs: 60_000, errors }),
  /** With its secrets; agents lose it at once. */
  disconnect: write('DELETE /tools/connections/{id}', { id: idSchema }, z.object({}), { errors }),
  /** Exactly these agents (hires, own agents) may use it from now on. */
  give: write('PUT /tools/connections/{id}/agents', { id: idSchema, agents: z.array(idSchema).check(z.maxLength(1000)) }, connectionSchema, { errors: [...errors, 'team/not-found'] }),
  /** Asks a host that is left alone again at once. */
  resetCircuit: write('POST /tools/circuits/reset', { host: z.string().check(z.maxLength(300)) }, z.object({})),
};
