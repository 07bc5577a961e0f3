import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, hasCode } from '../../../contract/errors/app-error.ts';
import { goesAlong, type InstalledPlugin } from '../../../contract/model/plugin.ts';
import type { Command, CommandContext } from '../command.ts';
import { insteadOf, oneLine, table } from '../output.ts';
import { splitRange } from '../words.ts';
import { alsoFrom, registryOf } from './catalog.ts';
import { concernedLines, followOperation } from './operation.ts';

export const install: Command = {
  usage: 'troupe install <id>[@range] [--registry R]|<archive or folder>|--from <lockfile> [--yes] [--check]',
  about: 'install a plugin and what it needs, an unsigned one from this computer (developer mode), or exactly what a lockfile names; --yes grants what is asked for',
  fits: ({ command, from }) => command.length === (from === undefined ? 2 : 1),
  async run(context) {
    const { client, words, out } = context;
    if (words.from !== undefined) { await installFrom(context, words.from); return; }
    const word = words.command[1] ?? '';
    if (isPath(word)) {
      const { operationId, id } = await client.call.plugins.sideLoad({ path: path.resolve(word) });
      out.say(`${id} is signed by nobody: what it says of itself was not proven.`);
      await finished(context, operationId, id);
      return;
    }
    const { id, range } = splitRange(word);
    // Not `grantAll`: the core then asks, and what is granted is said here before --yes answers.
    const from = await registryOf(client, words.catalog.filters.registry);
    if (from.registry === undefined) await saySources(context, id);
    const { operationId } = await client.call.plugins.install({ id, ...from, ...(range === undefined ? {} : { range }) });
    await finished(context, operationId, id);
  },
};

/** An id that several registries have names several plugins: which one is taken is said, and how to take another. */
async function saySources({ client, out }: CommandContext, id: string): Promise<void> {
  const [detail, { registries }] = await Promise.all([client.call.catalog.get({ id }).catch((error: unknown) => { if (hasCode(error, 'catalog/not-found')) return null; throw error; }), client.call.catalog.status({})]);
  if (!detail || detail.alsoFrom.length === 0) return;
  out.say(`${id} is taken from ${registries.find((one) => one.id === detail.registry)?.name ?? detail.registry}, by ${oneLine(detail.publisher.name)}. It is`);
  for (const other of detail.alsoFrom) out.say(`  ${alsoFrom(other, registries)}`);
  out.say('Another plugin may have that name there; --registry NAME takes that one.');
}

/** No plugin's id has a slash or ends like an archive. */
const isPath = (word: string): boolean => /[\\/]|\.troupe$|^\.{1,2}$/.test(word);

async function finished(context: CommandContext, operationId: string, id: string): Promise<void> {
  await followOperation(context, operationId);
  const plugin = await context.client.call.plugins.get({ id });
  context.out.result(plugin, () => `Installed ${plugin.name} ${plugin.version}${plugin.sideLoaded ? ', unsigned' : ''}.\n`);
}

/** Says what differs first; --check goes no further. */
async function installFrom(context: CommandContext, file: string): Promise<void> {
  const { client, words, out } = context;
  const lockfile = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('core/bad-input', `The file ${file} cannot be read. Write one with: troupe list --lockfile > troupe.lock.yaml`, { cause });
  });
  const { changes, others, ...concerned } = await client.call.plugins.compareSet({ lockfile });
  const difference = table(changes.map(({ id, from, to, added }) => [id, from === null ? `new ${to}` : `${from} → ${to}`, added.length === 0 ? 'asks for nothing new' : `newly asks for ${added.join(', ')}`]));
  if (words.check) for (const line of concernedLines(concerned)) out.say(line);
  if (others.length > 0) out.say(`Not in the file, and left as they are: ${others.join(', ')}.`);
  if (!words.check && changes.length > 0) {
    out.say(difference.trimEnd());
    await followOperation(context, (await client.call.plugins.installSet({ lockfile })).operationId);
  }
  out.result({ changes, others, ...concerned, installed: !words.check && changes.length > 0 }, () => (changes.length === 0 ? 'Everything is installed as the file says.\n' : words.check ? difference : `Installed ${changes.length} ${changes.length === 1 ? 'plugin' : 'plugins'} as the file says.\n`));
}

/** Agents that cannot work without these plugins, and those that lose what they were given of them. */
export function losses(plugins: readonly Pick<InstalledPlugin, 'hiredAs' | 'usedBy'>[], when: string): string[] {
  const names = (key: 'hiredAs' | 'usedBy'): string => [...new Set(plugins.flatMap((plugin) => plugin[key]))].join(', ');
  const [team, users] = [names('hiredAs'), names('usedBy')];
  return [...(team === '' ? [] : [`${when} these cannot work: ${team}.`]), ...(users === '' ? [] : [`${when} these lose tools or checks that you gave them: ${users}.`])];
}

export const uninstall: Command = {
  usage: 'troupe uninstall <id> [--keep-data]',
  about: 'remove a plugin',
  fits: ({ command }) => command.length === 2,
  async run(context) {
    const { client, words, out } = context;
    const [, id = ''] = words.command;
    const { plugins } = await client.call.plugins.list({});
    const plugin = plugins.find((one) => one.id === id);
    if (plugin?.neededBy.length === 0) {
      const along = goesAlong([id], plugins);
      if (along.length > 0) out.say(`Goes along, since nothing else needs it: ${along.map((one) => one.id).join(', ')}.`);
      for (const line of losses([plugin, ...along], 'Without it')) out.say(line);
    }
    const { operationId } = await client.call.plugins.uninstall({ id, keepData: words.keepData });
    await followOperation(context, operationId);
    out.result({ id, uninstalled: true }, () => `Uninstalled ${id}.\n`);
  },
};

/** A line that says why a version was withdrawn and what to use instead; empty for one that was not. */
export const withdrawnLine = ({ id, version, withdrawn, disabledBy }: Pick<InstalledPlugin, 'id' | 'version' | 'withdrawn' | 'disabledBy'>): string =>
  (withdrawn === null ? '' : `${id} ${version} was withdrawn by its registry${disabledBy === 'registry' ? ' and is switched off' : ''}: ${oneLine(withdrawn.reason)}${insteadOf(id, withdrawn.useInstead)}\n`);

export const list: Command = {
  usage: 'troupe list [--lockfile]',
  about: 'list what is installed; --lockfile writes it as troupe.lock.yaml',
  fits: ({ command }) => command.length === 1,
  async run({ client, out, words }) {
    if (words.lockfile) {
      const lockfile = await client.call.plugins.lockfile({});
      out.result(lockfile, () => lockfile.text);
      return;
    }
    const { plugins } = await client.call.plugins.list({});
    if (plugins.length === 0) out.say('Nothing is installed yet. Find something: troupe catalog search <words>');
    out.result({ plugins }, () => `${table(plugins.map((plugin) => [plugin.id, plugin.version, [plugin.status, ...(plugin.pinned === null ? [] : ['pinned']), ...(plugin.sideLoaded ? ['unsigned'] : [])].join(', '), plugin.reason === 'dependency' ? `needed by ${plugin.neededBy.join(', ')}` : plugin.description]))}${plugins.map(withdrawnLine).join('')}`);
  },
};

export const grant: Command = {
  usage: 'troupe grant <id> <folder key> <folder>',
  about: 'let a plugin work in a folder',
  fits: ({ command }) => command.length === 4,
  async run({ client, words, out }) {
    const [, id = '', key = '', folderName = ''] = words.command;
    // The core has a working folder of its own: the name is meant as seen from here.
    const folder = await client.call.plugins.grantFolder({ id, key, path: path.resolve(folderName) });
    out.result(folder, () => `${id} may ${folder.access === 'read' ? 'read' : 'read and change'} ${folder.path ?? ''}.\n`);
  },
};
