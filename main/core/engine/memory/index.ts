export { withinBudget } from './budget.ts';
export { createMemory, type MemoryService, type RunOfAgent } from './memory.ts';
