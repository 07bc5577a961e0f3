import { AppError } from '../../../../contract/errors/app-error.ts';
import { OWN } from '../../../../contract/model/ids.ts';
import type { Run } from '../../../../contract/model/run.ts';
import type { WriteRequest } from '../../base/store/index.ts';
import type { Models } from '../models/index.ts';
import type { Runnable, Runs } from '../runs/index.ts';
import { toolRunnable, type PluginSource, type Tools } from '../tools/index.ts';
import type { Agents } from './agents.ts';

export interface Starter {
  /**
   * Runs an agent or a tool of an installed plugin by its id. An agent's input has its task in `prompt`; the other fields
   * fill in its texts. Errors: `plugins/not-installed`, `run/not-yet-supported`, `run/not-found`, `run/bad-parameters`.
   */
  start(input: { pluginId: string; target: string; input: Record<string, unknown>; model?: string | undefined }, request?: WriteRequest): Promise<{ runId: string }>;
  /** What carries such a run on after a restart; for `runs.recover`. */
  runnableOf(run: Run): Runnable;
}

export function createStarter(options: { readonly plugins: PluginSource; readonly tools: Tools; readonly agents: Agents; readonly models: Pick<Models, 'resolve'>; readonly runs: Pick<Runs, 'start'> }): Starter {
  const { plugins, tools, agents, models, runs } = options;

  const agentRunnable = (pluginId: string, target: string, input: Readonly<Record<string, unknown>>, model: string | null): Runnable => {
    const { prompt, ...inputs } = input;
    return agents.runnable({ pluginId, agentId: target, model, text: typeof prompt === 'string' ? prompt : '', logged: false, inputs, history: () => Promise.resolve([]) });
  };
  const toolOf = (pluginId: string, target: string, model: string | null): Runnable => toolRunnable(tools, `${pluginId}/${target}`, () => models.resolve(model ?? undefined));

  return {
    async start({ pluginId, target, input, model }, request) {
      const code = pluginId === OWN ? (await agents.find(OWN, target)).code : await plugins.get(pluginId);
      if (!code || code.status !== 'active') throw new AppError('plugins/not-installed', `The plugin "${pluginId}" is not installed or is disabled. Install or enable it and try again.`);
      const { capabilities, name } = code.manifest.plugin;
      const has = (list: readonly { readonly id: string }[]): boolean => list.some((one) => one.id === target);
      const chosen = model ?? null;
      const spec = { pluginId, parameters: input, model: chosen };
      if (has(capabilities.agents)) {
        if (typeof input.prompt !== 'string' || input.prompt.trim() === '') throw new AppError('run/bad-parameters', `The agent "${target}" needs its task as text in "prompt".`, { details: { field: 'prompt' } });
        if (chosen !== null) await models.resolve(chosen);
        return runs.start(spec, agentRunnable(pluginId, target, input, chosen), request);
      }
      if (has(capabilities.tools)) {
        const tool = await tools.find(`${pluginId}/${target}`);
        const problem = await tools.validator.problem(tool.input, input);
        if (problem !== undefined) throw new AppError('run/bad-parameters', `The input does not fit the tool "${target}". ${problem}`);
        return runs.start(spec, toolOf(pluginId, target, chosen), request);
      }
      if (has(capabilities.crews) || has(capabilities.flows)) throw new AppError('run/not-yet-supported', `This version of Troupe cannot run crews and flows yet, so "${target}" of ${name} was not started.`);
      throw new AppError('run/not-found', `${name} has nothing called "${target}" to run. It has: ${[...capabilities.agents, ...capabilities.tools].map((one) => one.id).join(', ') || 'nothing'}.`);
    },
    runnableOf(run) {
      const input = (run.parameters ?? {}) as Record<string, unknown>;
      return run.executionType === 'tool' ? toolOf(run.pluginId ?? '', run.executionTarget, run.model) : agentRunnable(run.pluginId ?? '', run.executionTarget, input, run.model);
    },
  };
}
