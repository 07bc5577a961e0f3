/** The registries that the user added lie beside the settings, so that a backup has them. */
import type { Store } from './base/store/index.ts';

const KEY = 'registries';

/** How the catalog keeps its list; the text is its own. */
export const keptRegistries = (store: Pick<Store, 'read' | 'write'>): { read(): Promise<string | null>; write(text: string): Promise<void> } => ({
  async read() {
    return (await store.read('storedSettings', {})).find(({ key }) => key === KEY)?.value ?? null;
  },
  async write(text) {
    await store.write('putSettings', { values: { [KEY]: text }, at: Date.now() });
  },
});
