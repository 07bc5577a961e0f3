import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionsOf } from '../../contract/manifest/index.ts';
import { dueIn } from '../../plugins/meeting-notes/src/dates.ts';
import { turnsOf } from '../../plugins/meeting-notes/src/transcript.ts';
import { pluginUnderTest, type PluginUnderTest } from './plugin-under-test.ts';

let plugin: PluginUnderTest;
beforeAll(async () => { plugin = await pluginUnderTest('meeting-notes'); });
afterAll(() => plugin.stop());

const TALK = `[10:00] Ada Lovelace: Welcome. Let's start with the launch.
[10:01] Ben: We agreed to ship version two on Monday.
[10:02] Ada Lovelace: Good. I'll send the offer to the printer by Friday. Ben, can you update the site before 2026-12-01?
[10:03] Ben: Yes.
[10:04] Cleo: We need to find a new room | hall. Who pays for the printer?
Action: Dora to book the train (next week)
`;

describe('meeting-notes', () => {
  it('asks for one folder to write, and nothing else', () => {
    expect(permissionsOf(plugin.archive.manifest).map(({ key }) => key)).toEqual(['folder:minutes:write']);
  });
  it('finds who does what until when', async () => {
    expect(await plugin.call('find_actions', { transcript: TALK, date: '2026-11-20' })).toEqual({ count: 4, without_owner: 1, without_due: 1, actions: [
      { task: 'I\'ll send the offer to the printer by Friday.', owner: 'Ada Lovelace', due: 'Friday', due_date: '2026-11-27', line: 3 },
      { task: 'Ben, can you update the site before 2026-12-01?', owner: 'Ben', due: '2026-12-01', due_date: '2026-12-01', line: 3 },
      { task: 'We need to find a new room | hall.', owner: null, due: null, due_date: null, line: 5 },
      { task: 'Dora to book the train (next week)', owner: 'Dora', due: 'next week', due_date: '2026-11-27', line: 5 },
    ] });
  });
  it('finds what was decided and what stayed open', async () => {
    expect(await plugin.call('find_decisions', { transcript: TALK })).toEqual({
      decisions: [{ text: 'We agreed to ship version two on Monday.', speaker: 'Ben', line: 2 }], open_questions: [{ text: 'Who pays for the printer?', speaker: 'Cleo', line: 5 }],
    });
    expect(await plugin.call('find_decisions', { transcript: 'Ada: Who pays for the printer?\nBen: I do.' })).toMatchObject({ open_questions: [] });
  });
  it('writes minutes whose table nobody can break', async () => {
    const { markdown, ...counts } = await plugin.call('write_minutes', { transcript: TALK, title: 'Launch', date: '2026-11-20' });
    expect(counts).toEqual({ decisions: 1, actions: 4, open_questions: 1 });
    expect(markdown).toContain('# Launch\n\n**Date:** 2026-11-20  \n**Who spoke:** Ada Lovelace, Ben, Cleo\n\n## Decisions\n\n- We agreed to ship');
    expect(markdown).toContain('| We need to find a new room \\| hall. | nobody yet | open |');
    expect(markdown).toContain('| Dora to book the train (next week) | Dora | 2026-11-27 (next week) |');
  });
  it('tells who spoke how much, in subtitles, too', async () => {
    expect(await plugin.call('split_transcript', { transcript: 'WEBVTT\n\n1\n00:00:01.000 --> 00:00:03.000\n<v Ada>Hello there.</v>\n\n2\n00:00:04.000 --> 00:00:05.000\n<v Ben>Good morning all of you.</v>\n' })).toEqual({
      speakers: [{ name: 'Ben', turns: 1, words: 5, share: 71 }, { name: 'Ada', turns: 1, words: 2, share: 29 }], words: 7, truncated: false,
      turns: [{ speaker: 'Ada', at: '00:00:01.000', line: 5, text: 'Hello there.' }, { speaker: 'Ben', at: '00:00:04.000', line: 9, text: 'Good morning all of you.' }],
    });
  });
  it('saves once, and over another only when told', async () => {
    const written: Record<string, string> = {};
    const host = { 'files.list': () => Object.keys(written).map((name) => ({ name, kind: 'file', size: 1 })), 'files.writeText': ({ path, text }: Record<string, unknown>) => { written[String(path)] = String(text); return null; } };
    expect(await plugin.call('save_minutes', { title: 'Launch: Week 47', markdown: '# Launch' }, host)).toEqual({ file: 'launch-week-47.md', characters: 9 });
    await expect(plugin.call('save_minutes', { title: 'launch week 47', markdown: 'x' }, host)).rejects.toThrow(/already/u);
    await plugin.call('save_minutes', { title: 'launch week 47', markdown: 'x', overwrite: true }, host);
    expect(written).toEqual({ 'launch-week-47.md': 'x\n' });
    await expect(plugin.call('save_minutes', { title: 'x', markdown: 'x' })).rejects.toMatchObject({ details: { code: 'permission/denied' } });
  });
  it('says what it expected', async () => {
    await expect(plugin.call('find_actions', { transcript: '--- \n\n 12 \n' })).rejects.toThrow(/A transcript was expected, such as "Ada/u);
    await expect(plugin.call('write_minutes', { transcript: 'Ada: Hello.', date: '2026-02-30' })).rejects.toThrow(/A day of the calendar/u);
  });
});

describe('what was said', () => {
  // 2026-11-20 is a Friday.
  const said = Date.UTC(2026, 10, 20);
  it.each([['by Friday', '2026-11-27'], ['on Monday', '2026-11-23'], ['tomorrow', '2026-11-21'], ['today', '2026-11-20'], ['in 2 weeks', '2026-12-04'], ['end of the month', '2026-11-30'], ['end of next month', '2026-12-31'], ['next week', '2026-11-27'], ['end of the quarter', '2026-12-31'],
    ['until March 3rd', '2027-03-03'], ['the 3rd of December', '2026-12-03'], ['24.12.', '2026-12-24'], ['by 24 Dec 2027', '2027-12-24'], ['February 30', null]] as const)('%s', (text, day) => { expect(dueIn(`Do it ${text}.`, said)?.date).toBe(day); });
  it('names no day when none was said, or none can be told', () => { expect(dueIn('I may do it.', said)).toBeUndefined(); expect(dueIn('by Friday', undefined)).toEqual({ due: 'Friday', date: null }); });
  it('keeps every word that somebody said', () => {
    const words = fc.stringMatching(/^[a-z]{2,8}( [a-z]{2,8}){0,4}$/u);
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('Ada', 'Ben Ali', 'Chloë', 'D\'Arcy'), words), { minLength: 1, maxLength: 8 }), fc.constantFrom((name: string, text: string) => `${name}: ${text}`, (name: string, text: string) => `[10:00] ${name}: ${text}`, (name: string, text: string) => `**${name}:** ${text}`), (talk, write) => {
      const turns = turnsOf(talk.map(([name, text]) => write(name, text)).join('\n'));
      expect(turns.map(({ text }) => text).join('\n')).toBe(talk.map(([, text]) => text).join('\n'));
      expect([...new Set(turns.map(({ speaker }) => speaker))]).toEqual([...new Set(talk.map(([name]) => name))]);
    }));
  });
  it('never throws or hangs, whatever the text', () => { fc.assert(fc.property(fc.string({ unit: fc.constantFrom('A', 'a', ':', ' ', '\n', '[', '1', '>', '-', '*', '<v ') }), (text) => { turnsOf(text); })); });
});
