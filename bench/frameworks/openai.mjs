/** The bare client with a loop of ten lines: as little as can be done. */
import OpenAI from 'openai';
import { baseURL, calculate, MODEL, QUESTION, SYSTEM, takeTurns, TOOL } from './turns.mjs';

const openai = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });
const tools = [{ type: 'function', function: { ...TOOL, parameters: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] } } }];

await takeTurns(async () => {
  const messages = [{ role: 'system', content: SYSTEM }, { role: 'user', content: QUESTION }];
  for (;;) {
    let text = '';
    const calls = [];
    const stream = await openai.chat.completions.create({ model: MODEL, messages, tools, stream: true, stream_options: { include_usage: true } });
    for await (const { choices: [choice] } of stream) {
      text += choice?.delta.content ?? '';
      for (const { index, id, function: { name, arguments: more } } of choice?.delta.tool_calls ?? []) {
        calls[index] ??= { id, type: 'function', function: { name, arguments: '' } };
        calls[index].function.arguments += more;
      }
    }
    if (calls.length === 0) return text;
    messages.push({ role: 'assistant', tool_calls: calls }, ...calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: calculate(JSON.parse(call.function.arguments)) })));
  }
});
