export { withinBudget } from './budget.ts';
export { createVectors, type Seeking, type Sought, type Vectors } from './vectors.ts';
export { createMemory, type MemoryService, type RunOfAgent } from './memory.ts';
