import type { AnsweredToolCall, ChatRequest, ChatUsage } from './chat-model.ts';

const CHARACTERS_A_TOKEN = 4;
/** What a message costs besides its text, and an image at the size most providers scale it to. */
const TOKENS_A_MESSAGE = 4;
const TOKENS_AN_IMAGE = 765;

/** Chinese, Japanese and Korean take about a token a character: counted as other text, four times too much would be sent. */
function tokensOf(text: string): number {
  let dense = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) >= 0x2E80) dense += 1;
  return Math.ceil(dense + (text.length - dense) / CHARACTERS_A_TOKEN);
}

/** The tokens of what would be sent, counted from the texts: right to about a quarter, for the context meter and for providers that do not say. */
export function estimatePromptTokens(request: Pick<ChatRequest, 'messages' | 'tools' | 'responseSchema'>): number {
  let tokens = request.responseSchema ? tokensOf(JSON.stringify(request.responseSchema)) : 0;
  for (const tool of request.tools) tokens += tokensOf(tool.name + tool.description + JSON.stringify(tool.input)) + TOKENS_A_MESSAGE;
  for (const message of request.messages) {
    tokens += TOKENS_A_MESSAGE;
    for (const part of message.parts) {
      if (part.type === 'image') tokens += TOKENS_AN_IMAGE;
      else if (part.type === 'file') tokens += tokensOf(part.data);
      else if (part.type === 'tool_call') tokens += tokensOf(part.name + (JSON.stringify(part.arguments) ?? ''));
      else tokens += tokensOf(part.type === 'tool_result' ? part.content : part.text);
    }
  }
  return tokens;
}

/** Usage counted from the texts, marked as an estimate. */
export function estimateUsage(request: ChatRequest, text: string, toolCalls: readonly AnsweredToolCall[], reasoning = ''): ChatUsage {
  const promptTokens = estimatePromptTokens(request);
  const completionTokens = tokensOf(text + reasoning) + toolCalls.reduce((sum, call) => sum + tokensOf(call.name + call.rawArguments), 0);
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens, estimated: true };
}
