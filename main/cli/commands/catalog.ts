import { AppError } from '../../../contract/errors/app-error.ts';
import type { CatalogDetail, CatalogFilters, RegistryStatus, Review } from '../../../contract/model/catalog.ts';
import type { Command, CommandContext } from '../command.ts';
import { bytes, insteadOf, oneLine, table } from '../output.ts';

export const catalog: Command = {
  usage: 'troupe catalog sync | search [words] [filters] | show <id> [--registry R] | reviews <id>',
  about: 'bring the catalog up to date, search it, show one plugin and what people wrote of it',
  fits: ({ command: [, action, ...rest] }) => (action === 'sync' && rest.length === 0) || action === 'search' || ((action === 'show' || action === 'reviews') && rest.length === 1),
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
      const filters: CatalogFilters = { ...words.catalog.filters, ...await registryOf(client, words.catalog.filters.registry) };
      const found = await client.call.catalog.search({ words: rest.join(' '), filters, sort, offset, limit: words.limit });
      if (found.corrected !== null) out.say(`Nothing is called "${rest.join(' ')}"; showing "${found.corrected}".`);
      if (found.total === 0) out.say(Object.keys(filters).length > 0 ? 'No plugin fits these words and filters. Try fewer of them.' : 'No plugin fits these words. Try fewer or other ones.');
      else if (found.items.length === 0) out.say(`There are ${found.total}; --offset ${offset} is beyond the last.`);
      else if (found.total > found.items.length) out.say(`${offset + 1} to ${offset + found.items.length} of ${found.total}.`);
      out.result(found, () => table(found.items.map((item) => [item.id, item.version, item.installedVersion === null ? '' : 'installed', item.description])));
      return;
    }
    if (action === 'reviews') {
      const found = await client.call.catalog.reviews({ id, ...await registryOf(client, words.catalog.filters.registry) });
      if (found.reviews.length === 0) out.say(found.asOf === null ? 'The registry of this plugin publishes no reviews.' : 'Nobody has written about it yet.');
      out.result(found, () => found.reviews.map(reviewText).join('\n'));
      return;
    }
    const from = await registryOf(client, words.catalog.filters.registry);
    const [detail, { registries }] = await Promise.all([client.call.catalog.get({ id, ...from }), client.call.catalog.status({})]);
    out.result(detail, () => shown(detail, registries.find((registry) => registry.id === detail.registry), Date.now(), registries));
  },
};

/** One plugin for people. `from` is the registry it comes from; `now` in milliseconds tells the age of its catalog; `registries` name where else its id is. */
export function shown(detail: CatalogDetail, from: RegistryStatus | undefined, now: number, registries: readonly RegistryStatus[] = []): string {
  const version = detail.versions.find((one) => one.version === detail.version);
  const said = (word: string, why: string | null): string => (why === null ? '' : `${word}: ${oneLine(why)}${insteadOf(detail.id, version?.useInstead ?? null)}\n`);
  const needed = version?.dependencies.map((one) => [one.foreign ? '  outside Troupe' : '  plugin', one.id, one.range]) ?? [];
  return [
    `${detail.name} ${detail.version} (${detail.id})`, `by ${detail.publisher.name}${detail.publisher.verified ? ', verified' : ''}, ${detail.priceModel}, ${detail.license ?? 'no licence named'}`,
    `${detail.rating === null ? 'not rated' : `rated ${detail.rating.toFixed(1)} of 5 by ${detail.ratings}`}, ${detail.installs} installs${detail.figuresOf === null ? '' : ` (figures of ${detail.figuresOf})`}`,
    `from ${from?.name ?? detail.registry}${from === undefined ? '' : `, its catalog ${ageOf(from, now)}`}`,
    ...detail.alsoFrom.map((other) => alsoFrom(other, registries)), said('Withdrawn', version?.withdrawn ?? null) + said('Deprecated', version?.deprecated ?? null), detail.description, '',
    table(detail.capabilities.map((capability) => [capability.remote === undefined ? capability.kind : 'remote agent', capability.id, capability.remote === undefined ? capability.description : `${capability.description} It runs at ${capability.remote} and cannot be run yet.`])),
    detail.permissions.length === 0 ? 'Asks for no permission.\n' : `May, once you grant it:\n${table(detail.permissions.map((permission) => [`  ${permission.kind}`, permission.value, permission.danger === 'high' ? 'read carefully' : '']))}`,
    needed.length === 0 ? 'Needs no other plugin.\n' : `Needs:\n${table(needed)}`,
    ...detail.incompatibleBecause.map((reason) => `Does not fit: ${reason}\n`), ...detail.lacks.map((lack) => `Not here yet: ${oneLine(lack)}\n`),
    pricesOf(detail.pricing),
    `Versions: ${detail.versions.map((one) => `${one.version} (${bytes(one.size)}${one.withdrawn !== null ? ', withdrawn' : one.deprecated !== null ? ', deprecated' : ''})`).join(', ')}\n`,
  ].join('\n');
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
/** Set in from the edge, where our own lines begin. */
const setIn = (text: string): string => text.split('\n').map((line) => `    ${line}`.trimEnd()).join('\n');

/** One review for people. Whoever wrote it cannot begin a line that looks like ours. */
export function reviewText({ author, rating, title, body, version, writtenAt, helpful, reply }: Review): string {
  return [
    `${rating} of 5, ${oneLine(author)}, ${day(writtenAt)}, of version ${version}${helpful === 0 ? '' : `, helpful to ${helpful}`}`, ...(title === null ? [] : [`  ${oneLine(title)}`]), ...(body === '' ? [] : [setIn(body)]),
    ...(reply === null ? [] : [`  The publisher answered, ${day(reply.writtenAt)}:`, setIn(reply.body)]),
  ].join('\n').concat('\n');
}

const runsIn = (executions: number | 'unlimited', period: string): string => (executions === 'unlimited' ? 'any number of runs' : `${executions} ${executions === 1 ? 'run' : 'runs'} ${period === 'once' ? 'in all' : `a ${period}`}`);

/** What its publisher takes for it; nothing where it names no tiers. */
function pricesOf({ freeTier, tiers }: CatalogDetail['pricing']): string {
  const rows = [...(freeTier === null ? [] : [['  free', '', runsIn(freeTier.executions, freeTier.period)]]),
    ...tiers.map(({ name, price, currency, period, executions }) => [`  ${oneLine(name)}`, `${price} ${currency} ${period === 'once' ? 'once' : `a ${period}`}`, runsIn(executions, period)])];
  return rows.length === 0 ? '' : `Prices:\n${table(rows)}`;
}

/** Another registry that has the same id, as a line. */
export const alsoFrom = ({ registry, version, publisher }: CatalogDetail['alsoFrom'][number], registries: readonly RegistryStatus[]): string => {
  const known = registries.find(({ id }) => id === registry);
  return `also from ${oneLine(known?.name ?? registry)}: ${version} by ${oneLine(publisher.name)}${publisher.verified ? ', verified' : ''}${known?.fingerprint == null ? '' : `, fingerprint ${known.fingerprint.slice(0, 16)}…`}`;
};

/** How old the copy of a catalog on this machine is. */
function ageOf({ kind, syncedAt, expiresAt }: RegistryStatus, now: number): string {
  if (kind === 'embedded') return 'came with Troupe';
  const hours = Math.max(0, Math.floor((now - (syncedAt ?? now)) / 3_600_000));
  const age = syncedAt === null ? 'was never synced' : hours < 1 ? 'synced less than an hour ago' : hours < 48 ? `synced ${hours} ${hours === 1 ? 'hour' : 'hours'} ago` : `synced ${Math.floor(hours / 24)} days ago`;
  return expiresAt !== null && expiresAt <= now ? `${age}, out of date since ${new Date(expiresAt).toISOString().slice(0, 10)}` : age;
}

/** A registry may be named as `registry list` shows it; the core knows it by its id. @throws AppError `core/bad-input` when it names none or several */
export async function registryOf(client: CommandContext['client'], word: string | undefined): Promise<{ registry?: string }> {
  if (word === undefined) return {};
  const { registries } = await client.call.catalog.status({});
  const found = registries.filter(({ id, name, address, fingerprint }) => [id, name, address, fingerprint].includes(word));
  const [only] = found;
  if (!only || found.length > 1) throw new AppError('core/bad-input', `--registry takes the name, address or fingerprint of one registry, not "${word}". See "troupe registry status".`);
  return { registry: only.id };
}
