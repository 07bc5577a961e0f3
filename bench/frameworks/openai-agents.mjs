import { Agent, OpenAIChatCompletionsModel, run, setTracingDisabled, tool } from '@openai/agents';
import OpenAI from 'openai';
import { z } from 'zod';
import { baseURL, calculate, MODEL, QUESTION, SYSTEM, takeTurns, TOOL } from './turns.mjs';

setTracingDisabled(true);
const agent = new Agent({
  name: 'Sums', instructions: SYSTEM, model: new OpenAIChatCompletionsModel(new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 }), MODEL),
  tools: [tool({ ...TOOL, parameters: z.object({ expression: z.string() }), execute: calculate })],
});

await takeTurns(async () => {
  const streamed = await run(agent, QUESTION, { stream: true });
  for await (const part of streamed.toTextStream()) void part;
  await streamed.completed;
  return streamed.finalOutput;
});
