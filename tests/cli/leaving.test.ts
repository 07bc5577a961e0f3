import { describe, expect, it } from 'vitest';
import { goesAlong, type InstalledPlugin } from '../../contract/model/plugin.ts';
import type { CommandContext } from '../../main/cli/command.ts';
import { uninstall } from '../../main/cli/commands/plugins.ts';
import { disable } from '../../main/cli/commands/versions.ts';
import { makeCard, makeInstalled } from '../support/fake-data.ts';

const plugin = (id: string, change: Partial<InstalledPlugin>): InstalledPlugin => makeInstalled(makeCard(0), { id, ...change });
const [ROOT, PART, DEEP, SHARED, OTHER] = ['com.example.root', 'com.example.part', 'com.example.deep', 'com.example.shared', 'com.example.other'] as const;
const installed = [
  plugin(DEEP, { reason: 'dependency', neededBy: [PART], hiredAs: ['Bo'] }), plugin(PART, { reason: 'dependency', neededBy: [ROOT], usedBy: ['Cook'] }),
  plugin(SHARED, { reason: 'dependency', neededBy: [ROOT, OTHER], hiredAs: ['Cy'], usedBy: ['Cook'] }), plugin(ROOT, { hiredAs: ['Ada'] }), plugin(OTHER, {}),
];

/** A command's context that writes down, in order, what was said, asked and called. */
function context(command: string, id: string, answer: boolean | null, yes = false) {
  const done: string[] = [];
  const stop = new Error('far enough');
  const call = { plugins: {
    list: () => Promise.resolve({ plugins: installed }), get: () => Promise.resolve(installed.find((one) => one.id === id)),
    uninstall: () => { done.push('uninstall'); return Promise.reject(stop); },
    setEnabled: () => { done.push('switched'); return Promise.resolve({ changed: [id], hiredAs: ['Ada'], usedBy: [] }); },
  } };
  const made = { client: { call }, words: { command: [command, id], yes, keepData: false }, out: { say: (line: string) => { done.push(line); }, result: () => undefined }, ask: () => { done.push('asked'); return Promise.resolve(answer); }, signal: new AbortController().signal };
  return { made: made as unknown as CommandContext, done, stop };
}

describe('I7 what an uninstall takes along', () => {
  it('is what only it needed, however deep, and nothing that another needs or a person asked for', () => {
    expect(goesAlong([ROOT], installed).map(({ id }) => id)).toEqual([DEEP, PART]);
    expect(goesAlong([ROOT, OTHER], installed).map(({ id }) => id)).toEqual([DEEP, PART, SHARED]);
    expect(goesAlong([OTHER], installed)).toEqual([]);
  });

  it('is named at the command line with the agents of all of it, before it begins', async () => {
    const { made, done, stop } = context('uninstall', ROOT, null);
    await expect(uninstall.run(made)).rejects.toBe(stop);
    expect(done).toEqual([`Goes along, since nothing else needs it: ${DEEP}, ${PART}.`, 'Without it these cannot work: Ada, Bo.', 'Without it these lose tools or checks that you gave them: Cook.', 'uninstall']);
  });
});

describe('I7 switching off', () => {
  const SAID = 'Until it is on again these cannot work: Ada.';
  it.each([['a yes', true, false, [SAID, 'asked', 'switched']], ['nobody there', null, false, [SAID, 'asked', 'switched']], ['--yes', null, true, [SAID, 'switched']]] as const)('names who waits before it is done: %s', async (_name, answer, yes, order) => {
    const { made, done } = context('disable', ROOT, answer, yes);
    await disable.run(made);
    expect(done).toEqual(order);
  });

  it('leaves everything as it is after a no, and asks nothing where nobody waits', async () => {
    const no = context('disable', ROOT, false);
    await expect(disable.run(no.made)).rejects.toMatchObject({ code: 'plugins/cancelled' });
    expect(no.done).toEqual([SAID, 'asked']);
    const users = context('disable', PART, false);
    await expect(disable.run(users.made)).rejects.toMatchObject({ code: 'plugins/cancelled' });
    expect(users.done).toEqual(['Until it is on again these lose tools or checks that you gave them: Cook.', 'asked']);
    const none = context('disable', OTHER, false);
    await disable.run(none.made);
    expect(none.done).toEqual(['switched']);
  });
});
