/** What the tests need of the machine besides npm packages. */
import { existsSync } from 'node:fs';

/** Debian package → a file that is there when it is installed. */
const NEEDED: Record<string, string> = {
  chromium: '/usr/bin/chromium', xvfb: '/usr/bin/Xvfb', xauth: '/usr/bin/xauth', dbus: '/usr/bin/dbus-run-session',
  'gnome-keyring': '/usr/bin/gnome-keyring-daemon', 'libsecret-1-0': '/usr/share/doc/libsecret-1-0', postgresql: '/usr/lib/postgresql', 'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu',
  // Electron's own libraries, which a machine without a desktop lacks.
  'libgtk-3-0': '/usr/share/doc/libgtk-3-0', 'libnss3': '/usr/share/doc/libnss3', 'libasound2': '/usr/share/doc/libasound2', 'libgbm1': '/usr/share/doc/libgbm1',
};

/** Names of Debian packages that are missing here; on other systems none, since their tests use what is installed. */
export const missingSystemPackages = (): string[] => process.platform === 'linux' ? Object.entries(NEEDED).filter(([, file]) => !existsSync(file)).map(([name]) => name) : [];
