import path from 'node:path';
import type { Command } from '../command.ts';
import { table } from '../output.ts';
import { splitRange } from '../words.ts';
import { followOperation } from './operation.ts';

export const install: Command = {
  usage: 'troupe install <id>[@range] [--yes]',
  about: 'install a plugin and what it needs; --yes grants what it asks for',
  fits: ({ command }) => command.length === 2,
  async run(context) {
    const { client, words, out } = context;
    const { id, range } = splitRange(words.command[1] ?? '');
    // Not `grantAll`: the core then asks, and what is granted is said here before --yes answers.
    const { operationId } = await client.call.plugins.install({ id, ...(range === undefined ? {} : { range }) });
    await followOperation(context, operationId);
    const plugin = await client.call.plugins.get({ id });
    out.result(plugin, () => `Installed ${plugin.name} ${plugin.version}.\n`);
  },
};

export const uninstall: Command = {
  usage: 'troupe uninstall <id> [--keep-data]',
  about: 'remove a plugin',
  fits: ({ command }) => command.length === 2,
  async run(context) {
    const { client, words, out } = context;
    const [, id = ''] = words.command;
    const { operationId } = await client.call.plugins.uninstall({ id, keepData: words.keepData });
    await followOperation(context, operationId);
    out.result({ id, uninstalled: true }, () => `Uninstalled ${id}.\n`);
  },
};

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
    out.result({ plugins }, () => table(plugins.map((plugin) => [plugin.id, plugin.version, plugin.pinned === null ? plugin.status : `${plugin.status}, pinned`, plugin.reason === 'dependency' ? `needed by ${plugin.neededBy.join(', ')}` : plugin.description])));
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
