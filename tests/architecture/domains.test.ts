import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { contract } from '../../contract/api/index.ts';
import { CODES } from '../../contract/errors/codes.ts';
import { DOMAINS, OTHER_CODES } from '../../scripts/domains.ts';
import { root } from '../../scripts/sources.ts';

const exists = (file: string): boolean => existsSync(path.join(root, file));
const names = DOMAINS.map((domain) => domain.name).sort();

describe('one word per domain', () => {
  it('is the same in the contract and in the list', () => {
    expect(Object.keys(contract).sort()).toEqual(names);
  });
  it.each(DOMAINS)('$name has its files everywhere', ({ name, room, feature }) => {
    expect(exists(`contract/api/${name}.ts`), 'procedures').toBe(true);
    expect(exists(`main/core/api/${name}.ts`), 'handlers').toBe(true);
    expect(exists(room), 'core room').toBe(true);
    if (feature) expect(exists(`renderer/features/${feature}/index.tsx`) || exists(`renderer/features/${feature}/index.ts`), 'screen').toBe(true);
    if (feature) expect(exists(`docs/user/${name}.md`), 'user\'s page').toBe(true);
  });
  it('gives every error code a domain', () => {
    const known = new Set([...DOMAINS.flatMap((domain) => domain.codes ?? []), ...OTHER_CODES]);
    expect(Object.keys(CODES).filter((code) => !known.has(code.split('/')[0] ?? ''))).toEqual([]);
  });
});
