import path from 'node:path';
import { homeFolder } from '../link/home-folder.ts';

/** Where the shell finds what it starts. */
export interface ShellArguments { node: string; resources: string; home: string }

/**
 * Reads what `npm start` hands over (`--node=`, `--resources=`, `--home=`). In a packaged app everything lies in Electron's
 * resources folder; there only the home can be chosen, so that nobody makes the signed app start something else.
 */
export function readShellArguments(argv: readonly string[], electron: { resourcesPath: string; isPackaged: boolean }): ShellArguments {
  const value = (name: string): string | undefined => argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  const unpackaged = (name: string): string | undefined => (electron.isPackaged ? undefined : value(name));
  const resources = unpackaged('resources') ?? electron.resourcesPath;
  return {
    resources,
    node: unpackaged('node') ?? path.join(resources, 'bin', process.platform === 'win32' ? 'troupe-core.exe' : 'troupe-core'),
    home: homeFolder({ home: value('home') }),
  };
}
