import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createToolSearch } from '../../../main/core/engine/tools/index.ts';

const tool = (id: string, title: string, description: string) => ({ id, title, description });
const TOOLS = [
  tool('mcp:files/move_file', 'Move', 'Moves a file or folder to another place.'),
  tool('mcp:files/read_text', 'Read a text file', 'Reads the whole of a text file.'),
  tool('mcp:calendar/createEvent', 'New event', 'Puts an event into the calendar, with a time and guests.'),
  tool('mcp:issues/list', 'List issues', 'Lists the issues of a project, by label and state.'),
  tool('builtin.calculator', 'Calculator', 'Calculates an arithmetic expression.'),
];
const found = (request: string, limit = 5): string[] => createToolSearch(TOOLS).find(request, limit).map(({ id }) => id);

describe('A9 the search among tools', () => {
  it.each([
    ['Move the file report.csv, please', 'mcp:files/move_file'], ['put an event in my calendar', 'mcp:calendar/createEvent'], ['Which issue is open?', 'mcp:issues/list'],
    ['CALCULATE 3 + 4', 'builtin.calculator'], ['create', 'mcp:calendar/createEvent'], ['read', 'mcp:files/read_text'],
  ])('%s', (request, best) => { expect(found(request)[0]).toBe(best); });
  it('finds nothing where no word fits, and no more than was asked for', () => {
    expect(found('xylophone')).toEqual([]);
    expect(found('')).toEqual([]);
    expect(found('a file', 1)).toEqual(['mcp:files/move_file']);
    expect(createToolSearch([]).find('file', 3)).toEqual([]);
  });
  it('answers the same each time, whatever the words, and only with tools that are there', () => {
    fc.assert(fc.property(fc.array(fc.record({ id: fc.string({ unit: 'binary', maxLength: 20 }), title: fc.string({ maxLength: 20 }), description: fc.lorem() }), { maxLength: 30 }), fc.oneof(fc.lorem(), fc.string({ unit: 'binary' }), fc.constant('__proto__ constructor')), (tools, request) => {
      const once = createToolSearch(tools).find(request, 10);
      expect(createToolSearch([...tools]).find(request, 10)).toEqual(once);
      expect(once.length).toBeLessThanOrEqual(10);
      for (const one of once) expect(tools).toContain(one);
      expect(new Set(once).size).toBe(once.length);
    }));
  });
});
