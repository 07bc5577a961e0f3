import { initial } from './010-initial.ts';
import { pluginVersions } from './020-plugin-versions.ts';
import { updatePolicy } from './030-update-policy.ts';
import { audit } from './040-audit.ts';
import { keptData } from './050-kept-data.ts';
import { chatBranches } from './060-chat-branches.ts';
import { ownAgents } from './070-own-agents.ts';
import { nothingLost } from './080-nothing-lost.ts';
import { memoryAndKnowledge } from './090-memory-and-knowledge.ts';
import { toolConnections } from './100-tool-connections.ts';
import { mcp } from './110-mcp.ts';
import { modelFiles } from './120-model-files.ts';
import { attachments } from './130-attachments.ts';
import { limitsAndVectors } from './150-limits-and-vectors.ts';
import { importedConversations } from './190-imported-conversations.ts';
import { knowledgeOfPlugins } from './200-knowledge-of-plugins.ts';
import { pluginOwners } from './210-plugin-owners.ts';
import type { Migration } from './migration.ts';

/** Every step, oldest first. tests/migrations proves that the numbers rise in tens and that each has its test. */
export const MIGRATIONS: readonly Migration[] = [initial, pluginVersions, updatePolicy, audit, keptData, chatBranches, ownAgents, nothingLost, memoryAndKnowledge, toolConnections, mcp, modelFiles, attachments, limitsAndVectors, importedConversations, knowledgeOfPlugins, pluginOwners];
