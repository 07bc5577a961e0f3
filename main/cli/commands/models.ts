import { AppError } from '../../../contract/errors/app-error.ts';
import type { Command } from '../command.ts';
import { table } from '../output.ts';
import { FILE_WORDS, modelFiles } from './model-files.ts';

export const models: Command = {
  usage: 'troupe models [find] [add <address> [--key - | --name N]] [change <provider> [<address>] [--key - | --name N]] [default <provider>/<model>] [limit <provider> <requests a minute>|none] [files] [add-file <file> [--copy] [--name N]] [download <address> [--sha256 S] [--name N]] [pause|resume|try|remove <model>]',
  about: 'list models, find servers on this machine, add an OpenAI-compatible address, change its key, name or address, choose the default, hold a provider to so many requests a minute. --key - reads the key from standard input. files, add-file, download, pause, resume, try and remove are about GGUF models that run on this machine',
  fits: ({ command: [, action, subject, ...rest] }) => (action === 'limit' ? subject !== undefined && rest.length === 1 && /^([1-9]\d{0,4}|100000|none)$/.test(rest[0] ?? '') : action === 'change' ? subject !== undefined && rest.length < 2 : rest.length === 0 && (action === undefined || ((action === 'find' || action === 'files') && subject === undefined) || ((action === 'add' || action === 'default' || (FILE_WORDS.has(action) && action !== 'files')) && subject !== undefined))),
  async run(context) {
    const { client, words, out } = context;
    const [, action, subject = '', most] = words.command;
    if (action !== undefined && FILE_WORDS.has(action)) return modelFiles(context);
    if (action === undefined) {
      const listed = await client.call.models.list({});
      out.result(listed, () => table(listed.models.map((model) => [`${model.provider}/${model.model}`, `${model.provider}/${model.model}` === listed.default ? 'default' : '', model.practice ? 'practice: rules, no network' : model.local ? 'on this machine' : 'elsewhere'])));
      return;
    }
    if (action === 'find') {
      const found = await client.call.models.discover({});
      if (found.servers.length === 0) out.say('No server of models was found on this machine. Start Ollama, LM Studio or another and try again.');
      out.result(found, () => table(found.servers.map((server) => [server.name, server.baseUrl, server.needsKey ? 'asks for a key' : `${server.models.length} models`, server.providerId === null ? '' : 'added'])));
      return;
    }
    if (action === 'add') {
      const key = await readKey(words.key);
      const added = await client.call.models.add({ baseUrl: subject, ...(key === undefined ? {} : { key }), ...(words.name === undefined ? {} : { name: words.name }) });
      out.result(added, () => `Added ${added.provider.name} with ${added.probe.models.length} models${added.probe.latencyMs === null ? '' : `, answered in ${Math.round(added.probe.latencyMs)} ms`}.\n`);
      return;
    }
    if (action === 'change') {
      const key = await readKey(words.key);
      const { provider, probe } = await client.call.models.change({ id: subject, ...(key !== undefined && { key }), ...(words.name !== undefined && { name: words.name }), ...(most !== undefined && { baseUrl: most }) });
      out.result({ provider, probe }, () => `${provider.name} answers at ${provider.baseUrl} with ${probe.models.length} models.\n`);
      return;
    }
    if (action === 'limit') {
      const done = await client.call.models.setLimit({ id: subject, requestsPerMinute: most === 'none' ? null : Number(most) });
      out.result(done, () => `${subject} is sent ${most === 'none' ? 'as many requests as there are' : `at most ${String(most)} requests a minute`}.\n`);
      return;
    }
    const set = await client.call.models.setDefault({ model: subject === 'practice' ? null : subject });
    out.result(set, () => `The default model is ${set.default}.\n`);
  },
};

/** A key never stands on a command line, where every process could read it: it comes by standard input. */
async function readKey(word: string | undefined): Promise<string | undefined> {
  if (word === undefined) return undefined;
  if (word !== '-') throw new AppError('core/bad-input', 'A key on the command line can be read by every program on this machine. Write --key - and give the key on standard input.');
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  const key = text.trim();
  if (key === '') throw new AppError('core/bad-input', 'Standard input held no key.');
  return key;
}
