import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';

/** Told before a file is written and before it takes its name; a test ends the writer there. */
export type Failpoint = (point: string) => void;

/** Puts files into a registry's folder, so that a reader never sees half of one. */
export interface Placer { place(name: string, bytes: Uint8Array): Promise<void> }

/** Written beside, fsynced and renamed. `name` has `/` separators. */
export function placer(out: string, failpoint: Failpoint = () => undefined): Placer {
  return {
    async place(name, bytes) {
      const file = path.join(out, ...name.split('/'));
      failpoint(`write ${name}`);
      await mkdir(path.dirname(file), { recursive: true });
      const handle = await open(`${file}.new`, 'w');
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      failpoint(`name ${name}`);
      await rename(`${file}.new`, file);
    },
  };
}
