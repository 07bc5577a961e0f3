export { createAgents, type Agents, type AgentsOptions, type AgentTask, type OfferedAgent, type OwnAgents } from './agents.ts';
export { patternProblem } from './guardrails/checks.ts';
export { CONTINUE, historyOf, type HistoryEntry } from './history.ts';
export { createStarter, type Starter } from './start-run.ts';
