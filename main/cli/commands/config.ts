import { readFile, writeFile } from 'node:fs/promises';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { CheckResult, ConfigurationDifference, ConfigurationField, ConfigurationValue } from '../../../contract/model/configuration.ts';
import type { Command, CommandContext } from '../command.ts';
import { table } from '../output.ts';
import { readSecrets } from '../secret-input.ts';

const FILES = ['export', 'import'];

/** Configuration of a plugin or of one agent; all of it to a file and back. */
export const config: Command = {
  usage: 'troupe config <id>|--agent NAME [key=value…] [secret…] [--reset key] [--check], config export|import <file>',
  about: 'show or change a configuration. A secret is asked for, or read from standard input or --secret-fd N',
  fits: ({ command: [, subject, ...rest], agent }) => (agent !== undefined || (subject !== undefined && (!FILES.includes(subject) || rest.length === 1))),
  async run(context) {
    const { words } = context;
    const [, subject = '', ...rest] = words.command;
    if (words.agent !== undefined) return configureAgent(context, words.agent, words.command.slice(1));
    if (subject === 'export') return exportTo(context, rest[0] ?? '');
    if (subject === 'import') return importFrom(context, rest[0] ?? '');
    return configurePlugin(context, subject, rest);
  },
};

async function configurePlugin({ client, words, out }: CommandContext, id: string, rest: readonly string[]): Promise<number> {
  const before = await client.call.plugins.configuration({ id });
  const { set, named } = readPairs(rest, before.fields);
  for (const key of named) if (before.fields.find((field) => field.key === key)?.type !== 'secret') throw new AppError('core/bad-input', `"${key}" is no secret of ${id}. Set a value with ${key}=…`);
  const secrets: Record<string, string | null> = await readSecrets(named, words.secretFd);
  const reset: string[] = [];
  for (const key of words.reset) {
    if (before.fields.find((field) => field.key === key)?.type === 'secret') secrets[key] = null;
    else reset.push(key);
  }
  const changes = Object.keys(set).length + Object.keys(secrets).length + reset.length > 0;
  const view = changes ? await client.call.plugins.configure({ id, set, secrets, reset }) : before;
  if (Object.values(secrets).some((value) => value !== null) && view.secretsKept === 'session') out.say('This home stores no secrets: it is kept until the core ends.');
  const check = words.check ? await client.call.plugins.checkCredentials({ id }) : undefined;
  if (view.missing.length > 0) out.say(`Still missing: ${view.missing.join(', ')}.`);
  out.result(check ? { ...view, check } : view, () => `${fieldTable(view.fields)}${check ? `credentials: ${said(check.credentials)}\nhealth: ${said(check.health)}\n` : ''}`);
  return check && (check.credentials.state === 'failed' || check.health.state === 'failed') ? 1 : 0;
}

async function configureAgent({ client, words, out }: CommandContext, name: string, rest: readonly string[]): Promise<number> {
  const { id } = await client.call.team.byName({ name });
  const before = await client.call.team.configuration({ id });
  const { set, named } = readPairs(rest, before.fields);
  if (named.length > 0) throw new AppError('core/bad-input', `"${named[0] ?? ''}" cannot be set for one agent. Secrets belong to the plugin: troupe config <id> <secret>`);
  const view = Object.keys(set).length + words.reset.length > 0 ? await client.call.team.configure({ id, set, reset: [...words.reset] }) : before;
  out.result(view, () => fieldTable(view.fields));
  return 0;
}

/** `key=value` as its entry's type wants it; a word without `=` names a secret to read. */
function readPairs(words: readonly string[], fields: readonly ConfigurationField[]): { set: Record<string, ConfigurationValue>; named: string[] } {
  const set = new Map<string, ConfigurationValue>();
  const named: string[] = [];
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 1) { named.push(word); continue; }
    const key = word.slice(0, equals);
    const type = fields.find((field) => field.key === key)?.type;
    if (type === 'secret') throw new AppError('core/bad-input', `"${key}" is a secret: on the command line every program on this machine could read it. Write only ${key} and enter it when asked, or give it on standard input.`);
    set.set(key, readValue(type, word.slice(equals + 1)));
  }
  return { set: Object.fromEntries(set), named };
}

/** What cannot be read as its type goes as it is, for the core to refuse with its reason. */
function readValue(type: string | undefined, text: string): ConfigurationValue {
  if (type === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

const fieldTable = (fields: readonly ConfigurationField[]): string => (fields.length === 0 ? 'There is nothing to configure.\n' : table(fields.map((field) => [field.key, field.type, shown(field), field.required ? 'required' : '', field.description])));

function shown({ type, value, default: standard, isSet }: ConfigurationField): string {
  if (type === 'secret' || type === 'folder') return isSet ? 'set' : '-';
  if (value !== null) return String(value);
  return standard === null || standard === undefined ? '-' : `${typeof standard === 'string' ? standard : JSON.stringify(standard)} (default)`;
}

const said = ({ state, message }: CheckResult): string => `${{ ok: 'fine', failed: 'not fine', none: 'the plugin has no check' }[state]}${message === null ? '' : `: ${message}`}`;

async function exportTo({ client, words, out }: CommandContext, file: string): Promise<number> {
  const { text } = await client.call.plugins.exportConfiguration({});
  await writeFile(file, text, { flag: words.yes ? 'w' : 'wx', mode: 0o600 }).catch((cause: unknown) => {
    const there = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new AppError('core/bad-input', there ? `${file} is there already. Choose another name, or replace it with --yes.` : `${file} cannot be written. Choose a file in a folder that is there.`, { cause });
  });
  out.result({ file, text }, () => `Written to ${file}. Secrets are not in it.\n`);
  return 0;
}

async function importFrom({ client, words, out, ask }: CommandContext, file: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => { throw new AppError('core/bad-input', `The file ${file} cannot be read. Write one with: troupe config export <file>`, { cause }); });
  const difference = await client.call.plugins.compareConfiguration({ text });
  const lines = differenceText(difference);
  if (difference.changes.length > 0 && !words.yes) {
    out.say(lines);
    const answer = await ask(`Change ${difference.changes.length} ${difference.changes.length === 1 ? 'value' : 'values'}?`);
    if (answer === null) throw new AppError('plugins/consent-needed', 'Nothing was changed: nobody is at the terminal to agree. Look at the difference and run it again with --yes.');
    if (!answer) throw new AppError('plugins/consent-refused', 'Nothing was changed.');
  }
  const taken = difference.changes.length > 0 || difference.gaps.some(({ kind }) => kind === 'bad-value') ? await client.call.plugins.importConfiguration({ text }) : difference;
  out.result(taken, () => `${lines}\n${taken.changes.length === 0 ? 'Nothing to change.' : `Changed ${taken.changes.length} ${taken.changes.length === 1 ? 'value' : 'values'}.`}\n`.trimStart());
  return 0;
}

const differenceText = ({ changes, gaps }: ConfigurationDifference): string => [
  ...changes.map(({ pluginId, key, before, after }) => `${pluginId}: ${key}: ${before === null ? 'default' : String(before)} → ${String(after)}`), ...gaps.map(({ message }) => `! ${message}`)].join('\n');
