/** Commands over what is installed already: other versions of it, on and off, and who needs it. */
import { readFile } from 'node:fs/promises';
import { AppError, hasCode } from '../../../contract/errors/app-error.ts';
import type { InstalledPlugin } from '../../../contract/model/plugin.ts';
import type { Command, CommandContext } from '../command.ts';
import { table } from '../output.ts';
import { splitRange, type Words } from '../words.ts';
import { concernedLines, followOperation } from './operation.ts';
import { losses } from './plugins.ts';

/** A command that takes one id. */
const ofOne = (usage: string, about: string, run: (context: CommandContext, id: string) => Promise<void>): Command =>
  ({ usage, about, fits: ({ command }) => command.length === 2, run: (context) => run(context, context.words.command[1] ?? '') });
const takesOneOrNone = ({ command }: Words): boolean => command.length <= 2;

export const update: Command = {
  usage: 'troupe update [<id>[@range]] [--check] [--yes]',
  about: 'update a plugin, or all that are not pinned; --check only lists',
  fits: takesOneOrNone,
  async run(context) {
    const { client, words, out } = context;
    const { id, range } = words.command[1] === undefined ? { id: undefined, range: undefined } : splitRange(words.command[1]);
    // Refuses what is not installed before it says that nothing is newer.
    if (id !== undefined) await client.call.plugins.get({ id });
    const updates = (await client.call.plugins.updates({})).updates.filter((one) => id === undefined || one.id === id);
    if (words.check) {
      for (const one of updates) {
        for (const change of one.changes) out.say(`${one.id} ${change.version}: ${change.changelog.trim() || 'no word of what changed'}`);
        for (const line of await forewarned(client, one.id)) out.say(line);
      }
      out.result({ updates }, () => table(updates.map((one) => [one.id, `${one.installed} → ${one.version}`, one.pinned === null ? '' : `pinned to ${one.pinned}`, one.added.length === 0 ? 'asks for nothing new' : `newly asks for ${one.added.join(', ')}`])));
      return;
    }
    const wanted = id !== undefined && (range !== undefined || (await client.call.plugins.get({ id })).pinned !== null) ? [id] : updates.filter(({ pinned }) => pinned === null).map((one) => one.id);
    const updated: InstalledPlugin[] = [];
    const heldBack: { id: string; message: string }[] = [];
    for (const one of wanted) {
      // An update before it may have brought it along.
      if (range === undefined && updated.length > 0 && !(await client.call.plugins.updates({})).updates.some((left) => left.id === one)) continue;
      const { operationId } = await client.call.plugins.update({ id: one, ...(range === undefined ? {} : { range }) });
      const kept = await followOperation(context, operationId).then(() => null, (error: unknown) => {
        // Of all, one that somebody needs as it is keeps no other one back.
        if (id !== undefined || !(error instanceof Error) || !hasCode(error, 'plugins/conflict')) throw error;
        return error.message;
      });
      if (kept === null) updated.push(await client.call.plugins.get({ id: one }));
      else heldBack.push({ id: one, message: kept });
    }
    out.result({ updated, heldBack }, () => (updated.length + heldBack.length === 0 ? 'Everything is up to date.\n'
      : [...updated.map((plugin) => `${plugin.name} is now ${plugin.version}.\n`), ...heldBack.map((one) => `${one.id} stays as it is: ${one.message}\n`)].join('')));
  },
};

/** Whom an update would concern, or why there can be none. */
const forewarned = (client: CommandContext['client'], id: string): Promise<string[]> =>
  client.call.plugins.preview({ id }).then(concernedLines, (error: unknown) => { if (error instanceof Error && hasCode(error, 'plugins/conflict')) return [`  ${error.message}`]; throw error; });

export const rollback = ofOne('troupe rollback <id>', 'bring back the version before, with its configuration and grants', async (context, id) => {
  const { operationId } = await context.client.call.plugins.rollback({ id });
  await followOperation(context, operationId);
  const plugin = await context.client.call.plugins.get({ id });
  context.out.result(plugin, () => `${plugin.name} is back at ${plugin.version}.\n`);
});

export const pin = ofOne('troupe pin <id>[@version]', 'hold a plugin at a version, by default the one that is installed', async (context, named) => {
  const { client, out } = context;
  const { id, range } = splitRange(named);
  const { pinned } = await client.call.plugins.setPin({ id, version: range ?? (await client.call.plugins.get({ id })).version });
  out.result({ id, pinned }, () => `${id} is pinned to ${pinned ?? ''}.\n`);
});

export const unpin = ofOne('troupe unpin <id>', 'let a plugin be updated again', async (context, id) => {
  const { pinned } = await context.client.call.plugins.setPin({ id, version: null });
  context.out.result({ id, pinned }, () => `${id} is not pinned.\n`);
});

/** Names the agents that will have to wait, and asks where somebody is there to answer; `enable` undoes it, so that nobody there is no refusal. */
async function confirmDisable({ client, out, ask, words }: CommandContext, id: string): Promise<void> {
  const plugin = await client.call.plugins.get({ id });
  const lines = losses([plugin], 'Until it is on again');
  if (plugin.status !== 'active' || lines.length === 0) return;
  for (const line of lines) out.say(line);
  if (!words.yes && await ask('Switch it off?') === false) throw new AppError('plugins/cancelled', 'It stays on; nothing was changed.');
}

async function setEnabled(context: CommandContext, id: string, enabled: boolean): Promise<void> {
  if (!enabled) await confirmDisable(context, id);
  const { changed, hiredAs, usedBy } = await context.client.call.plugins.setEnabled({ id, enabled });
  context.out.result({ id, enabled, changed, hiredAs, usedBy }, () => (changed.length === 0 ? `${id} is ${enabled ? 'on' : 'off'} already.\n` : `Switched ${enabled ? 'on' : 'off'}: ${changed.join(', ')}.\n`));
}

export const enable = ofOne('troupe enable <id>', 'switch a plugin on, with what it needs', (context, id) => setEnabled(context, id, true));

export const disable = ofOne('troupe disable <id> [--yes]', 'switch a plugin off, saying first which agents wait for it; refused while another one needs it', (context, id) => setEnabled(context, id, false));

export const why = ofOne('troupe why <id>', 'tell why a plugin is installed: who needs it, who works with it', async (context, id) => {
  const { client, out } = context;
  const plugin = await client.call.plugins.get({ id });
  const chains = chainsTo(id, (await client.call.plugins.list({})).plugins);
  out.result({ id, version: plugin.version, reason: plugin.reason, chains, hiredAs: plugin.hiredAs, usedBy: plugin.usedBy }, () => [
    `${id} ${plugin.version}: ${plugin.reason === 'asked' ? 'you asked for it' : chains.length > 0 ? 'it came because another plugin needs it' : 'it came with another plugin, and none needs it now'}`,
    ...chains.map((chain) => `  ${chain.join(' → ')}`), ...plugin.hiredAs.map((name) => `  ${name} on your team comes from it`), ...plugin.usedBy.map((name) => `  ${name} works with what you gave it of this plugin`)].join('\n').concat('\n'));
});

export const verify: Command = {
  usage: 'troupe verify [<lockfile>]',
  about: 'compare what is installed with its archives, and with a lockfile; 1 when something differs',
  fits: takesOneOrNone,
  async run({ client, words, out }) {
    const file = words.command[1];
    const lockfile = file === undefined ? undefined : await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new AppError('core/bad-input', `The file ${file} cannot be read. Write one with: troupe list --lockfile > troupe.lock.yaml`, { cause });
    });
    const { plugins, problems } = await client.call.plugins.verify(lockfile === undefined ? {} : { lockfile });
    out.result({ plugins, problems }, () => (problems.length === 0 ? `${plugins} ${plugins === 1 ? 'plugin is as it' : 'plugins are as they'} should be.\n` : problems.map(({ message, advice }) => `${message}\n  ${advice}\n`).join('')));
    return problems.length === 0 ? 0 : 1;
  },
};

/** Every way from a plugin that nobody needs, or that was asked for, to this one: ids in the order of need. */
function chainsTo(id: string, plugins: readonly InstalledPlugin[]): string[][] {
  const byId = new Map(plugins.map((plugin) => [plugin.id, plugin]));
  const up = (one: string, below: readonly string[]): string[][] => (byId.get(one)?.neededBy ?? []).filter((by) => !below.includes(by) && by !== id).flatMap((by) => {
    const chain = [by, ...below];
    const further = up(by, chain);
    return byId.get(by)?.reason === 'asked' || further.length === 0 ? [chain, ...further] : further;
  });
  return up(id, [id]);
}
