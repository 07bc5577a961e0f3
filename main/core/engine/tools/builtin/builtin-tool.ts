import type { JsonSchema } from '../../models/index.ts';
import type { Clock } from '../../runs/index.ts';
import { hashOf, type Tool, type ToolCallContext } from '../tool.ts';

/** Changes when a built-in tool behaves differently; recorded with each call. */
const BUILTIN_VERSION = '1';

type Declaration = Pick<Tool, 'id' | 'title' | 'description' | 'input' | 'output' | 'effect' | 'asks'> & {
  run(input: Readonly<Record<string, unknown>>, clock: Clock, call: ToolCallContext): unknown;
};

/** A tool that comes with Troupe. What it returns is its output; what it throws is told to the model. */
export const builtinTool = ({ run, ...declaration }: Declaration): Tool => ({
  ...declaration, hash: hashOf(declaration), version: BUILTIN_VERSION,
  run: async (input, call) => ({ output: await run(input, call.session.context.clock, call), logs: [], metrics: {} }),
});

/** What a tool takes that looks something up by words. @param most results; `standard` come when none are named */
export const lookup = (words: string, most: number, standard: number): JsonSchema => ({
  type: 'object', additionalProperties: false, required: ['query'],
  properties: { query: { type: 'string', minLength: 1, maxLength: 400, description: words }, limit: { type: 'integer', minimum: 1, maximum: most, description: `At most so many; ${standard} when left out.` } },
});
