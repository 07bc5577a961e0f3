import { tool } from '@langchain/core/tools';
import { createReactAgent } from '@langchain/langgraph/prebuilt';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';
import { baseURL, calculate, MODEL, QUESTION, SYSTEM, takeTurns, TOOL } from './turns.mjs';

const agent = createReactAgent({
  llm: new ChatOpenAI({ model: MODEL, apiKey: 'none', streaming: true, maxRetries: 0, configuration: { baseURL } }),
  tools: [tool(calculate, { ...TOOL, schema: z.object({ expression: z.string() }) })], prompt: SYSTEM,
});

await takeTurns(async () => {
  let text = '';
  for await (const [message] of await agent.stream({ messages: [{ role: 'user', content: QUESTION }] }, { streamMode: 'messages' })) {
    if (message.getType() === 'ai' && typeof message.content === 'string') text += message.content;
  }
  return text;
});
