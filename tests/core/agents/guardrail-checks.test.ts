import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PERSONAL_DATA } from '../../../contract/manifest/index.ts';
import { checkBanned, checkLength, checkPersonalData, patternProblem } from '../../../main/core/engine/agents/guardrails/checks.ts';
import { createMasking, maskedModel } from '../../../main/core/engine/agents/guardrails/masking.ts';
import { findPersonalData, isCard, isIban } from '../../../main/core/engine/agents/guardrails/personal-data.ts';
import { scriptedModel } from './workshop.ts';

const KINDS = [...PERSONAL_DATA];
const found = (text: string): string[] => findPersonalData(text, KINDS).map(({ kind, start, end }) => `${kind}:${text.slice(start, end)}`);
const REAL = ['ann@example.org', '+49 170 1234567', '(555) 234-5678', 'DE89 3704 0044 0532 0130 00', '4111 1111 1111 1111', '192.168.0.17', '2001:db8::ff00:42:8329', '123-45-6789', '12345678Z', '1 84 12 76 451 089 46'];

describe('A8 personal data', () => {
  it('is found with its kind and its bounds', () => {
    expect(found(`Write to ${REAL[0]}, or call ${REAL[1]}.`)).toEqual(['email:ann@example.org', 'phone:+49 170 1234567']);
    expect(found(`Pay to ${REAL[3]} AND SOON`)).toEqual([`iban:${REAL[3]}`]);
    for (const value of REAL) expect(found(`x ${value}, y`).map((one) => one.slice(one.indexOf(':') + 1))).toEqual([value]);
  });
  it('is not seen in dates, times, versions, and numbers whose check digit is wrong', () => {
    expect(found('On 2024-01-02 and 01/02/2024 at 12:30:45, order 4111 1111 1111 1112, version 1.2.3, DE88 3704 0044 0532 0130 00, 12345678A, 000-12-3456, 300.1.1.1')).toEqual([]);
  });
  it('has exactly one check digit for each card and each account', () => {
    fc.assert(fc.property(fc.stringMatching(/^[2-6]\d{14}$/), (head) => {
      expect([...'0123456789'].filter((digit) => isCard(head + digit))).toHaveLength(1);
    }), { numRuns: 100 });
    fc.assert(fc.property(fc.stringMatching(/^\d{18}$/), (account) => {
      expect(Array.from({ length: 97 }, (_, check) => `DE${String(check + 2).padStart(2, '0')}${account}`).filter(isIban)).toHaveLength(1);
    }), { numRuns: 20 });
  });
  it('takes time in proportion to the text, whatever stands there', () => {
    for (const bait of ['a', 'a.', '1', '1 ', '+1', 'A1', ':', '@', 'a@a.', '0123 ']) {
      const began = performance.now();
      findPersonalData(bait.repeat(50_000), KINDS);
      expect(performance.now() - began).toBeLessThan(2_000);
    }
  });
});

describe('A8 masking', () => {
  const texts = fc.array(fc.oneof(fc.constantFrom(...REAL, '[EMAIL_1]', '[TEXT_1]', '[PHONE_', '1]', '[', ' ', ', '), fc.string({ maxLength: 12 })), { maxLength: 12 }).map((pieces) => pieces.join(''));
  it('is undone exactly, over any texts that share one table, and hides what is found', () => {
    fc.assert(fc.property(fc.array(texts, { maxLength: 5 }), (all) => {
      const masking = createMasking(KINDS);
      const masked = all.map((text) => masking.mask(text));
      expect(masked.map((text) => masking.restore(text))).toEqual(all);
    }), { numRuns: 500 });
    const masking = createMasking(KINDS);
    for (const value of REAL) expect(masking.mask(`x ${value}, y`)).not.toContain(value);
  });
  it('is undone in pieces as in one', () => {
    fc.assert(fc.property(texts, fc.array(fc.nat({ max: 9 }), { maxLength: 30 }), (text, cuts) => {
      const masking = createMasking(KINDS);
      let rest = masking.mask(text);
      const stream = masking.restoring();
      let shown = '';
      for (const cut of cuts) { shown += stream.push(rest.slice(0, cut)); rest = rest.slice(cut); }
      expect(shown + stream.push(rest) + stream.rest()).toBe(text);
    }), { numRuns: 300 });
  });
  it('gives the same value the same name, and keeps it from the model alone', async () => {
    const inner = scriptedModel((request, onDelta) => {
      const part = request.messages[1]?.parts[0];
      const said = part?.type === 'text' ? part.text : '';
      onDelta({ type: 'text', text: 'To [EM' });
      onDelta({ type: 'text', text: 'AIL_1] it goes' });
      return { text: `${said} To [EMAIL_1] it goes`, calls: [{ name: 'send', arguments: { to: ['[EMAIL_1]'] } }] };
    });
    const shown: string[] = [];
    const answer = await maskedModel(inner, createMasking(['email'])).chat({ messages: [{ role: 'system', parts: [{ type: 'text', text: 'S' }] }, { role: 'user', parts: [{ type: 'text', text: 'a@b.org c@d.org a@b.org' }] }], tools: [], signal: new AbortController().signal }, (delta) => { if (delta.type === 'text') shown.push(delta.text); });
    expect(JSON.stringify(inner.requests)).toContain('[EMAIL_1] [EMAIL_2] [EMAIL_1]');
    expect(JSON.stringify(inner.requests)).not.toMatch(/b\.org|d\.org/);
    expect(shown).toEqual(['To ', 'a@b.org it goes']);
    expect(answer).toMatchObject({ text: 'a@b.org c@d.org a@b.org To a@b.org it goes', toolCalls: [{ arguments: { to: ['a@b.org'] } }] });
  });
});

describe('A8 checks of a text', () => {
  const banned = (text: string, rule: { words?: string[]; patterns?: string[]; action?: 'mask' }) => checkBanned({ type: 'banned', on: 'output', words: [], patterns: [], ...rule }, text);
  it('finds banned words whole, in any case, hidden or not, and phrases over any space', () => {
    expect(banned('An ass', { words: ['ass'] })).toMatchObject({ verdict: 'refused' });
    for (const text of ['ASS!', 'a\u200bss', 'ａｓｓ', 'an\n ass']) expect(banned(text, { words: ['ass'] }).verdict).toBe('refused');
    for (const text of ['assess', 'class', 'ass_1', 'ässass']) expect(banned(text, { words: ['ass'] }).verdict).toBe('passed');
    expect(banned('buy  \n now', { words: ['buy now'] }).verdict).toBe('refused');
    expect(banned('C++ (x)', { words: ['c++', '(x)'], action: 'mask' })).toMatchObject({ verdict: 'changed', text: '███ ███' });
    expect(banned('An E-Mail.', { words: ['e-mail'] }).verdict).toBe('refused');
    expect(banned('id AB-12', { patterns: ['[A-Z]{2}-\\d+'], action: 'mask' })).toMatchObject({ verdict: 'changed', text: 'id █████' });
    expect(patternProblem('(?<=a)b')).toBeTypeOf('string');
    expect(patternProblem('a+b')).toBeUndefined();
  });
  it('counts code points and words', () => {
    expect(checkLength({ type: 'length', on: 'output', max_characters: 2 }, '😀😀').verdict).toBe('passed');
    expect(checkLength({ type: 'length', on: 'output', max_words: 2 }, 'one two three')).toMatchObject({ verdict: 'refused', reason: 'The text has 3 words; at most 2 are allowed.' });
    expect(checkLength({ type: 'length', on: 'output', min_words: 4 }, 'one two three').verdict).toBe('refused');
  });
  it('tells personal data by kind, never by value', () => {
    const verdict = checkPersonalData({ type: 'personal_data', on: 'output', action: 'mask', kinds: KINDS }, `Ask ${REAL[0]}.`);
    expect(verdict).toMatchObject({ verdict: 'changed', text: 'Ask [e-mail address removed].', reason: expect.stringContaining('e-mail address (1)') });
    expect(verdict.reason).not.toContain('ann');
  });
});
