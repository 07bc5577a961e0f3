export { createKnowledge, type KnowledgeService, type RunThatReads } from './knowledge.ts';
export { createPluginKnowledge, type HiredDocuments, type PluginKnowledge } from './of-plugins.ts';
export { createReader, type Reader } from './reader.ts';
export { createUploads, fileNameOf } from './uploads.ts';
