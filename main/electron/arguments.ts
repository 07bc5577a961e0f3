import path from 'node:path';
import { homeFolder } from '../link/home-folder.ts';

/** Where the shell finds what it starts. */
export interface ShellArguments { node: string; resources: string; home: string }

/** What the person opened with Troupe from outside: a link's text as it came, or the path of an archive. */
export type Wanted = { link: string } | { file: string };

const isLink = (word: string): boolean => /^troupe:/i.test(word);
/** Nobody opens more at once by hand. */
const MOST_WANTED = 8;

/**
 * Reads what `npm start` hands over (`--node=`, `--resources=`, `--home=`). In a packaged app everything lies in Electron's
 * resources folder; there only the home can be chosen, so that nobody makes the signed app start something else. What comes
 * after a link is no option: on some systems a web page can make a link that becomes several words.
 */
export function readShellArguments(argv: readonly string[], electron: { resourcesPath: string; isPackaged: boolean }): ShellArguments {
  const end = argv.findIndex((word) => word === '--' || isLink(word));
  const options = end < 0 ? argv : argv.slice(0, end);
  const value = (name: string): string | undefined => options.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  const unpackaged = (name: string): string | undefined => (electron.isPackaged ? undefined : value(name));
  const resources = unpackaged('resources') ?? electron.resourcesPath;
  return {
    resources,
    node: unpackaged('node') ?? path.join(resources, 'bin', process.platform === 'win32' ? 'troupe-core.exe' : 'troupe-core'),
    home: homeFolder({ home: value('home') }),
  };
}

/** The links and `.troupe` archives of a command line, as a desktop makes it when one is opened. @param from the folder in which it was started */
export function readWanted(argv: readonly string[], from: string): Wanted[] {
  return argv.slice(1).flatMap((word): Wanted[] => {
    if (isLink(word)) return [{ link: word }];
    return !word.startsWith('-') && word.toLowerCase().endsWith('.troupe') ? [{ file: path.resolve(from, word) }] : [];
  }).slice(0, MOST_WANTED);
}

/** The words with which a new start opens the same. */
export const wordsOf = (wanted: readonly Wanted[]): string[] => wanted.map((one) => ('link' in one ? one.link : one.file));
