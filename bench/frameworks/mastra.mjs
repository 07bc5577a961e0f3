import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { z } from 'zod';
import { baseURL, calculate, MODEL, QUESTION, SYSTEM, takeTurns, TOOL } from './turns.mjs';

const agent = new Agent({
  id: 'sums', name: 'Sums', instructions: SYSTEM, model: createOpenAICompatible({ name: 'stand-in', baseURL, apiKey: 'none', includeUsage: true })(MODEL),
  tools: { [TOOL.name]: createTool({ id: TOOL.name, description: TOOL.description, inputSchema: z.object({ expression: z.string() }), outputSchema: z.object({ result: z.string() }), execute: async (input) => ({ result: calculate(input) }) }) },
});

await takeTurns(async () => {
  let text = '';
  for await (const part of (await agent.stream(QUESTION, { maxSteps: 4 })).textStream) text += part;
  return text;
});
