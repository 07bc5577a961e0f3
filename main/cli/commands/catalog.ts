import { AppError } from '../../../contract/errors/app-error.ts';
import type { CatalogFilters } from '../../../contract/model/catalog.ts';
import type { Command, CommandContext } from '../command.ts';
import { bytes, table } from '../output.ts';

export const catalog: Command = {
  usage: 'troupe catalog sync | search [words] [filters] | show <id>',
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
      const { sort, offset } = words.catalog;
      const filters = await filtersOf(client, words.catalog.filters);
      const found = await client.call.catalog.search({ words: rest.join(' '), filters, sort, offset, limit: words.limit });
      if (found.corrected !== null) out.say(`Nothing is called "${rest.join(' ')}"; showing "${found.corrected}".`);
      if (found.total === 0) out.say(Object.keys(filters).length > 0 ? 'No plugin fits these words and filters. Try fewer of them.' : 'No plugin fits these words. Try fewer or other ones.');
      else if (found.items.length === 0) out.say(`There are ${found.total}; --offset ${offset} is beyond the last.`);
      else if (found.total > found.items.length) out.say(`${offset + 1} to ${offset + found.items.length} of ${found.total}.`);
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

/** A registry may be named as `registry list` shows it; the core knows it by its id. */
async function filtersOf(client: CommandContext['client'], filters: CatalogFilters): Promise<CatalogFilters> {
  if (filters.registry === undefined) return filters;
  const { registries } = await client.call.catalog.status({});
  const found = registries.filter(({ id, name, address, fingerprint }) => [id, name, address, fingerprint].includes(filters.registry ?? ''));
  const [only] = found;
  if (!only || found.length > 1) throw new AppError('core/bad-input', `--registry takes the name, address or fingerprint of one registry, not "${filters.registry}". See "troupe registry status".`);
  return { ...filters, registry: only.id };
}
