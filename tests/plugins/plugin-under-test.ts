/** A first-party plugin as people get it: packed, read back, and run in the real sandbox, with inputs and outputs held against its schemas. */
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { packArchive, readArchive, type PluginArchive } from '../../packaging/index.ts';
import type { HostCallName, SandboxEntry, SandboxPool } from '../../sandbox/host/index.ts';
import { ENGINES, makePool } from '../sandbox/pool-for-tests.ts';
import { pluginFiles, PLUGINS_FOLDER } from '../../scripts/build-plugins.ts';

export type Host = Partial<Record<HostCallName, (args: Record<string, unknown>) => unknown>>;

export interface PluginUnderTest {
  archive: PluginArchive;
  /** Calls a tool; what the plugin may ask for is what `host` answers, all else is `permission/denied`. */
  call(tool: string, input: Record<string, unknown>, host?: Host, config?: Record<string, unknown>): Promise<Record<string, unknown>>;
  run(entry: SandboxEntry): Promise<{ output: unknown; tools?: string[] }>;
  stop(): Promise<void>;
}

const denied = (name: string): Error => Object.assign(new Error(`${name} is not granted.`), { code: 'permission/denied' });

export async function pluginUnderTest(name: string, engine = ENGINES[0]): Promise<PluginUnderTest> {
  const archive = await readArchive(await packArchive(await pluginFiles(path.join(PLUGINS_FOLDER, name))));
  const pool: SandboxPool = makePool({ ...engine?.options, processes: 1 });
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const check = (what: string, schema: object | undefined, value: unknown): void => { if (schema && !ajv.validate(schema, value)) throw new Error(`${what}: ${ajv.errorsText()}`); };
  const run = (entry: SandboxEntry, input: unknown = null, host: Host = {}, config: Record<string, unknown> = {}) => pool.run({
    code: archive.code ?? '', entry, input, context: { execution: { user_id: 'u', session_id: 's', execution_id: 'e' }, parameters: {}, config },
    hostCalls: { call: async (call, args) => { const answer = host[call]; if (!answer) throw denied(call); return answer(args as Record<string, unknown>); } },
  });
  return {
    archive, run: (entry) => run(entry), stop: () => pool.stop(),
    call: async (id, input, host, config) => {
      const tool = archive.manifest.plugin.capabilities.tools.find((candidate) => candidate.id === id);
      if (!tool) throw new Error(`${name} has no tool ${id}.`);
      check(`input of ${id}`, tool.input, input);
      const { output } = await run({ kind: 'tool', tool: id }, input, host, config);
      check(`output of ${id}`, tool.output, output);
      return output as Record<string, unknown>;
    },
  };
}
