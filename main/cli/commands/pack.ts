/** What creators do with a plugin of their own; needs no core and no network. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../contract/errors/app-error.ts';
import { readPlugin, type PluginSource } from '../../../packaging/index.ts';
import type { Command, LoneContext } from '../command.ts';

async function read(place: string): Promise<PluginSource> {
  try {
    return await readPlugin(path.resolve(place));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new AppError('core/bad-input', `There is nothing at ${place}. Name a plugin's folder, the one with plugin.yaml in it, or a .troupe archive.`, { details: { place }, cause });
  }
}

interface Facts { id: string; version: string; bytes: number; sha512: string; notes: readonly string[] }

function factsOf({ archive, bytes }: PluginSource): Facts {
  const { id, version } = archive.manifest.plugin;
  return { id, version, bytes: bytes.byteLength, sha512: archive.sha512, notes: archive.notes };
}

async function packHere({ words, out }: LoneContext): Promise<void> {
  const [, folder = ''] = words.command;
  const source = await read(folder);
  const facts = factsOf(source);
  const file = path.resolve(words.out ?? `${facts.id}-${facts.version}.troupe`);
  await writeFile(file, source.bytes);
  for (const note of facts.notes) out.say(note);
  out.result({ ...facts, file }, () => `Packed ${facts.id} ${facts.version}: ${file}\n${facts.bytes} bytes, sha512 ${facts.sha512}\n`);
}

async function validateHere({ words, out }: LoneContext): Promise<void> {
  const facts = factsOf(await read(words.command[1] ?? ''));
  for (const note of facts.notes) out.say(note);
  out.result(facts, () => `${facts.id} ${facts.version} is sound: ${facts.bytes} bytes packed.\n`);
}

const alone = (name: string, run: (context: LoneContext) => Promise<void>, usage: string, about: string): Command => ({
  usage, about,
  fits: ({ command }) => command.length === 2,
  alone: () => run,
  run: () => { throw new AppError('core/internal', `troupe ${name} works without a core.`); },
});

export const pack = alone('pack', packHere, 'troupe pack <folder> [--out FILE]', 'make the archive of a plugin of your own, the same bytes each time');
export const validate = alone('validate', validateHere, 'troupe validate <folder or archive>', 'check a plugin by the rules that an install applies');
