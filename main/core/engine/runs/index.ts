export { createRuns, pendingRun, type Runs, type RunsOptions, type RunSpec } from './runs.ts';
export { makeEvent, type EventData, type EventType, type LoggedToolCall, type NewEvent, type RunError, type ToolCallFacts } from './run-events.ts';
export { DEFAULT_LIMITS, type ApprovalAnswer, type ArgumentsCheck, type Clock, type Ids, type RunContext, type RunLimits, type Runnable } from './runnable.ts';
