/** An operation of the core as the command line shows it: step by step, with its consent. */
import { AppError } from '../../../contract/errors/app-error.ts';
import { concernedIn, type ConsentItem, type OperationEvent } from '../../../contract/model/plugin.ts';
import type { CommandContext } from '../command.ts';
import { bytes } from '../output.ts';

/** Shows the step log on stderr until the operation ends, answering its consent. Throws the error it failed with. */
export async function followOperation(context: CommandContext, operationId: string): Promise<void> {
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
    case 'step_finished':
      out.say(`✓ ${event.step}${event.pluginId ? ` ${event.pluginId}` : ''}`);
      if (event.step === 'resolve') for (const line of concernedLines(event.detail)) out.say(line);
      return undefined;
    case 'consent_requested': await answerConsent(context, operationId, event.items); return undefined;
    case 'operation_finished': return undefined;
    case 'operation_cancelled': return new AppError('plugins/cancelled', 'Cancelled; nothing was changed.');
    case 'operation_failed': return new AppError(event.error.code as AppError['code'], event.error.message, { details: event.error.details, retryable: event.error.retryable });
  }
}

/** Who needs or uses what changes: said before anything is fetched or replaced. Nothing where nobody does. */
export function concernedLines(detail: unknown): string[] {
  const { dependants = [], agents = [] } = concernedIn(detail) ?? {};
  return [
    ...dependants.map(({ id, needs, range, becomes, fits }) => `  ${id} needs ${needs} ${range || '*'}: ${becomes === null ? 'nothing of it is left' : `${becomes} ${fits ? 'fits' : 'does not fit'}`}`),
    ...(agents.length > 0 ? [`  used by ${agents.join(', ')}`] : [])];
}

/** What was granted before is not asked for again. */
const addedOf = (item: ConsentItem): ConsentItem['permissions'] => item.permissions.filter(({ key }) => item.added.includes(key));

async function answerConsent({ client, out, ask, words }: CommandContext, operationId: string, items: readonly ConsentItem[]): Promise<void> {
  for (const item of items) {
    out.say(`${item.name} ${item.version} by ${item.publisher.name}${item.dependency ? ' (needed by what you install)' : ''} asks for:`);
    const added = addedOf(item);
    for (const permission of added) out.say(`  ${permission.kind} ${permission.value}${permission.danger === 'high' ? '  ← read carefully' : ''}`);
    if (added.length === 0) out.say(item.permissions.length === 0 ? '  nothing' : '  nothing new');
  }
  const dangerous = items.some((item) => addedOf(item).some((permission) => permission.danger === 'high'));
  if (words.yes) out.say(dangerous ? 'This includes something dangerous, which --yes never grants.' : 'Granted, as --yes says.');
  const accept = words.yes && !dangerous ? true : await ask(dangerous ? 'Some of this is dangerous. Grant all of it?' : 'Grant this and go on?');
  const granted = accept ? items.flatMap((item) => addedOf(item).map((permission) => ({ pluginId: item.pluginId, key: permission.key }))) : [];
  await client.call.plugins.consent({ operationId, accept: accept ?? false, granted });
  if (accept === null) throw new AppError('plugins/consent-needed', dangerous ? 'What it asks for includes a dangerous permission, which --yes never grants. Run the command at a terminal and answer there.' : 'Consent is needed and nobody is at this terminal. Read what it asks for above and repeat with --yes.');
}
