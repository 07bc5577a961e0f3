import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCode } from '../../../../contract/errors/app-error.ts';
import { readGguf } from '../../../../main/core/engine/models/embedded/gguf.ts';
import { contextFor, memoryFor, threadsFor } from '../../../../main/core/engine/models/embedded/plan.ts';
import { assemble, ggufFile, text, u32, u64 } from '../../../support/gguf-file.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(path.join(os.tmpdir(), 'troupe-gguf-')); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const read = async (bytes: Uint8Array) => {
  const file = path.join(folder, 'model.gguf');
  await writeFile(file, bytes);
  return readGguf(file);
};
const refusal = async (bytes: Uint8Array): Promise<string> => {
  try {
    await read(bytes);
  } catch (error) {
    expect(error).toMatchObject({ code: 'models/bad-file' });
    return (error as Error).message;
  }
  throw new Error('it was taken');
};

const good = ggufFile({ says: ['Hello', ' you'], name: 'Meadow\u0000 \u202e8B ' });
const one: [string, number[], Float32Array] = ['token_embd.weight', [4, 2], new Float32Array(8)];
const base = [['general.architecture', { text: 'llama' }], ['llama.block_count', { u32: 2 }], ['llama.embedding_length', { u32: 64 }]] as const;

describe('A5 the head of a GGUF file', () => {
  it('tells name, architecture, parameters, quantisation, context and what a conversation takes', async () => {
    expect(await read(good)).toMatchObject({ name: 'Meadow 8B', architecture: 'llama', quantisation: 'F32', contextLength: 2048, layers: 1, kvHeads: 2, keyLength: 32, valueLength: 32, bytes: good.byteLength, hasTemplate: true, templateTools: false });
    expect((await read(good)).parameters).toBe(261 * 64 * 2 + 64 * 64 * 4 + 64 * 3 + 64 * 128 * 3);
  });

  it.each([
    ['nothing', Buffer.alloc(0), /too short/], ['another format', Buffer.from('PK\u0003\u0004'.padEnd(64, 'x')), /does not begin/], ['another version', Buffer.concat([Buffer.from('GGUF'), u32(9), u64(1), u64(1)]), /version 9/],
    ['another byte order', Buffer.concat([Buffer.from('GGUF'), Buffer.from([0, 0, 0, 3]), u64(1), u64(1)]), /byte order/],
    ['a count of tensors that no file has', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(2n ** 63n), u64(0), Buffer.alloc(64)]), /announces 9223372036854775808 tensors/],
    ['a count of entries that no file has', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(1), u64(2n ** 40n), Buffer.alloc(64)]), /entries/],
    ['a text longer than the file', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(1), u64(1), u64(400), Buffer.alloc(64)]), /400 bytes/],
    ['a list longer than the file', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(1), u64(1), text('x'), u32(9), u32(4), u64(1_000_000), Buffer.alloc(64)]), /1000000 items/],
    ['a list of lists', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(1), u64(1), text('x'), u32(9), u32(9), u64(1), Buffer.alloc(64)]), /list of the kind 9/],
    ['a value of no kind', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(1), u64(1), text('x'), u32(77), Buffer.alloc(64)]), /unknown kind 77/],
    ['one name twice', assemble([...base, ['llama.block_count', { u32: 3 }]], [one]), /twice/],
    ['no kind of model', assemble([['general.name', { text: 'x' }]], [one]), /of what kind/],
    ['a part of a model', assemble([['general.architecture', { text: 'clip' }]], [one]), /clip/],
    ['a model for embeddings alone', assemble([['general.architecture', { text: 'nomic-bert' }]], [one]), /for embeddings of the kind nomic-bert.*Qwen3-Embedding/],
    ['one of several files', assemble([...base, ['split.count', { u32: 3 }]], [one]), /one of 3 parts/],
    ['no layers', assemble([['general.architecture', { text: 'llama' }]], [one]), /block_count/],
    ['a part of no size', assemble(base, [['t', [0], new Float32Array(0)]]), /size that none has/],
    ['one part twice', assemble(base, [one, one]), /twice/],
    ['no weights', assemble(base, []), /no weights/],
    ['weights that are cut off', good.subarray(0, good.byteLength - 4096), /cut off/],
  ] as const)('refuses %s', async (_what, bytes, reason) => { expect(await refusal(bytes)).toMatch(reason); });

  it('refuses every shortened file, and never fails otherwise on a damaged one', async () => {
    const small = assemble(base, [one]);
    await fc.assert(fc.asyncProperty(fc.nat(small.byteLength - 1), async (length) => { await refusal(small.subarray(0, length)); }), { numRuns: 60 });
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(small.byteLength - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), async (changes) => {
      const damaged = Buffer.from(small);
      for (const [at, value] of changes) damaged[at] = value;
      try {
        const details = await read(damaged);
        expect(Number.isFinite(details.parameters) && details.kvHeads >= 0 && details.layers >= 1).toBe(true);
      } catch (error) {
        if (!hasCode(error, 'models/bad-file')) throw error;
      }
    }), { numRuns: 150 });
  });
});

describe('A5 what is chosen for a machine', () => {
  const details = { name: null, architecture: 'llama', parameters: 8e9, quantisation: 'Q4_K_M', contextLength: 131_072, layers: 32, kvHeads: 256, keyLength: 128, valueLength: 128, bytes: 4.9 * 1024 ** 3, hasTemplate: true, templateTools: true };

  it('counts weights and 16-bit keys and values of every layer', () => {
    expect(memoryFor(details, 8_192).cache).toBe(8_192 * 256 * 256 * 2); // 1 GiB, as llama.cpp says of such a model
  });

  it('takes the longest context that fits, and says when none does', () => {
    const at = (gibibytes: number) => contextFor(details, { processors: 8, memory: gibibytes * 1024 ** 3 });
    expect([at(32), at(8), at(6.5), at(4)].map(({ contextLength, fits }) => [contextLength, fits])).toEqual([[16_384, true], [8_192, true], [4_096, true], [1_024, false]]);
    expect(at(8).contextLength).toBeLessThan(16_384);
    fc.assert(fc.property(fc.double({ min: 0.5, max: 64, noNaN: true }), (memory) => {
      const chosen = at(memory);
      expect(chosen.fits).toBe(chosen.memory.total <= memory * 1024 ** 3 * 0.9);
      expect(chosen.contextLength).toBeLessThanOrEqual(16_384);
    }));
  });

  it('leaves a processor to the app', () => {
    expect([1, 2, 4, 8, 16, 64].map(threadsFor)).toEqual([1, 1, 3, 7, 8, 16]);
  });
});
