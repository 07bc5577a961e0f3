import { AppError } from '../../../../../contract/errors/app-error.ts';
import { secretTokens } from '../../../../../sandbox/host/index.ts';

/** How a value is written at the place where it goes, so that it cannot break out of it. */
type Place = 'header' | 'query' | 'json' | 'form' | 'text';

const encoded = /%7B%7Bsecret(?::|%3A)([A-Za-z0-9_.-]{1,128})%7D%7D/gi;

/** The keys of the placeholders in a text, plain or percent-encoded, each once. */
export const keysIn = (text: string): string[] => [...new Set([...text.matchAll(secretTokens()), ...text.matchAll(encoded)].map((match) => match[1] as string))];

/** Puts the values in place of their placeholders. */
export function fillIn(text: string, place: Place, values: ReadonlyMap<string, string>): string {
  const write = (key: string): string => {
    const value = values.get(key);
    if (value === undefined) throw new AppError('credentials/not-found', `The secret "${key}" was not entered. Open the plugin's configuration and enter it.`);
    if (place === 'query' || place === 'form') return encodeURIComponent(value);
    if (place === 'json') return JSON.stringify(value).slice(1, -1);
    if (place === 'header' && /[\r\n\0]/.test(value)) throw new AppError('core/bad-input', `The secret "${key}" has a line break and cannot stand in a header. Enter it again without.`);
    return value;
  };
  return text.replace(secretTokens(), (_, key: string) => write(key)).replace(encoded, (_, key: string) => write(key));
}

/** By its content type: a value in JSON is escaped, one in a form encoded. */
export function placeOfBody(contentType: string): Place {
  if (/[/+]json\b/i.test(contentType)) return 'json';
  return /x-www-form-urlencoded/i.test(contentType) ? 'form' : 'text';
}
