import { afterEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../support/store.ts';

let open: TestStore | undefined;
afterEach(async () => { await open?.stop(); open = undefined; });

describe('the store', () => {
  it('reads what was written', async () => {
    open = await openTestStore({ catalog: true });
    await open.store.write('putSettings', { values: { theme: '"dark"' }, at: 1 });
    expect(await open.store.read('storedSettings', {})).toEqual([{ key: 'theme', value: '"dark"' }]);
  });
});
