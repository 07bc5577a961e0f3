import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file to start, the files it must be able to read, and what to do when no process needs them any more. */
export interface PreparedWorker { entry: string; readable: string[]; remove(): void }

/**
 * The build's worker is one file and is started as it is. From source it is a folder of TypeScript, and a process with
 * --jitless cannot strip types (that needs WebAssembly); so this process strips them into a temporary folder.
 */
export function prepareWorker(workerFile: string): PreparedWorker {
  const file = realpathSync(workerFile);
  if (!file.endsWith('.ts')) return { entry: file, readable: [file], remove: () => undefined };
  const source = path.dirname(file);
  const packages = new Set<string>();
  const packageFile = (name: string): string => {
    const url = import.meta.resolve(name);
    // Its own files and those of the packages that it is made of, which stand beside it.
    packages.add(`${realpathSync(fileURLToPath(url)).replace(/(.*[\\/]node_modules[\\/][^\\/]+)[\\/].*/, '$1')}${path.sep}*`);
    return url;
  };
  const target = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'troupe-sandbox-')));
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const from = path.join(entry.parentPath, entry.name);
    const code = stripTypeScriptTypes(readFileSync(from, 'utf8')).replace(/(from '\.[^']*)\.ts'/g, "$1.mjs'").replace(/from '([@\w][^':]*)'/g, (_, name: string) => `from '${packageFile(name)}'`);
    const to = path.join(target, path.relative(source, from).replace(/\.ts$/, '.mjs'));
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, code);
  }
  return { entry: path.join(target, path.basename(file).replace(/\.ts$/, '.mjs')), readable: [target + path.sep + '*', ...packages], remove: () => rmSync(target, { recursive: true, force: true }) };
}
