import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The .node file of isolated-vm for the Node that runs this.
 * @param packageFolder node_modules/isolated-vm, in the repository or in the packaged core
 * @returns its path, or undefined when isolated-vm ships none for this platform
 */
export function findAddon(packageFolder: string): string | undefined {
  const folder = path.join(packageFolder, 'prebuilds', `${process.platform}-${process.arch}`);
  const names = [`isolated-vm.abi${process.versions.modules}.glibc.node`, `isolated-vm.abi${process.versions.modules}.node`, `isolated-vm.abi${process.versions.modules}.musl.node`];
  // A system without glibc reports no runtime version of it.
  const report = (process.platform === 'linux' ? process.report.getReport() : {}) as { header?: { glibcVersionRuntime?: string } };
  const usable = process.platform === 'linux' && report.header?.glibcVersionRuntime === undefined ? names.reverse() : names;
  return usable.map((name) => path.join(folder, name)).find((file) => existsSync(file));
}
