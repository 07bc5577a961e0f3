import { describe, expect, it } from 'vitest';
import type { CatalogRecord, CatalogRecordVersion } from '../../../contract/manifest/index.ts';
import { createLacks, type LacksParts } from '../../../main/core/lacks.ts';

interface Machine { model?: { practice?: boolean; tools?: boolean | null } | undefined; connection?: { held: boolean } | undefined; plugins?: Record<string, 'active' | 'disabled'> }

const lacks = (machine: Machine, kinds: readonly string[], patterns: readonly string[] = [], dependencies: readonly string[] = []): Promise<string[]> => createLacks({
  models: { resolve: () => (machine.model ? Promise.resolve({ info: { label: 'Small', practice: machine.model.practice ?? false, capabilities: { tools: machine.model.tools ?? null } } }) : Promise.reject(new Error('none'))) },
  tools: { builtin: [{ id: 'builtin.calculator' }, { id: 'builtin.database' }], ofMemory: [{ id: 'builtin.remember' }], ofKnowledge: [], unconnected: (id: string) => Promise.resolve(id === 'builtin.database' && machine.connection ? { connection: 'database', title: 'Database', ...machine.connection } : undefined) },
  plugins: { get: (id: string) => Promise.resolve(machine.plugins?.[id] === undefined ? undefined : { status: machine.plugins[id], manifest: { plugin: { name: 'Mail' } } }) },
} as unknown as LacksParts)({
  id: 'com.acme.one', capabilities: kinds.map((kind) => ({ kind })), permissions: patterns.map((value) => ({ kind: 'tools', value })),
} as unknown as CatalogRecord, { dependencies: dependencies.map((id) => ({ id, range: '*', foreign: false })) } as unknown as CatalogRecordVersion);

const GOOD: Machine = { model: { tools: true } };

describe('D5 what a plugin works with and this machine has not', () => {
  it('is a model, where something in it thinks', async () => {
    expect(await lacks({}, ['agent'])).toEqual(['It needs a model, and none that can be used is chosen here. Choose one in Settings › Models.']);
    expect(await lacks({ model: { practice: true } }, ['crew'])).toEqual([expect.stringContaining('only the practice model')]);
    expect(await lacks({ model: { tools: false } }, ['agent', 'tool'])).toEqual([expect.stringContaining('the model that is chosen here, Small, cannot')]);
    for (const machine of [GOOD, { model: { tools: null } }]) expect(await lacks(machine, ['agent', 'tool'])).toEqual([]);
    expect(await lacks({}, ['tool', 'blueprint'])).toEqual([]);
  });

  it('is a tool: one that this version has not, one without a connection, one of a plugin that is not here', async () => {
    expect(await lacks(GOOD, [], ['builtin.calculator', 'builtin.remember', 'com.acme.one/own', 'com.acme.base/*'], ['com.acme.base'])).toEqual([]);
    expect(await lacks(GOOD, [], ['builtin.telepathy'])).toEqual(['It uses the tool builtin.telepathy, which this version of Troupe does not have.']);
    expect(await lacks({ ...GOOD, connection: { held: false } }, [], ['builtin.database'])).toEqual(['It uses Database, for which no connection is set up here. Add one in Settings › Tools.']);
    expect(await lacks({ ...GOOD, connection: { held: true } }, [], ['builtin.database'])).toEqual([]);
    expect(await lacks(GOOD, [], ['com.acme.mail/send', 'com.acme.mail/list'])).toEqual(['It uses tools of the plugin com.acme.mail, which is not installed here.']);
    expect(await lacks({ ...GOOD, plugins: { 'com.acme.mail': 'disabled' } }, [], ['com.acme.mail/*'])).toEqual(['It uses tools of the plugin Mail, which is switched off here.']);
    expect(await lacks({ ...GOOD, plugins: { 'com.acme.mail': 'active' } }, [], ['com.acme.mail/*'])).toEqual([]);
  });
});
