import type { ProviderPreset } from '../../../../contract/model/model-ref.ts';

/** How a provider wants its key. */
export type KeyStyle = 'bearer' | 'api-key' | 'anthropic';

/** What is known of a provider beforehand. */
export type Preset = Readonly<ProviderPreset> & { readonly keyStyle: KeyStyle };

const hosted = (id: string, name: string, baseUrl: string | null, keyStyle: KeyStyle = 'bearer'): Preset => ({ id, name, baseUrl, needsKey: true, keyStyle });
const local = (id: string, name: string, baseUrl: string): Preset => ({ id, name, baseUrl, needsKey: false, keyStyle: 'bearer' });

export const PRESETS: readonly Preset[] = [
  hosted('openai', 'OpenAI', 'https://api.openai.com/v1'),
  hosted('azure', 'Azure OpenAI', null, 'api-key'),
  hosted('anthropic', 'Anthropic', 'https://api.anthropic.com/v1', 'anthropic'),
  hosted('gemini', 'Google Gemini', 'https://generativelanguage.googleapis.com/v1beta/openai'),
  hosted('openrouter', 'OpenRouter', 'https://openrouter.ai/api/v1'),
  hosted('groq', 'Groq', 'https://api.groq.com/openai/v1'),
  hosted('mistral', 'Mistral', 'https://api.mistral.ai/v1'),
  hosted('deepseek', 'DeepSeek', 'https://api.deepseek.com/v1'),
  hosted('xai', 'xAI', 'https://api.x.ai/v1'),
  hosted('together', 'Together AI', 'https://api.together.xyz/v1'),
  local('ollama', 'Ollama', 'http://127.0.0.1:11434/v1'),
  local('lmstudio', 'LM Studio', 'http://127.0.0.1:1234/v1'),
  local('llamacpp', 'llama.cpp', 'http://127.0.0.1:8080/v1'),
  local('jan', 'Jan', 'http://127.0.0.1:1337/v1'),
  local('localai', 'LocalAI', 'http://127.0.0.1:8080/v1'),
  local('vllm', 'vLLM', 'http://127.0.0.1:8000/v1'),
];

export const presetOf = (id: string | null | undefined): Preset | undefined => PRESETS.find((preset) => preset.id === id);

/** The headers that carry a key. */
export function keyHeaders(style: KeyStyle, key: string): Record<string, string> {
  if (style === 'api-key') return { 'api-key': key };
  // The chat address takes a bearer token, the list of models only its own header.
  if (style === 'anthropic') return { 'authorization': `Bearer ${key}`, 'x-api-key': key, 'anthropic-version': '2023-06-01' };
  return { authorization: `Bearer ${key}` };
}
