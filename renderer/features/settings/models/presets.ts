/** A provider that needs no looking up. `id` is what the core knows it by; `address` null: each account has its own. */
export interface Preset { readonly id: string; readonly name: string; readonly address: string | null; readonly needsKey: boolean }

/** The same list as the core's own; tests/renderer/settings compares the two. */
export const presets: readonly Preset[] = [
  { id: 'openai', name: 'OpenAI', address: 'https://api.openai.com/v1', needsKey: true },
  { id: 'azure', name: 'Azure OpenAI', address: null, needsKey: true },
  { id: 'anthropic', name: 'Anthropic', address: 'https://api.anthropic.com/v1', needsKey: true },
  { id: 'gemini', name: 'Google Gemini', address: 'https://generativelanguage.googleapis.com/v1beta/openai', needsKey: true },
  { id: 'openrouter', name: 'OpenRouter', address: 'https://openrouter.ai/api/v1', needsKey: true },
  { id: 'groq', name: 'Groq', address: 'https://api.groq.com/openai/v1', needsKey: true },
  { id: 'mistral', name: 'Mistral', address: 'https://api.mistral.ai/v1', needsKey: true },
  { id: 'ollama', name: 'Ollama', address: 'http://127.0.0.1:11434/v1', needsKey: false },
  { id: 'lmstudio', name: 'LM Studio', address: 'http://127.0.0.1:1234/v1', needsKey: false },
  { id: 'llamacpp', name: 'llama.cpp', address: 'http://127.0.0.1:8080/v1', needsKey: false },
  { id: 'jan', name: 'Jan', address: 'http://127.0.0.1:1337/v1', needsKey: false },
  { id: 'vllm', name: 'vLLM', address: 'http://127.0.0.1:8000/v1', needsKey: false },
];
