import { describe, expect, expectTypeOf, test } from 'vitest';
import { definePlugin, tool, type ToolContext } from '../../sdk/index.ts';

interface FetchPage { input: { url: string }; output: { title: string } }

describe('definePlugin', () => {
  test('gives back what it was given, with its types', async () => {
    const plugin = definePlugin({
      tools: { fetch_page: tool<FetchPage>(async ({ url }, ctx) => { await ctx.progress(1); return { title: url }; }), plain: (input: { n: number }) => input.n },
      healthCheck: () => ({ ok: true }),
    });
    const ctx = { progress: async () => undefined } as unknown as ToolContext;
    expect(await plugin.tools.fetch_page({ url: 'x' }, ctx)).toEqual({ title: 'x' });
    expect(plugin.healthCheck()).toEqual({ ok: true });
    expectTypeOf(plugin.tools.fetch_page).parameter(0).toEqualTypeOf<{ url: string }>();
    expectTypeOf<ReturnType<typeof plugin.tools.fetch_page>>().toEqualTypeOf<Promise<{ title: string }> | { title: string }>();
    expect(definePlugin({})).toEqual({});
  });

  test('refuses, by name, what is no tool and no check', () => {
    expect(() => definePlugin({ tools: { broken: 3 as never } })).toThrow('the tool "broken" must be a function; got number');
    expect(() => definePlugin({ healthCheck: true as never })).toThrow('"healthCheck" must be a function; got boolean');
  });
});
