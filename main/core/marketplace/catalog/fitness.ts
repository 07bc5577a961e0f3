/** Whether a version of a plugin suits this app, and if not, why, in whole sentences. */
import { satisfies } from 'semver';

/** The app as plugins see it. */
export interface AppFacts { version: string; platform: string }

/** What a version asks of the app; `null` or absent platforms are all. */
export interface AppNeeds { app_version: string; platforms?: readonly string[] | null | undefined }

const PLATFORM_NAMES: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };
const named = (platform: string): string => PLATFORM_NAMES[platform] ?? platform;

/** Empty when it suits. */
export function misfitsOf(app: AppFacts, needs: AppNeeds): string[] {
  const reasons: string[] = [];
  if (!satisfies(app.version, needs.app_version, { includePrerelease: true })) reasons.push(`It needs Troupe ${needs.app_version}, and this is ${app.version}.`);
  if (needs.platforms && !needs.platforms.includes(app.platform)) reasons.push(`It runs on ${needs.platforms.map(named).join(' and ')} only, and this is ${named(app.platform)}.`);
  return reasons;
}
