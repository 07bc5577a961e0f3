import path from 'node:path';
import { homeFolder } from '../link/home-folder.ts';

/** Where the shell finds what it starts. */
export interface ShellArguments { node: string; resources: string; home: string }

/**
 * Reads what `npm start` hands over (`--node=`, `--resources=`, `--home=`). A packaged app has none of these: everything
 * then lies in Electron's resources folder.
 */
export function readShellArguments(argv: readonly string[], resourcesPath: string): ShellArguments {
  const value = (name: string): string | undefined => argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  const resources = value('resources') ?? resourcesPath;
  return {
    resources,
    node: value('node') ?? path.join(resources, 'bin', process.platform === 'win32' ? 'troupe-core.exe' : 'troupe-core'),
    home: homeFolder({ home: value('home') }),
  };
}
