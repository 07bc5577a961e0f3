/**
 * What a started program sees of the core's environment, and nothing else: enough to find programs and the person's home.
 * Windows programs do not start without the second list.
 */
const POSIX = ['PATH', 'HOME', 'LANG'];
const WINDOWS = ['PATH', 'PATHEXT', 'SYSTEMROOT', 'SYSTEMDRIVE', 'COMSPEC', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMFILES', 'TEMP', 'TMP'];

/** @param entered what the person entered for this server; it wins */
export function programEnvironment(entered: Readonly<Record<string, string>>, from: Readonly<Record<string, string | undefined>> = process.env, platform: string = process.platform): Record<string, string> {
  const passed = (platform === 'win32' ? WINDOWS : POSIX).flatMap((name): [string, string][] => (from[name] === undefined ? [] : [[name, from[name]]]));
  return { ...Object.fromEntries(passed), ...entered };
}
