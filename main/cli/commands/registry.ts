import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { RegistryStatus } from '../../../contract/model/catalog.ts';
import type { Command, CommandContext, LoneContext } from '../command.ts';
import { table } from '../output.ts';
import { serveStatic } from '../static-server.ts';
import { publishHere, makeKeys, rotateHere, signHere } from './registry-signer.ts';

async function pemOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AppError('core/bad-input', `${file} could not be read. Expected a file in PEM.`, { details: { file }, cause });
  }
}

/** Serves a folder until it is ended. */
async function serve({ words, out, signal }: LoneContext): Promise<void> {
  if (!words.folder || (words.cert === undefined) !== (words.key === undefined)) throw new AppError('core/bad-input', 'Usage: troupe registry serve --static FOLDER [--port N] [--name TITLE] [--host ADDRESS] [--cert FILE --key FILE]');
  const [cert, key] = await Promise.all([words.cert, words.key].map((file) => file === undefined ? undefined : pemOf(file)));
  const server = await serveStatic(words.folder, words.port, { host: words.host, title: words.name, report: (message) => { out.say(message); }, tls: cert !== undefined && key !== undefined ? { cert, key } : undefined });
  out.result({ address: server.address }, () => `Serving ${words.folder ?? ''} at ${server.address}; Ctrl-C ends it.\n`);
  if (!signal.aborted) await new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve(); }, { once: true }); });
  await server.stop();
}

/** Those that work on files alone, without a core. */
const LONE: Readonly<Record<string, (context: LoneContext) => Promise<number | void>>> = { keys: makeKeys, 'publish-static': publishHere, sign: signHere, rotate: rotateHere, serve };

/** How old a catalog is, for people. */
const freshness = ({ syncing, syncedAt, expiresAt, error }: RegistryStatus): string =>
  error ? `${error.message} (${error.code})` : `${syncing ? 'syncing' : syncedAt === null ? 'never synced' : `synced ${new Date(syncedAt).toISOString()}`}${expiresAt === null ? '' : `, signed until ${new Date(expiresAt).toISOString().slice(0, 10)}`}`;

async function add({ client, words, out, ask }: CommandContext): Promise<void> {
  const place = words.command[2];
  if (!place) throw new AppError('core/bad-input', 'Usage: troupe registry add <address or folder> [--fingerprint F] [--prefix P] [--name N] [--priority N]');
  const address = /^(https?|file):/i.test(place) ? place : path.resolve(place);
  const wanted = { address, ...(words.prefix !== undefined && { prefix: words.prefix }), ...(words.name !== undefined && { name: words.name }), ...(words.priority !== undefined && { priority: words.priority }) };
  const first = await client.call.catalog.addRegistry({ ...wanted, ...(words.fingerprint !== undefined && { fingerprint: words.fingerprint }) });
  const confirmed = first.added ? first : await confirm(first.fingerprint);
  out.result(confirmed, () => `Added ${address}: ${confirmed.registries.find(({ fingerprint }) => fingerprint === confirmed.fingerprint)?.entries ?? 0} plugins.\n`);

  async function confirm(fingerprint: string): Promise<typeof first> {
    out.say(`The registry at ${address} is signed by the root with the fingerprint\n  ${fingerprint}\nCompare it with what its operator published elsewhere: whoever holds these keys decides what you are offered.`);
    const yes = await ask('Is it the same?');
    if (yes === null) throw new AppError('core/bad-input', `Nobody is at this terminal to compare. When it is the right one, repeat with --fingerprint ${fingerprint}`, { details: { fingerprint } });
    if (!yes) throw new AppError('host/cancelled', 'The registry was not added.');
    return client.call.catalog.addRegistry({ ...wanted, fingerprint });
  }
}

async function remove({ client, words, out }: CommandContext): Promise<void> {
  const word = words.command[2];
  const { registries } = await client.call.catalog.status({});
  const found = registries.filter(({ id, name, address, fingerprint }) => [id, name, address, fingerprint].includes(word ?? ''));
  if (!word || found.length > 1) throw new AppError('core/bad-input', 'Usage: troupe registry remove <name, address or fingerprint>; it has to name one registry.');
  const answer = await client.call.catalog.removeRegistry({ id: found[0]?.id ?? word });
  out.result(answer, () => `Removed ${found[0]?.name ?? word}. What was installed from it stays, without updates.\n`);
}

async function list({ client, words, out }: CommandContext): Promise<number> {
  const { registries } = await client.call.catalog.status({});
  const all = words.command[1] === 'status';
  out.result({ registries }, () => table(registries.flatMap((registry) => [
    [registry.name, registry.kind, `${registry.entries} plugins`, freshness(registry)],
    ...(all ? [['', 'address', registry.address ?? '–', ''], ['', 'fingerprint', registry.fingerprint ?? '–', ''], ['', 'prefix', registry.prefix ?? 'any id', `priority ${registry.priority}, catalog ${registry.sequence}`], ...registry.badRecords.map((bad) => ['', 'left out', bad, ''])] : []),
  ])));
  return all && registries.some(({ error }) => error !== null) ? 1 : 0;
}

export const registry: Command = {
  usage: 'troupe registry list | status | add <address> | remove <name> | keys | publish-static | sign | rotate | serve',
  about: 'choose where plugins come from, or publish your own',
  fits: ({ command: [, action = '', ...rest] }) => Object.hasOwn(LONE, action) || ((action === 'list' || action === 'status') && rest.length === 0) || ((action === 'add' || action === 'remove') && rest.length === 1),
  alone: ({ command }) => (Object.hasOwn(LONE, command[1] ?? '') ? LONE[command[1] ?? ''] : undefined),
  async run(context) {
    switch (context.words.command[1]) {
      case 'list': case 'status': return list(context);
      case 'add': return add(context);
      case 'remove': return remove(context);
      default: throw new AppError('core/bad-input', `Usage: ${registry.usage}`);
    }
  },
};
