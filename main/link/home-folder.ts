import os from 'node:os';
import path from 'node:path';

/** What decides where the home is; `home` is the `--home` argument. */
export interface HomeOptions {
  home?: string | undefined;
  environment?: Readonly<Record<string, string | undefined>>;
  platform?: NodeJS.Platform;
}

/** The home folder: `--home`, else `TROUPE_HOME`, else the platform's application data folder; always absolute. */
export function homeFolder(options: HomeOptions = {}): string {
  const environment = options.environment ?? process.env;
  const platform = options.platform ?? process.platform;
  const given = options.home ?? environment['TROUPE_HOME'];
  if (given) return path.resolve(given);
  const user = os.homedir();
  if (platform === 'win32') return path.join(environment['APPDATA'] ?? path.join(user, 'AppData', 'Roaming'), 'Troupe');
  if (platform === 'darwin') return path.join(user, 'Library', 'Application Support', 'Troupe');
  // The specification of these folders says that a relative value is to be ignored.
  const data = environment['XDG_DATA_HOME'];
  return path.join(data && path.isAbsolute(data) ? data : path.join(user, '.local', 'share'), 'troupe');
}
