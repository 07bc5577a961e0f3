/** `npm start`: builds what changed and opens the app in the best shell that this machine has, saying which and why. */
import { build } from './build.ts';
import { chooseShell } from './start/choose-shell.ts';
import { openElectron } from './start/open-electron.ts';
import { openInBrowser } from './start/open-browser.ts';
import { readStartOptions } from './start/options.ts';

const say = (line: string): void => { process.stderr.write(`troupe: ${line}\n`); };
const options = readStartOptions(process.argv.slice(2));
if ('problem' in options) { say(options.problem); process.exit(2); }
await build(say);
const shell = await chooseShell(options, say);
say(shell.why);
process.exitCode = shell.kind === 'electron' ? await openElectron(shell.executable, options, say) : await openInBrowser(shell, options, say);
