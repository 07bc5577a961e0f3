import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../../contract/errors/codes.ts';
import { english, messagesFor } from '../../../renderer/app/messages.ts';
import { adviceFor } from '../../../renderer/lib/advice.ts';

const root = path.resolve(import.meta.dirname, '../../../renderer');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file)).map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '') }));

describe('the words of the interface', () => {
  it('have advice for every error code', () => {
    for (const code of Object.keys(CODES)) for (const part of ['title', 'advice']) expect(english[`${adviceFor(code)}.${part}`], `${code} ${part}`).toBeTruthy();
    expect(adviceFor('nobody/knows')).toBe('errors.core.internal');
  });

  it('hold no advice for a code that is gone', () => {
    const wanted = new Set(Object.keys(CODES).map((code) => adviceFor(code)));
    expect(Object.keys(english).filter((id) => id.startsWith('errors.') && !wanted.has(id.replace(/\.(title|advice)$/, '')))).toEqual([]);
  });

  it('exist for every id that a source names', () => {
    const missing = sources.flatMap(({ file, text }) => [...text.matchAll(/(?:\bt\(|\bid=|kept=|'? \? |: )["'{(]?["']([a-z][A-Za-z]*(?:\.[A-Za-z0-9_-]+)+)["']/g)].map(([, id = '']) => ({ file, id })))
      .filter(({ id }) => Object.keys(english).some((known) => known.split('.')[0] === id.split('.')[0]) && english[id] === undefined && english[`${id}.title`] === undefined);
    expect(missing).toEqual([]);
  });

  it('parse, in English and in the pseudo-locale', () => {
    for (const language of ['en', 'en-XA']) {
      const errors: string[] = [];
      const messages = messagesFor(language);
      const intl = createIntl({ locale: 'en', messages, onError: (error) => { if (!/not provided|variable/i.test(error.message)) errors.push(error.message); } });
      for (const id of Object.keys(messages)) intl.formatMessage({ id }, new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : 2), has: () => true }) as never);
      expect(errors).toEqual([]);
    }
  });
});
