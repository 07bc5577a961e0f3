import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { MemoryEstimate } from '../../../../../contract/model/model-file.ts';
import type { GgufDetails } from './gguf.ts';

/** What this machine has: logical processors, and bytes of memory that a model may take now. */
export interface Machine { readonly processors: number; readonly memory: number }

/** More is of use to few, and costs memory and time with every model. */
const LONGEST_CONTEXT = 16_384;
const SHORTEST_CONTEXT = 1_024;
/** Models that do not say how much they can read were made when this was usual. */
const USUAL_CONTEXT = 4_096;
/** Keys and values are kept as 16-bit numbers. */
const BYTES_A_NUMBER = 2;
/** The process itself, and room to work in for a batch of this many tokens. */
const PROCESS_BYTES = 192 * 1024 * 1024;
const BATCH = 512;
/** What is left to everything else of the memory that is free. */
const MEMORY_SHARE = 0.9;

/** Bytes that a model takes while it answers with a context of so many tokens. */
export function memoryFor(details: GgufDetails, contextLength: number): MemoryEstimate {
  const cache = contextLength * details.kvHeads * (details.keyLength + details.valueLength) * BYTES_A_NUMBER;
  const work = PROCESS_BYTES + Math.ceil(details.kvHeads / details.layers) * contextLength * BATCH * 4;
  return { weights: details.bytes, cache, work, total: details.bytes + cache + work };
}

/**
 * The longest context that the model knows and that fits, from 16,384 tokens downwards; with the shortest one when none
 * fits, so that the figures can be shown.
 */
export function contextFor(details: GgufDetails, machine: Machine): { readonly contextLength: number; readonly memory: MemoryEstimate; readonly fits: boolean } {
  const most = Math.min(details.contextLength ?? USUAL_CONTEXT, LONGEST_CONTEXT);
  const least = Math.min(most, SHORTEST_CONTEXT);
  let contextLength = most;
  for (; contextLength > least; contextLength = Math.max(least, Math.floor(contextLength / 2))) if (memoryFor(details, contextLength).total <= machine.memory * MEMORY_SHARE) break;
  const memory = memoryFor(details, contextLength);
  return { contextLength, memory, fits: memory.total <= machine.memory * MEMORY_SHARE };
}

/**
 * Threads that count. One processor is left to the app, since llama.cpp's threads wait for each other spinning: with as
 * many of them as processors, anything else that runs stops them all. Of many logical ones half are real.
 */
export const threadsFor = (processors: number): number => Math.max(1, Math.min(16, processors <= 8 ? processors - 1 : Math.ceil(processors / 2)));

const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

/** The refusal with its figures. */
export const tooLarge = (name: string, memory: MemoryEstimate, machine: Machine): AppError => new AppError('models/too-large',
  `${name} needs about ${gigabytes(memory.total)} of memory (${gigabytes(memory.weights)} of it weights), and ${gigabytes(machine.memory)} are free. Close other programs, or choose a smaller model or a smaller quantisation.`,
  { details: { needed: memory.total, weights: memory.weights, cache: memory.cache, free: machine.memory } });
