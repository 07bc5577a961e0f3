import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { baseURL, calculate, MODEL, QUESTION, SYSTEM, takeTurns, TOOL } from './turns.mjs';

const model = createOpenAICompatible({ name: 'stand-in', baseURL, apiKey: 'none', includeUsage: true })(MODEL);
const tools = { [TOOL.name]: tool({ description: TOOL.description, inputSchema: z.object({ expression: z.string() }), execute: calculate }) };

await takeTurns(async () => {
  let text = '';
  for await (const part of streamText({ model, tools, instructions: SYSTEM, prompt: QUESTION, stopWhen: stepCountIs(4), maxRetries: 0 }).textStream) text += part;
  return text;
});
