import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addCost, type ModelPrice } from '../../../contract/model/price.ts';
import type { ModelInfo } from '../../../contract/model/model-ref.ts';
import type { ChatModel, Models } from '../../../main/core/engine/models/index.ts';
import { PRACTICE_INFO } from '../../../main/core/engine/models/index.ts';
import { costOf, createPrices, parsePriceList, pricedModels, pricesOf } from '../../../main/core/engine/usage/index.ts';

const price = (part: Partial<ModelPrice> = {}): ModelPrice => ({ input: 2_500_000, cachedInput: 1_250_000, output: 10_000_000, source: 'list', noted: null, list: null, upToPromptTokens: null, ...part });
const used = (promptTokens: number, completionTokens: number, cachedTokens?: number) => ({ promptTokens, completionTokens, totalTokens: promptTokens + completionTokens, cachedTokens });

describe('A2 what a model call costs', () => {
  it('is whole micro-units, rounded up once a call', () => {
    expect(costOf(used(1_000, 204), price())).toBe(4_540);
    expect(costOf(used(1_000, 204, 400), price())).toBe(4_040);
    expect(costOf(used(1_000, 204, 400), price({ cachedInput: null }))).toBe(4_540);
    expect(costOf(used(1, 0), price({ input: 1 }))).toBe(1);
    expect(costOf(used(500_000, 500_000), price({ input: 1, output: 1 }))).toBe(1);
    expect(costOf(used(500_000, 500_001), price({ input: 1, output: 1 }))).toBe(2);
    expect(costOf(used(5, 5), price({ input: 0, output: 0 }))).toBe(0);
  });

  it('counts what the provider has in the total alone as output, and never more from the cache than was sent', () => {
    expect(costOf({ promptTokens: 10, completionTokens: 5, totalTokens: 115 }, price())).toBe(25 + 1_050);
    expect(costOf(used(10, 0, 1_000), price())).toBe(13);
  });

  it('is unknown without a price, and beyond the length of prompt that the price is for', () => {
    expect(costOf(used(1, 1), null)).toBeNull();
    expect(costOf(used(200_000, 1), price({ upToPromptTokens: 200_000 }))).not.toBeNull();
    expect(costOf(used(200_001, 1), price({ upToPromptTokens: 200_000 }))).toBeNull();
  });

  it('adds up: never negative, never less than the exact sum, at most one micro-unit a call more, unknown with one unknown', () => {
    const tokens = fc.nat(10_000_000);
    const call = fc.tuple(tokens, tokens, tokens).map(([sent, received, cached]) => used(sent, received, cached));
    const anyPrice = fc.record({ input: fc.nat(10_000_000_000), cachedInput: fc.option(fc.nat(10_000_000_000)), output: fc.nat(10_000_000_000) }).map(price);
    fc.assert(fc.property(fc.array(call, { maxLength: 8 }), anyPrice, (calls, one) => {
      const costs = calls.map((each) => costOf(each, one) ?? Number.NaN);
      const sum = costs.reduce<number | null | undefined>((total, cost) => addCost(total, cost), undefined) ?? 0;
      const exact = calls.reduce((total, each) => {
        const kept = Math.min(each.cachedTokens ?? 0, each.promptTokens);
        return total + BigInt(each.promptTokens - kept) * BigInt(one.input) + BigInt(kept) * BigInt(one.cachedInput ?? one.input) + BigInt(each.completionTokens) * BigInt(one.output);
      }, 0n);
      for (const cost of costs) expect(Number.isSafeInteger(cost) && cost >= 0).toBe(true);
      expect(BigInt(sum) * 1_000_000n >= exact).toBe(true);
      expect(BigInt(sum) * 1_000_000n < exact + BigInt(Math.max(1, calls.length)) * 1_000_000n).toBe(true);
      expect(addCost(sum, null)).toBeNull();
    }));
    expect([addCost(undefined, null), addCost(null, 5), addCost(undefined, 5), addCost(3, 5)]).toEqual([null, null, 5, 8]);
  });
});

const file = async (): Promise<Record<string, unknown>> => JSON.parse(await readFile(new URL('../../../resources/prices.json', import.meta.url), 'utf8')) as Record<string, unknown>;

describe('A2 the list of prices', () => {
  it('is whole, and each provider in it is one of the presets at its own address', async () => {
    const prices = createPrices({ list: parsePriceList(await file()), own: () => ({}) });
    for (const [preset, model, baseUrl] of [['openai', 'gpt-4o', 'https://api.openai.com/v1'], ['anthropic', 'claude-haiku-4-5', 'https://api.anthropic.com/v1'], ['gemini', 'gemini-2.5-flash', 'https://generativelanguage.googleapis.com/v1beta/openai']]) {
      expect(prices.of(info({ model: model ?? '', local: false }), { preset: preset ?? null, baseUrl: baseUrl ?? '' }), preset).toMatchObject({ source: 'list', noted: expect.stringMatching(/^20\d\d-/) });
    }
    expect(Object.keys((await file())['providers'] as object).sort()).toEqual(['anthropic', 'gemini', 'openai']);
  });

  it('is refused when it is of another form: fractions, other fields, other currencies, no day, one name twice', () => {
    const one = { names: ['m'], input: 5, output: 5 };
    const listed = (models: object[], part: object = {}, provider: object = {}) => ({ format: 1, currency: 'USD', providers: { openai: { list: 'https://x.example', noted: '2026-01-31', models, ...provider } }, ...part });
    expect(parsePriceList(listed([one])).find('openai', 'm')).toMatchObject({ input: 5, cachedInput: null, upToPromptTokens: null });
    expect(parsePriceList(listed([one])).find('openai', 'M')).toBeUndefined();
    for (const bad of [listed([{ ...one, input: 0.5 }]), listed([{ ...one, output: -1 }]), listed([{ ...one, cached: 1 }]), listed([{ ...one, names: [] }]), listed([one, one]), listed([one], { currency: 'EUR' }), listed([one], { format: 2 }), listed([one], {}, { noted: '2026-13-01' }), listed([one], {}, { list: 'http://x.example' }), null]) {
      expect(() => parsePriceList(bad), JSON.stringify(bad)).toThrow();
    }
  });
});

const info = (part: Partial<ModelInfo>): ModelInfo => ({ ...PRACTICE_INFO, provider: 'p1', model: 'm', practice: false, local: true, ...part });
const list = parsePriceList({ format: 1, currency: 'USD', providers: { openai: { list: 'https://x.example', noted: '2026-01-31', models: [{ names: ['m'], input: 7, output: 8 }] } } });

describe('A2 which price counts', () => {
  const prices = createPrices({ list, own: () => ({ 'p1/mine': { input: 1, cachedInput: null, output: 2 } }) });
  const openai = { preset: 'openai', baseUrl: 'https://api.openai.com/v1' };

  it('the list at the provider\'s own address only, whether it was picked or typed', () => {
    expect(prices.of(info({ local: false }), openai)).toMatchObject({ input: 7, source: 'list' });
    expect(prices.of(info({ local: false }), { ...openai, preset: null })).toMatchObject({ input: 7 });
    expect(prices.of(info({ local: false }), { ...openai, baseUrl: 'https://gateway.example/v1' })).toBeNull();
    expect(prices.of(info({ local: false, model: 'other' }), openai)).toBeNull();
  });

  it('nothing for what this machine runs, and unknown for what may be a gateway to a paid service', () => {
    expect(prices.of(info({ practice: true }), undefined)).toMatchObject({ source: 'free', input: 0 });
    expect(prices.of(info({ provider: 'embedded' }), undefined)).toMatchObject({ source: 'free' });
    const ollama = { preset: 'ollama', baseUrl: 'http://127.0.0.1:11434/v1' };
    expect(prices.of(info({}), ollama)).toMatchObject({ source: 'free' });
    for (const model of ['gpt-oss:120b-cloud', 'kimi:cloud']) expect(prices.of(info({ model }), ollama)).toBeNull();
    expect(prices.of(info({ local: false }), { ...ollama, baseUrl: 'https://far.example/v1' })).toBeNull();
    expect(prices.of(info({}), { preset: null, baseUrl: 'http://127.0.0.1:4000/v1' })).toBeNull();
    expect(prices.of(info({}), undefined)).toBeNull();
  });

  it('what the person entered before all else', () => {
    expect(prices.of(info({ model: 'mine', local: false }), openai)).toMatchObject({ input: 1, output: 2, source: 'own' });
  });

  it('is told for every model, null where it is not known', async () => {
    const models = { models: async () => [PRACTICE_INFO, info({ local: false }), info({ model: 'vendor/x', local: false }), info({ model: 'mine', local: false })], list: async () => [{ ...openai, id: 'p1' }] } as unknown as Models;
    expect(await pricesOf(models, prices)).toEqual({
      'practice/practice': expect.objectContaining({ source: 'free' }), 'p1/m': expect.objectContaining({ source: 'list', noted: '2026-01-31' }), 'p1/vendor/x': null, 'p1/mine': expect.objectContaining({ source: 'own', output: 2 }),
    });
  });

  it('the one in force when the call ends, and it stays with that call', async () => {
    let input = 1_000_000;
    const model: ChatModel = { info: info({}), chat: async () => ({ text: '', toolCalls: [], usage: { ...used(3, 0), estimated: false }, finish: 'stop', model: 'm', provider: 'p1', requestMs: 1, firstTokenMs: null }) };
    const models = { resolve: async () => model, list: async () => [] } as unknown as Models;
    const asked = await pricedModels(models, createPrices({ list, own: () => ({ 'p1/m': { input, cachedInput: null, output: 0 } }) })).resolve(undefined);
    const chat = async (): Promise<unknown> => (await asked.chat({ messages: [], tools: [], signal: new AbortController().signal }, () => undefined)).usage.cost;
    const first = await chat();
    input = 2_000_000;
    expect([first, await chat()]).toEqual([3, 6]);
  });
});
