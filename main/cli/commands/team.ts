import type { Command } from '../command.ts';
import { table } from '../output.ts';
import { splitTarget } from '../words.ts';

export const hire: Command = {
  usage: 'troupe hire <id>/<agent> --name N [--model M] [--fallback M]',
  about: 'hire an agent of an installed plugin, or one of your own (own/<agent>)',
  fits: ({ command, name }) => command.length === 2 && name !== undefined,
  async run({ client, words, out }) {
    const { pluginId, target } = splitTarget(words.command[1], hire.usage);
    const hired = await client.call.team.hire({ pluginId, agentId: target, name: words.name ?? '', model: words.model ?? null, ...(words.fallback === undefined ? {} : { fallbackModel: words.fallback }) });
    out.result(hired, () => `Hired ${hired.name} (${hired.role}). Talk to it: troupe chat ${JSON.stringify(hired.name)} "Hello"\n`);
    for (const need of hired.needs) out.say(`${hired.name} still needs: ${need}`);
  },
};

export const team: Command = {
  usage: 'troupe team [duplicate <name>]',
  about: 'list the agents you hired, or hire one like another, with its model and values',
  fits: ({ command: [, action, name, ...rest] }) => action === undefined || (action === 'duplicate' && name !== undefined && rest.length === 0),
  async run({ client, words, out }) {
    const [, action, name = ''] = words.command;
    if (action === 'duplicate') {
      const copy = await client.call.team.duplicate({ id: (await client.call.team.byName({ name })).id });
      out.result(copy, () => `Hired ${copy.name}, as ${name} is.\n`);
      return;
    }
    const { hires } = await client.call.team.list({});
    if (hires.length === 0) out.say('Nobody is hired yet. Install a plugin with agents and run: troupe hire <id>/<agent> --name N');
    out.result({ hires }, () => table(hires.map((one) => [one.name, one.status, `${one.pluginId}/${one.agentId}`, one.modelLabel])));
  },
};
