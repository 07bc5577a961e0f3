import type { ChatModel, Pace } from '../models/index.ts';
import type { RunContext } from '../runs/index.ts';

export interface PacedParts {
  readonly context: RunContext;
  readonly pace: Pace | undefined;
  /** The agent's own limit, and how the agent is called where it waits for it. */
  readonly perMinute: number | null;
  readonly name: string;
}

/**
 * The same model, asked for an agent no more often than its `max_rpm` allows: by all runs of the same hire together, judges and
 * summaries included. What waits, here or for the provider's own limit, is noted in the run.
 */
export function pacedModel(model: ChatModel, { context, pace, perMinute, name }: PacedParts): ChatModel {
  const { run } = context;
  const key = `agent ${run.hireId ?? `${run.pluginId ?? ''}/${run.executionTarget}`}`;
  const waits = (wait: Parameters<RunContext['wait']>[0]): (() => void) => context.wait(wait);
  return {
    info: model.info,
    async chat(request, onDelta) {
      await pace?.turn(key, perMinute, { of: 'agent', name }, request.signal, waits);
      return model.chat({ ...request, waits }, onDelta);
    },
  };
}
