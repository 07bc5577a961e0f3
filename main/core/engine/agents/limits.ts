import type { ChatModel, Pace } from '../models/index.ts';
import type { RunContext } from '../runs/index.ts';
import type { Budget } from '../usage/index.ts';

export interface Limits {
  readonly context: RunContext;
  readonly pace: Pace | undefined;
  readonly budget: Budget | undefined;
  /** The agent's own limit, and how the agent is called where it waits for it. */
  readonly perMinute: number | null;
  readonly name: string;
}

/**
 * A model as an agent may ask it: no more often than its `max_rpm` allows, by all runs of the same hire together, and as long as
 * the money lasts that its conversation and it may cost. All its calls count, those of judges, summaries and plugins too. What
 * waits, here or for the provider's own limit, is noted in the run. Errors: `run/cost-limit`, and those of the model.
 * @param model what is asked @param priced the same model before anything was put around it: it knows its price
 */
export function limitedModel(model: ChatModel, priced: ChatModel, { context, pace, budget, perMinute, name }: Limits): ChatModel {
  const { run } = context;
  const key = `agent ${run.hireId ?? `${run.pluginId ?? ''}/${run.executionTarget}`}`;
  const waits = (wait: Parameters<RunContext['wait']>[0]): (() => void) => context.wait(wait);
  return {
    info: model.info,
    async chat(request, onDelta) {
      await pace?.turn(key, perMinute, { of: 'agent', name }, request.signal, waits);
      const done = await budget?.begin(run, priced.costOf?.(request) ?? null, model.info.label, context.durable);
      try {
        // It may have been stopped while it waited; a model hears of that only when it happens later.
        request.signal.throwIfAborted();
        return await model.chat({ ...request, waits }, onDelta);
      } finally {
        done?.();
      }
    },
  };
}
