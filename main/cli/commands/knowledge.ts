import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../contract/errors/app-error.ts';
import { DOCUMENT_PART_BYTES, knowledgeFile, MOST_DOCUMENT_BYTES, readWhole } from '../../../contract/model/knowledge.ts';
import type { Command, CommandContext } from '../command.ts';
import { table } from '../output.ts';

/** The agent that `--agent` names, else what is shared by all. */
async function placeOf({ client, words }: CommandContext): Promise<{ scope: 'shared' } | { scope: 'agent'; scopeId: string }> {
  return words.agent === undefined ? { scope: 'shared' } : { scope: 'agent', scopeId: (await client.call.team.byName({ name: words.agent })).id };
}

export const memory: Command = {
  usage: 'troupe memory list|export|forget <id> [--agent NAME]',
  about: 'list what agents remember, all of it or of one agent, write it as JSON, or forget one thing',
  fits: ({ command: [, what], command }) => ((what === 'list' || what === 'export') && command.length === 2) || (what === 'forget' && command.length === 3),
  async run(context) {
    const { client, words, out } = context;
    const [, what, id = ''] = words.command;
    if (what === 'forget') {
      const gone = await client.call.memory.forget({ id });
      out.result(gone, () => 'Forgotten.\n');
      return;
    }
    const place = words.agent === undefined ? {} : await placeOf(context);
    if (what === 'export') {
      const { text } = await client.call.memory.export(place);
      out.result(JSON.parse(text), () => text);
      return;
    }
    const list = await client.call.memory.list({ ...place, limit: words.limit });
    if (list.total > list.memories.length) out.say(`${list.total} things are remembered; the first ${list.memories.length} are shown. See more with --limit.`);
    out.result(list, () => table(list.memories.map((one) => [one.id, one.owner || one.scope, one.text.replace(/\s+/g, ' ')])));
  },
};

export const knowledge: Command = {
  usage: 'troupe knowledge add <file>|list|export|remove <id>|search <words> [--agent NAME]',
  about: 'the documents that agents look things up in, shared or of one agent; export writes them with their texts as JSON',
  fits: ({ command: [, what], command }) => ((what === 'list' || what === 'export') && command.length === 2) || (['add', 'remove', 'search'].includes(what ?? '') && command.length === 3),
  async run(context) {
    const { client, words, out } = context;
    const [, what, word = ''] = words.command;
    if (what === 'remove') { out.result(await client.call.knowledge.remove({ id: word }), () => 'Removed.\n'); return; }
    const place = await placeOf(context);
    if (what === 'list') {
      const list = await client.call.knowledge.list(place);
      out.result(list, () => table(list.documents.map((one) => [one.id, one.name, one.kind, `${one.characters} characters`, one.plugin === null ? '' : `from ${one.plugin.name}`])));
      return;
    }
    if (what === 'export') {
      const { documents } = await client.call.knowledge.list(place);
      const text = knowledgeFile(await readWhole(documents, (piece) => client.call.knowledge.read(piece)), Date.now());
      out.result(JSON.parse(text), () => text);
      return;
    }
    if (what === 'search') {
      const found = await client.call.knowledge.search({ words: word, ...place, limit: Math.min(words.limit, 50) });
      if (found.note !== null) out.say(found.note);
      out.result(found, () => table(found.passages.map((one) => [one.name, Object.entries(one.place).map(([key, value]) => `${key} ${value}`).join(', '), one.text.replace(/\s+/g, ' ').slice(0, 200)])));
      return;
    }
    const bytes = await readFile(word).catch((cause: unknown) => { throw new AppError('core/bad-input', `There is no file to read at ${word}.`, { details: { file: word }, cause }); });
    if (bytes.length > MOST_DOCUMENT_BYTES) throw new AppError('knowledge/too-large', `${word} has more than ${MOST_DOCUMENT_BYTES / 1e6} MB.`);
    const upload = randomUUID();
    for (let offset = 0, last = false; !last; offset += DOCUMENT_PART_BYTES) {
      last = offset + DOCUMENT_PART_BYTES >= bytes.length;
      const { document } = await client.call.knowledge.add({ upload, offset, base64: bytes.subarray(offset, offset + DOCUMENT_PART_BYTES).toString('base64'), last, name: path.basename(word), ...place });
      if (document) out.result(document, () => `Added ${document.name} as ${document.id}: ${document.passages} passages.\n`);
    }
  },
};
