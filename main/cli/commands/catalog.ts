import type { Command } from '../command.ts';
import { bytes, table } from '../output.ts';

export const catalog: Command = {
  usage: 'troupe catalog sync | search <words> | show <id>',
  about: 'bring the catalog up to date, search it, show one plugin',
  fits: ({ command: [, action, ...rest] }) => (action === 'sync' && rest.length === 0) || action === 'search' || (action === 'show' && rest.length === 1),
  async run({ client, words, out }) {
    const [, action, ...rest] = words.command;
    const [id = ''] = rest;
    if (action === 'sync') {
      const { registries } = await client.call.catalog.sync({});
      out.result({ registries }, () => table(registries.map((registry) => [registry.name, `${registry.entries} plugins`, registry.error ? registry.error.message : `sequence ${registry.sequence}`])));
      return registries.some((registry) => registry.error) ? 1 : 0;
    }
    if (action === 'search') {
      const found = await client.call.catalog.search({ words: rest.join(' '), limit: words.limit });
      if (found.corrected !== null) out.say(`Nothing is called "${rest.join(' ')}"; showing "${found.corrected}".`);
      if (found.total === 0) out.say('No plugin fits these words. Try fewer or other ones.');
      out.result(found, () => table(found.items.map((item) => [item.id, item.version, item.installedVersion === null ? '' : 'installed', item.description])));
      return;
    }
    const detail = await client.call.catalog.get({ id });
    out.result(detail, () => [
      `${detail.name} ${detail.version} (${detail.id})`, `by ${detail.publisher.name}${detail.publisher.verified ? ', verified' : ''}, ${detail.priceModel}, ${detail.license ?? 'no licence named'}`, '', detail.description, '',
      table(detail.capabilities.map((capability) => [capability.kind, capability.id, capability.description])),
      detail.permissions.length === 0 ? 'Asks for no permission.\n' : `May, once you grant it:\n${table(detail.permissions.map((permission) => [`  ${permission.kind}`, permission.value, permission.danger === 'high' ? 'read carefully' : '']))}`,
      ...detail.incompatibleBecause.map((reason) => `Does not fit: ${reason}\n`),
      `Versions: ${detail.versions.map((version) => `${version.version} (${bytes(version.size)})`).join(', ')}\n`,
    ].join('\n'));
  },
};
