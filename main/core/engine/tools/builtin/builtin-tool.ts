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
