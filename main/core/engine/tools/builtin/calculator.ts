import { builtinTool } from './builtin-tool.ts';
import { evaluate } from './expression.ts';

/** Arithmetic that a language model should not do in its head. */
export const calculator = builtinTool({
  id: 'builtin.calculator', title: 'Calculator', effect: 'read',
  description: 'Calculates an arithmetic expression: + - * / % ^, brackets, sqrt, round, min, max, sin, log and the like.',
  input: {
    type: 'object', additionalProperties: false, required: ['expression'],
    properties: { expression: { type: 'string', minLength: 1, maxLength: 1000, description: 'For example (12.5 + 3) * 4 or sqrt(2) ^ 3.', examples: ['(12.5 + 3) * 4'] } },
  },
  output: { type: 'object', required: ['result'], properties: { result: { type: 'number' } } },
  // Floating-point dust (0.1 + 0.2) is no use to anybody.
  run: ({ expression }) => ({ result: Number(evaluate(String(expression)).toPrecision(15)) }),
});
