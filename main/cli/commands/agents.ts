import { readFile } from 'node:fs/promises';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { Command } from '../command.ts';
import { table } from '../output.ts';

/** More than any agent document may have; what is longer is not read. */
const MOST_BYTES = 256 * 1024;

export const agents: Command = {
  usage: 'troupe agents list|export <id>|import <file>',
  about: 'list the agents you made, write one to standard output, or read one from a file',
  fits: ({ command: [, what], command }) => (what === 'list' && command.length === 2) || ((what === 'export' || what === 'import') && command.length === 3),
  async run({ client, words, out }) {
    const [, what, word = ''] = words.command;
    if (what === 'list') {
      const { agents: all } = await client.call.builder.list({});
      if (all.length === 0) out.say('You have made no agent yet. Make one in the app under Builder, or read one: troupe agents import <file>');
      out.result({ agents: all }, () => table(all.map((agent) => [`own/${agent.id}`, agent.name || '(no name)', agent.version === 0 ? 'draft' : `version ${agent.version}${agent.unsaved ? ', changed' : ''}`, agent.hiredAs.join(', ')])));
      return;
    }
    if (what === 'export') {
      const file = await client.call.builder.export({ id: word.replace(/^own\//, '') });
      out.result(file, () => file.text);
      return;
    }
    const made = await client.call.builder.import({ text: await textOf(word) });
    for (const problem of made.problems) out.say(problem.message);
    const version = await client.call.builder.save({ id: made.agent.id });
    out.result({ ...made, version }, () => `Imported ${made.agent.name} as own/${made.agent.id}. Hire it: troupe hire own/${made.agent.id} --name ${JSON.stringify(made.agent.name.slice(0, 60))}\n`);
  },
};

async function textOf(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new AppError('core/bad-input', `There is no file to read at ${file}. Name an agent document, a YAML file.`, { details: { file }, cause });
  }
  if (bytes.byteLength > MOST_BYTES) throw new AppError('builder/bad-agent', `${file} has ${bytes.byteLength} bytes; an agent document has ${MOST_BYTES} at most.`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('builder/bad-agent', `${file} is not valid UTF-8; save it as UTF-8.`, { cause });
  }
}
