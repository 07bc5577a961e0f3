import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { TroupeClient } from '../../../contract/link/client.ts';
import type { McpServer, McpTool, McpTransport } from '../../../contract/model/mcp.ts';
import type { Command, CommandContext } from '../command.ts';
import { table } from '../output.ts';

/** Finds a server by its name, short name or id. */
async function find(client: TroupeClient, word: string): Promise<McpServer> {
  const { servers } = await client.call.mcp.list({});
  const found = servers.filter(({ id, slug, name }) => [id, slug, name].includes(word));
  const [only] = found;
  if (!only || found.length > 1) throw new AppError('mcp/not-found', only ? `Several MCP servers are called "${word}". Use the short name that "troupe mcp" lists.` : `There is no MCP server "${word}". "troupe mcp" lists them.`);
  return only;
}

/** `NAME` or `NAME=VARIABLE`: the value comes from this terminal's environment, since words of a command can be read by every program. */
function readValues(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word) => {
    const equals = word.indexOf('=');
    const [name, variable] = equals < 0 ? [word, word] : [word.slice(0, equals), word.slice(equals + 1)];
    const value = process.env[variable];
    if (value === undefined || value === '') throw new AppError('core/bad-input', `The environment has no variable ${variable}, from which the value of ${name} was to come. Set it, or name another one: ${name}=VARIABLE.`);
    return [name, value];
  }));
}

const reachedBy = (transport: McpTransport): string => (transport.kind === 'http' ? transport.url : [transport.command, ...transport.args].join(' '));
const stateOf = (server: McpServer): string => `${server.state === 'values' ? `needs ${server.missing.join(', ')}` : server.state}${server.paused > 0 ? `, ${server.paused} paused` : ''}`;
const toolTable = (tools: readonly McpTool[]): string => table(tools.map((tool) => [tool.state === 'refused' ? tool.name : tool.id, tool.effect, tool.state, tool.problem ?? (tool.pinned ?? tool.seen)?.description.split('\n')[0]?.slice(0, 80) ?? '']));

async function list({ client, out }: CommandContext): Promise<void> {
  const listed = await client.call.mcp.list({});
  if (listed.servers.length === 0) out.say('No MCP server was added yet.');
  out.result(listed, () => table(listed.servers.map((server) => [server.slug, server.name, stateOf(server), `${server.tools} tools`, reachedBy(server.transport)])));
}

async function add({ client, words, out }: CommandContext): Promise<void> {
  const [, , name = '', first = '', ...args] = words.command;
  const isAddress = /^https?:\/\//i.test(first) && args.length === 0;
  const values = readValues(isAddress ? words.header : words.env);
  const transport: McpTransport = isAddress ? { kind: 'http', url: first, headers: Object.keys(values), privateNetwork: words.privateNetwork } : { kind: 'stdio', command: first, args, environment: Object.keys(values) };
  const { server } = await client.call.mcp.add({ name, transport, values });
  out.result({ server }, () => `Added ${name}. ${isAddress ? 'Reach' : 'Start'} it and list its tools: troupe mcp test ${server?.slug ?? name}\n`);
}

/** Shows what the file holds; adds it after a yes, or with `--yes`. */
async function importFile({ client, words, out, ask }: CommandContext): Promise<void> {
  const file = words.command[2] ?? '';
  const text = await readFile(file, 'utf8').catch((cause: unknown) => { throw new AppError('core/bad-input', `${file} could not be read. Expected a JSON file with "mcpServers".`, { cause }); });
  const { servers } = await client.call.mcp.previewImport({ text });
  const usable = servers.filter(({ transport }) => transport !== null);
  for (const { name, transport, problem, values, wanted, notes } of servers) {
    out.say(`${name}: ${transport === null ? `left out. ${problem ?? ''}` : reachedBy(transport)}`);
    for (const note of [...notes, ...(values.length > 0 ? [`Kept as secrets: ${values.join(', ')}.`] : []), ...(wanted.length > 0 ? [`Without a value: ${wanted.join(', ')}.`] : [])]) out.say(`  ${note}`);
  }
  if (usable.length === 0) throw new AppError('core/bad-input', 'No server of this file can be added.');
  if (usable.some(({ transport }) => transport?.kind === 'stdio')) out.say('These programs run with your rights: they can read and change whatever you can. Add only what you trust.');
  const yes = words.yes || await ask(`Add ${usable.length === 1 ? 'it' : `these ${usable.length}`}?`);
  if (yes === null) throw new AppError('mcp/not-confirmed', 'Nobody is at this terminal to confirm it; nothing was added. Repeat with --yes when it is what you want.');
  if (!yes) throw new AppError('mcp/not-confirmed', 'Nothing was added.');
  const added = await client.call.mcp.import({ text, keys: usable.map(({ key }) => key) });
  out.result({ servers: added.servers }, () => table(added.servers.map((server) => [server.slug, server.name, stateOf(server)])));
}

/** Shows what a bundle is and asks for; adds it with values from `--input` and, for secrets, from this terminal's environment. */
async function importBundle({ client, words, out, ask }: CommandContext): Promise<void> {
  const { bundle } = await client.call.mcp.openBundle({ path: path.resolve(words.command[2] ?? '') });
  out.say(`${bundle.name} ${bundle.version} by ${bundle.author}: ${bundle.description}\n  It is started by: ${bundle.command}`);
  for (const { key, title, description, required, sensitive, default: standard } of bundle.fields) out.say(`  ${key}${required ? ' (needed)' : ''}: ${title}. ${description}${sensitive ? ' Kept as a secret.' : ''}${standard === null ? '' : ` Else: ${standard.replaceAll('\n', ', ')}`}`);
  if (bundle.problem !== null) throw new AppError('core/bad-input', `${bundle.name} cannot be added. ${bundle.problem}`);
  const given = Object.entries(words.input).map(([key, value]): [string, string] => [key, Array.isArray(value) ? value.map(String).join('\n') : typeof value === 'string' ? value : JSON.stringify(value)]);
  const unknown = [...given.map(([key]) => key), ...words.env.map((word) => word.split('=')[0] ?? '')].find((key) => !bundle.fields.some((field) => field.key === key));
  if (unknown !== undefined) throw new AppError('core/bad-input', `${bundle.name} asks for nothing that is called "${unknown}".`);
  const secret = bundle.fields.find(({ key, sensitive }) => sensitive && given.some(([one]) => one === key));
  if (secret) throw new AppError('core/bad-input', `"${secret.key}" is a secret, and every program can read the words of a command. Put it into a variable and write: --env ${secret.key}=VARIABLE`);
  out.say('It runs with your rights: it can read and change whatever you can. Add only what you trust.');
  const yes = words.yes || await ask('Unpack and add it?');
  if (yes === null) throw new AppError('mcp/not-confirmed', 'Nobody is at this terminal to confirm it; nothing was added. Repeat with --yes when it is what you want.');
  if (!yes) throw new AppError('mcp/not-confirmed', 'Nothing was added.');
  const { server } = await client.call.mcp.addBundle({ id: bundle.id, name: words.name ?? bundle.name, values: { ...Object.fromEntries(given), ...readValues(words.env) } });
  out.result({ servers: server ? [server] : [] }, () => `Added ${server?.name ?? bundle.name}. Start it and list its tools: troupe mcp test ${server?.slug ?? bundle.name}\n`);
}

/** What is done with one server, named by the word after it. */
const WITH_SERVER: Readonly<Record<string, { more: number; run(context: CommandContext, server: McpServer): Promise<number | void> }>> = {
  test: { more: 0, async run({ client, out }, { id, name }) {
    const tested = await client.call.mcp.test({ id });
    out.result(tested, () => (tested.ok ? `${name} (${tested.server ?? ''}) answered in ${tested.milliseconds} ms.\n${toolTable(tested.tools)}` : `${name}: ${tested.message ?? ''} (${tested.code ?? ''})\n`));
    return tested.ok ? 0 : 1;
  } },
  tools: { more: 0, async run({ client, out }, { id }) { const listed = await client.call.mcp.tools({ id }); out.result(listed, () => toolTable(listed.tools)); } },
  folders: { more: 0, run({ out }, { folders }) { out.result({ folders }, () => folders.map((folder) => `${folder}\n`).join('')); return Promise.resolve(); } },
  give: { more: 1, async run({ client, words, out }, { id }) { const server = await client.call.mcp.addFolder({ id, path: path.resolve(words.command[3] ?? '') }); out.result({ server }, () => `${server.name} is told of ${server.folders.join(', ')}.\n`); } },
  take: { more: 1, async run({ client, words, out }, { id, name, folders }) {
    const given = [words.command[3] ?? '', path.resolve(words.command[3] ?? '')].find((one) => folders.includes(one));
    if (given === undefined) throw new AppError('core/bad-input', `${name} is told of no such folder. "troupe mcp folders ${name}" lists those that it is told of.`);
    const server = await client.call.mcp.removeFolder({ id, path: given });
    out.result({ server }, () => `${name} is not told of ${given} any more.\n`);
  } },
  log: { more: 0, async run({ client, out }, { id }) { const { lines } = await client.call.mcp.log({ id }); out.result({ lines }, () => table(lines.map(({ at, source, text }) => [new Date(at).toISOString(), source, text]))); } },
  enable: { more: 0, async run({ client, out }, { id }) { const server = await client.call.mcp.setEnabled({ id, enabled: true }); out.result({ server }, () => `${server.name} is on.\n`); } },
  disable: { more: 0, async run({ client, out }, { id }) { const server = await client.call.mcp.setEnabled({ id, enabled: false }); out.result({ server }, () => `${server.name} is off.\n`); } },
  remove: { more: 0, async run({ client, out }, { id, name }) { await client.call.mcp.remove({ id }); out.result({}, () => `Removed ${name}. Agents work without its tools.\n`); } },
  effect: { more: 2, async run({ client, words, out }, { id }) {
    const [, , , tool = '', effect] = words.command;
    if (effect !== 'read' && effect !== 'write' && effect !== 'destructive') throw new AppError('core/bad-input', `A tool's effect is read, write or destructive, not "${effect ?? ''}".`);
    const changed = await client.call.mcp.setEffect({ id, tool, effect });
    out.result({ tool: changed }, () => `${changed.id}: ${changed.effect}.${effect === 'read' ? ' It is used without asking from now on.' : ''}\n`);
  } },
  accept: { more: 1, async run({ client, words, out, ask }, { id }) {
    const name = words.command[3] ?? '';
    const tool = (await client.call.mcp.tools({ id })).tools.find((one) => one.name === name);
    if (!tool) throw new AppError('tools/not-found', `There is no tool "${name}" on this server.`);
    if (tool.seen === null) { out.result({ tool }, () => `${tool.id} is what it was.\n`); return; }
    for (const [title, definition] of [['Before', tool.pinned], ['Now', tool.seen]] as const) if (definition) out.say(`${title}: ${definition.title}\n${definition.description}\n${JSON.stringify(definition.input)}\n`);
    const yes = words.yes || await ask('Let agents use it as it is now?');
    if (!yes) throw new AppError('mcp/not-confirmed', yes === null ? 'Nobody is at this terminal to look at it. Repeat with --yes when it is what you want.' : 'It stays paused.');
    const accepted = await client.call.mcp.acceptTool({ id, tool: name, hash: tool.hash });
    out.result({ tool: accepted }, () => `${accepted.id} can be used.\n`);
  } },
};

export const mcp: Command = {
  usage: 'troupe mcp [add <name> <address> [--header H=VARIABLE] [--private] | add <name> [--env NAME] -- <command> …] [import <file> [--input key=value] [--env key=VARIABLE]] [test|tools|folders|log|enable|disable|remove <server>] [give|take <server> <folder>] [effect <server> <tool> read|write|destructive] [accept <server> <tool>]',
  about: 'list MCP servers, add one (an address, or after -- a program that runs with your rights), test it, look at its tools',
  fits({ command: [, action, ...rest] }) {
    if (action === undefined || action === 'list') return rest.length === 0;
    if (action === 'add') return rest.length >= 2;
    if (action === 'import') return rest.length === 1;
    return Object.hasOwn(WITH_SERVER, action) && rest.length === 1 + (WITH_SERVER[action]?.more ?? 0);
  },
  async run(context) {
    const [, action = 'list', word = ''] = context.words.command;
    if (action === 'list') return list(context);
    if (action === 'add') return add(context);
    if (action === 'import') return /\.(mcpb|dxt)$/i.test(word) ? importBundle(context) : importFile(context);
    return WITH_SERVER[action]?.run(context, await find(context.client, word));
  },
};
