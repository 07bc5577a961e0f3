import path from 'node:path';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { ConsentItem, OperationEvent } from '../../../contract/model/plugin.ts';
import type { Command, CommandContext } from '../command.ts';
import { bytes, table } from '../output.ts';
import { splitRange } from '../words.ts';

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
  usage: 'troupe list',
  about: 'list what is installed',
  fits: ({ command }) => command.length === 1,
  async run({ client, out }) {
    const { plugins } = await client.call.plugins.list({});
    if (plugins.length === 0) out.say('Nothing is installed yet. Find something: troupe catalog search <words>');
    out.result({ plugins }, () => table(plugins.map((plugin) => [plugin.id, plugin.version, plugin.status, plugin.reason === 'dependency' ? `needed by ${plugin.neededBy.join(', ')}` : plugin.description])));
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

/** Shows the step log on stderr until the operation ends, answering its consent. Throws the error it failed with. */
async function followOperation(context: CommandContext, operationId: string): Promise<void> {
  const { client, out, signal } = context;
  const cancel = (): void => { client.call.plugins.cancel({ operationId }).catch(() => { out.say('The operation had already ended.'); }); };
  signal.addEventListener('abort', cancel, { once: true });
  let failure: AppError | undefined;
  // The stream ends by itself after the operation's last event: a cancel is followed to its end as well.
  await client.follow(
    (stream, streamSignal, after) => client.call.plugins.events({ operationId, stream, after }, { signal: streamSignal }),
    async (batch) => { for (const item of batch) failure = await show(context, operationId, item) ?? failure; },
    { signal: new AbortController().signal, lastSeq: (batch) => batch.at(-1)?.seq },
  );
  signal.removeEventListener('abort', cancel);
  if (failure) throw failure;
}

async function show(context: CommandContext, operationId: string, { event }: OperationEvent): Promise<AppError | undefined> {
  const { out } = context;
  switch (event.type) {
    case 'step_started': out.progress(`${event.step}${event.pluginId ? ` ${event.pluginId}` : ''}…`); return undefined;
    case 'step_progressed': out.progress(`${event.step} ${event.unit === 'bytes' ? bytes(event.done) : event.done}${event.total === null ? '' : ` of ${event.unit === 'bytes' ? bytes(event.total) : event.total}`}`); return undefined;
    case 'step_finished': out.say(`✓ ${event.step}${event.pluginId ? ` ${event.pluginId}` : ''}`); return undefined;
    case 'consent_requested': await answerConsent(context, operationId, event.items); return undefined;
    case 'operation_finished': return undefined;
    case 'operation_cancelled': return new AppError('plugins/cancelled', 'Cancelled; nothing was changed.');
    case 'operation_failed': return new AppError(event.error.code as AppError['code'], event.error.message, { details: event.error.details, retryable: event.error.retryable });
  }
}

/** Whether it asks for something dangerous that was not granted before. */
const isDangerous = ({ permissions, added }: ConsentItem): boolean => permissions.some(({ key, danger }) => danger === 'high' && added.includes(key));

async function answerConsent({ client, out, ask, words }: CommandContext, operationId: string, items: readonly ConsentItem[]): Promise<void> {
  for (const item of items) {
    out.say(`${item.name} ${item.version} by ${item.publisher.name}${item.dependency ? ' (needed by what you install)' : ''} asks for:`);
    for (const permission of item.permissions) out.say(`  ${permission.kind} ${permission.value}${permission.danger === 'high' ? '  ← read carefully' : ''}${item.added.includes(permission.key) ? '' : '  (granted before)'}`);
    if (item.permissions.length === 0) out.say('  nothing');
  }
  if (words.yes) out.say(items.some(isDangerous) ? 'This includes something dangerous, which --yes never grants.' : 'Granted, as --yes says.');
  const dangerous = items.some(isDangerous);
  const accept = words.yes && !dangerous ? true : await ask(dangerous ? 'Some of this is dangerous. Grant all of it?' : 'Grant this and install?');
  const granted = accept ? items.flatMap((item) => item.permissions.map((permission) => ({ pluginId: item.pluginId, key: permission.key }))) : [];
  await client.call.plugins.consent({ operationId, accept: accept ?? false, granted });
  if (accept === null) throw new AppError('plugins/consent-needed', dangerous ? 'What it asks for includes a dangerous permission, which --yes never grants. Run the command at a terminal and answer there.' : 'Consent is needed and nobody is at this terminal. Read what it asks for above and repeat with --yes.');
}
