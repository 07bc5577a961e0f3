/** Publishes and signs a registry; needs no core and no network. */
import { AppError } from '../../../contract/errors/app-error.ts';
import { makeKeyFolder, publishStatic, readKeyFolder, readPlugins, renewSignatures, rotateKey, ROTATED, type PublishReport } from '../../../packaging/index.ts';
import type { LoneContext } from '../command.ts';
import type { Output } from '../output.ts';

const missing = (usage: string): AppError => new AppError('core/bad-input', `Usage: ${usage}`);

export async function makeKeys({ words, out }: LoneContext): Promise<void> {
  const folder = words.command[2];
  if (!folder) throw missing('troupe registry keys <folder> [--for folder|hosted]');
  const made = await makeKeyFolder(folder, { lifetimes: words.lifetimes, now: Date.now() });
  out.say('Whoever has these files signs in your name. Move root-1, root-2, root-3 and targets to separate places off this machine; the guide says when they are needed.');
  out.result({ folder, ...made }, () => `Made ${made.files.length} keys in ${folder}.\nFingerprint, which readers compare: ${made.fingerprint}\n`);
}

export async function publishHere({ words, out }: LoneContext): Promise<void> {
  const folder = words.command[2];
  if (!folder || !words.keys || !words.out) throw missing('troupe registry publish-static <plugins or archives folder> --keys DIR --out FOLDER');
  const keys = await readKeyFolder(words.keys);
  const plugins = await readPlugins(folder);
  for (const { archive } of plugins.plugins) for (const note of archive.notes) out.say(`${archive.manifest.plugin.id}: ${note}`);
  tell(out, await publishStatic({ keys, out: words.out, now: Date.now(), folder: plugins }));
}

export async function signHere({ words, out }: LoneContext): Promise<void> {
  if (!words.keys || !words.out) throw missing('troupe registry sign --keys DIR --out FOLDER');
  tell(out, await renewSignatures({ keys: await readKeyFolder(words.keys), out: words.out, now: Date.now() }));
}

export async function rotateHere({ words, out }: LoneContext): Promise<void> {
  const role = ROTATED.find((one) => one === words.command[2]);
  if (!role || !words.keys || !words.out) throw missing(`troupe registry rotate <${ROTATED.join('|')}> --keys DIR --out FOLDER`);
  const done = await rotateKey({ role, keys: words.keys, out: words.out, now: Date.now() });
  out.result(done, () => `The role ${role} has ${done.keyIds.length === 1 ? 'another key' : 'other keys'}. Destroy ${role}${role === 'root' ? '-1…3' : ''}.old.pem once what was published is served.\n`);
}

function tell(out: Output, report: PublishReport): void {
  out.result(report, () => `${report.added.length === 0 ? 'Signed' : `Published ${report.added.join(', ')};`} catalog ${report.sequence} with ${report.plugins} plugins, valid until ${new Date(report.expires).toISOString()}.\nFingerprint: ${report.fingerprint}\n`);
}
