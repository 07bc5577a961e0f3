/** The scripted core's connections of built-in tools. Forms are those of the core itself, so that screens are seen with them. */
import type { implement } from '@orpc/server';
import type { Contract } from '../../contract/api/index.ts';
import { AppError } from '../../contract/errors/app-error.ts';
import { valueProblem } from '../../contract/model/configuration.ts';
import type { Connection, ConnectionForm, ConnectionKind, HostCircuit } from '../../contract/model/tool.ts';
import { KINDS } from '../../main/core/engine/tools/connections/kinds.ts';
import { NOW } from './fake-data.ts';
import type { FakeWorld } from './fake-world.ts';

export interface FakeTools { connections: Connection[]; circuits: HostCircuit[]; test: { ok: boolean; message: string; latencyMs: number } }
export const noTools = (): FakeTools => ({ connections: [], circuits: [], test: { ok: true, message: 'It answers.', latencyMs: 84 } });

const forms = (): ConnectionForm[] => KINDS.map(({ kind, fields, picks, tools }) => ({ kind, fields: [...fields], picks, tools: tools.map(({ id, title, description, effect }) => ({ id, title, description, effect })) }));

/** A connection as the core would show it. */
export function connection(id: string, kind: ConnectionKind, name: string, change: Partial<Connection> = {}, values: Record<string, string | number | boolean> = {}): Connection {
  const form = forms().find((one) => one.kind === kind) as ConnectionForm;
  return {
    id, kind, name, place: 'api.example.com', agents: [], missing: [], tools: form.tools, status: { state: 'untested', message: null, checkedAt: null, retryAt: null }, createdAt: NOW,
    fields: form.fields.map((field) => ({ ...field, value: values[field.key] ?? null, isSet: field.type === 'secret' || values[field.key] !== undefined || field.default !== null })), ...change,
  };
}

type Implementer = ReturnType<typeof implement<Contract>>;

export function toolsProcedures(os: Implementer, world: FakeWorld) {
  const find = (id: string): Connection => {
    const found = world.tools.connections.find((one) => one.id === id);
    if (!found) throw new AppError('tools/no-connection', 'There is no such connection.');
    return found;
  };
  const put = (next: Connection): Connection => { world.tools.connections = world.tools.connections.map((one) => (one.id === next.id ? next : one)); world.changed('tools'); return next; };
  return {
    list: os.tools.list.handler(() => ({ tools: forms().flatMap(({ tools }) => tools), connections: world.tools.connections, circuits: world.tools.circuits, secretsKept: world.keyState.encrypted ? 'sealed' as const : 'session' as const })),
    forms: os.tools.forms.handler(() => ({ forms: forms() })),
    connect: os.tools.connect.handler(({ input }) => {
      const form = forms().find(({ kind }) => kind === input.kind);
      const problems = form?.fields.flatMap((field) => { const value = input.set[field.key]; const problem = value === undefined ? (field.required && field.type !== 'secret' && field.default === null ? 'empty' : undefined) : valueProblem(field, value); return problem === undefined ? [] : [{ key: field.key, problem }]; }) ?? [];
      if (problems.length > 0) throw new AppError('core/bad-input', 'The connection was not kept.', { details: { problems } });
      if (world.tools.connections.some(({ name }) => name === input.name)) throw new AppError('tools/name-taken', `There is a connection called "${input.name}" already. Choose another name.`);
      const made = { ...connection(`connection-${world.tools.connections.length + 1}`, input.kind, input.name, {}, input.set), agents: input.agents };
      world.tools.connections = [...world.tools.connections, made];
      world.changed('tools');
      return { connection: made, confirmAt: null };
    }),
    configure: os.tools.configure.handler(({ input }) => put({ ...find(input.id), fields: find(input.id).fields.map((field) => ({ ...field, value: input.set[field.key] ?? (input.reset.includes(field.key) ? null : field.value) })) })),
    test: os.tools.test.handler(({ input }) => {
      put({ ...find(input.id), status: { state: world.tools.test.ok ? 'ready' : 'failing', message: world.tools.test.message, checkedAt: NOW, retryAt: null } });
      return world.tools.test;
    }),
    disconnect: os.tools.disconnect.handler(({ input }) => { find(input.id); world.tools.connections = world.tools.connections.filter(({ id }) => id !== input.id); world.changed('tools'); return {}; }),
    give: os.tools.give.handler(({ input }) => put({ ...find(input.id), agents: input.agents })),
    resetCircuit: os.tools.resetCircuit.handler(({ input }) => { world.tools.circuits = world.tools.circuits.filter(({ host }) => host !== input.host); world.changed('tools'); return {}; }),
  };
}
