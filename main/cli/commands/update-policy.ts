/** Commands over which updates come by themselves. */
import { AppError } from '../../../contract/errors/app-error.ts';
import type { AutoUpdate } from '../../../contract/model/plugin.ts';
import type { Command } from '../command.ts';

const CHOICES: readonly AutoUpdate[] = ['off', 'patch', 'all'];
const refuse = (word: string | undefined, takes: string): never => { throw new AppError('core/bad-input', `Expected ${takes}, got "${word ?? ''}".`); };

export const autoUpdate: Command = {
  usage: 'troupe auto-update [<id>] <off|patch|all|default>',
  about: 'which updates come by themselves, for one plugin or for all that have no choice of their own',
  fits: ({ command }) => command.length === 2 || command.length === 3,
  async run({ client, words, out }) {
    const word = words.command.at(-1);
    const choice = CHOICES.find((one) => one === word);
    const id = words.command.length === 3 ? words.command[1] : undefined;
    if (id === undefined) {
      const chosen = choice ?? refuse(word, 'off, patch or all');
      await client.call.settings.change({ change: { autoUpdate: chosen } });
      out.result({ autoUpdate: chosen }, () => `Plugins without a choice of their own: ${chosen}.\n`);
      return;
    }
    if (choice === undefined && word !== 'default') refuse(word, 'off, patch, all or default');
    const { channel } = await client.call.plugins.get({ id });
    const policy = await client.call.plugins.setUpdatePolicy({ id, autoUpdate: choice ?? null, channel });
    out.result({ id, ...policy }, () => `${id}: ${policy.autoUpdate ?? 'as for all'}.\n`);
  },
};

export const channel: Command = {
  usage: 'troupe channel <id> <stable|prerelease>',
  about: 'whether pre-releases of a plugin count as updates',
  fits: ({ command }) => command.length === 3,
  async run({ client, words, out }) {
    const [, id = '', word] = words.command;
    if (word !== 'stable' && word !== 'prerelease') throw new AppError('core/bad-input', `Expected stable or prerelease, got "${word ?? ''}".`);
    const plugin = await client.call.plugins.get({ id });
    const policy = await client.call.plugins.setUpdatePolicy({ id, autoUpdate: plugin.autoUpdate, channel: word });
    out.result({ id, ...policy }, () => `${id}: ${word}.\n`);
  },
};
