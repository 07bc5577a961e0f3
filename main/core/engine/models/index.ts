export type {
  AnsweredToolCall, ChatAnswer, ChatDelta, ChatModel, ChatRequest, ChatUsage, Clock, Ids, JsonSchema, Log, ModelWait, Reasoning, ResponseSchema, Sleep, ToolSpec, Waits,
} from './chat-model.ts';
export { modelSecrets, modelsStore } from './store.ts';
export type { ModelSecrets, ModelsStore, StoredModel, StoredProvider } from './store.ts';
export type { Models, NewProvider } from './models.ts';
export { createPracticeModel, PRACTICE_INFO, PRACTICE_PROVIDER } from './practice/practice-model.ts';
export { estimatePromptTokens, estimateUsage } from './usage-estimate.ts';
export { createModels, type ModelsParts } from './service.ts';
export type { Embedder } from './embedder.ts';
export { createPace, type Pace } from './pace.ts';
export { LOCAL_PORTS, type LocalPort } from './local-servers.ts';
export { PRESETS, presetOf, type Preset } from './presets.ts';
export { type ChatLimits } from './provider-model.ts';
export { Circuit, type Refusal } from './circuit.ts';
export { createEngine, type Engine, type EngineModel, type EngineParts } from './embedded/engine.ts';
export { createModelFiles, type ModelFiles, type ModelFilesParts } from './embedded/files.ts';
export { filesStore } from './embedded/files-store.ts';
export { EMBEDDED_PROVIDER } from './embedded/embedded-model.ts';
export type { Machine } from './embedded/plan.ts';
export { wordsOfFile } from './file-text.ts';
