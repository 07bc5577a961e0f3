import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAgentDocument, readStrictYaml, tidyAgent, writeAgentDocument } from '../../packaging/index.ts';

const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u2028-\u202e\u2066-\u2069]/u;
/** Texts that a document may hold, those that YAML reads as something else among them. */
const words = fc.oneof(
  fc.constantFrom('yes', 'null', '~', '0x1f', '1e3', '- a', 'a: b', '# no', '"q"', "'", '|', '>', '%', '@x', '{topic}', '[a]', '...', '---', '&a', '*a', '!t', ' lead', 'trail ', 'a\n\n b\n', '\n', 'tab\there', 'é😀', '2027-01-01', 'a\r\nb'),
  fc.string({ unit: 'grapheme', maxLength: 60 }), fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 5 }).map((lines) => lines.join('\n')),
).filter((text) => !HIDDEN.test(text));
const line = words.map((text) => text.replace(/[\n\r\t\u200b\u200e\u200f\u2060\ufeff]/gu, '').slice(0, 40)).filter((text) => text !== '');
/** Strict YAML refuses whole numbers that are not kept exactly; a draft that holds one is told so when it is saved. */
const exact = (value: unknown): boolean => (typeof value === 'number' ? !Number.isInteger(value) || Number.isSafeInteger(value) : typeof value !== 'object' || value === null || Object.values(value).every(exact));
const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => exact(value) && JSON.stringify(value).length < 2000 && !/"(__proto__|<<|x-[^"]*)":/.test(JSON.stringify(value)));
const agent = fc.record({
  role: words.filter((text) => text.length > 0), name: line, description: words, goal: words, backstory: words, instructions: words, model: line,
  tools: fc.array(line, { maxLength: 4 }), prompts: fc.array(words.filter((text) => text !== ''), { maxLength: 3 }), max_iter: fc.integer({ min: 1, max: 1000 }),
  avatar: fc.record({ emoji: fc.constantFrom('🦊', '✍️'), colour: fc.constant('#4452c4') }, { requiredKeys: [] }),
  inputs: fc.dictionary(fc.stringMatching(/^[a-z][a-z_]{0,8}$/), words, { maxKeys: 3 }), response_format: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), json, { maxKeys: 3 }),
}, { requiredKeys: ['role'] });

describe('B4 B1 an agent as one YAML file', () => {
  it('is read as what was written, and written as the same bytes again', () => {
    fc.assert(fc.property(agent, (value) => {
      const text = writeAgentDocument(value);
      const read = readStrictYaml(text, 'agent.yaml') as Record<string, unknown>;
      // JSON knows no -0, and the YAML writer none either.
      expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(tidyAgent(value))));
      expect(writeAgentDocument(read)).toBe(text);
      expect(parseAgentDocument(text).role).toBe(value.role);
    }), { numRuns: 300 });
  });

  it('says nothing of what is empty, and puts the keys in the order of the format', () => {
    expect(writeAgentDocument({ tools: [], goal: '', 'x-own': 1, role: 'an editor', name: 'Ada', inputs: {}, model: undefined, max_tokens: null })).toBe('name: Ada\nrole: an editor\nx-own: 1\n');
  });

  it('is the same whatever order the keys came in', () => {
    expect(writeAgentDocument({ role: 'r', name: 'n' })).toBe(writeAgentDocument({ name: 'n', role: 'r' }));
  });
});
