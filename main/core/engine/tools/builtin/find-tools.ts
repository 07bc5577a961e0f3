import type { Tool } from '../tool.ts';
import { builtinTool } from './builtin-tool.ts';

/** Looks among the agent's own tools for some that it was not handed yet; they are handed over with the next round. */
export const findTools = (find: (query: string) => readonly { readonly name: string; readonly description: string }[]): Tool => builtinTool({
  id: 'builtin.find_tools', title: 'Find tools', effect: 'read',
  description: 'You have more tools than are listed here. This finds those whose name or description fits what you need; they are listed from then on.',
  input: { type: 'object', additionalProperties: false, required: ['query'], properties: { query: { type: 'string', minLength: 1, maxLength: 500, description: 'What the tool is to do, in a few words, for example: move a file.' } } },
  run: ({ query }) => {
    const found = find(String(query));
    return { tools: found.map(({ name, description }) => ({ name, description: description.slice(0, 300) })), ...(found.length === 0 && { note: 'No tool has these words. Try others, or go on without.' }) };
  },
});
