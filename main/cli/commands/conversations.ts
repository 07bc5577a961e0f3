import { randomUUID } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../contract/errors/app-error.ts';
import { IMPORT_PART_BYTES, MOST_IMPORT_BYTES, type ImportPreview } from '../../../contract/model/chat-import.ts';
import type { ExportFormat } from '../../../contract/model/chat.ts';
import type { CommandContext } from '../command.ts';
import { table } from '../output.ts';
import type { Words } from '../words.ts';

const counted = (count: number): string => `${count} ${count === 1 ? 'conversation' : 'conversations'}`;
const ENDINGS: Readonly<Record<string, ExportFormat>> = { '.json': 'json', '.md': 'markdown', '.html': 'html' };

/** Whether the words are about conversations themselves and nothing that is said in one. */
export const aboutConversations = ({ command: [, what], command }: Words): boolean => (what === 'list' && command.length === 2) || ((what === 'export' || what === 'import') && command.length === 3);

/** `troupe chat list|export <id>|import <file>`. */
export async function runConversations(context: CommandContext): Promise<number | void> {
  const { client, words, out } = context;
  const [, what, word = ''] = words.command;
  if (what === 'export') return exportTo(context, word);
  if (what === 'import') return importFrom(context, word);
  const hireId = words.agent === undefined ? undefined : (await client.call.team.byName({ name: words.agent })).id;
  const list = await client.call.chat.conversations({ limit: words.limit, ...(hireId !== undefined && { hireId }) });
  out.result(list, () => table(list.conversations.map((one) => [one.id, new Date(one.updatedAt).toISOString().slice(0, 16).replace('T', ' '), one.title])));
}

async function exportTo({ client, words, out }: CommandContext, id: string): Promise<void> {
  const format = words.out === undefined ? 'json' : ENDINGS[path.extname(words.out).toLowerCase()];
  if (format === undefined) throw new AppError('core/bad-input', '--out takes a file that ends in .json, .md or .html.');
  const { text } = await client.call.chat.export({ id, format });
  const file = words.out;
  if (file === undefined) { out.result(JSON.parse(text), () => text); return; }
  // Of the person alone: it holds what they said.
  await writeFile(file, text, { flag: 'wx', mode: 0o600 }).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('core/bad-input', cause.code === 'EEXIST' ? `${file} exists already. Name another file.` : `${file} cannot be written. Name a file in a folder that exists.`, { cause });
  });
  out.result({ file, format }, () => `Wrote ${file}.\n`);
}

async function importFrom(context: CommandContext, file: string): Promise<number | void> {
  const { client, words, out, ask, signal } = context;
  const hires = (await client.call.team.list({})).hires;
  const hire = words.agent === undefined ? hires[0] : await client.call.team.byName({ name: words.agent });
  if (!hire) throw new AppError('team/not-found', 'Nobody is in your team to have the conversations. Hire an agent first: troupe hire --help');
  const upload = randomUUID();
  const preview = await send(context, upload, file);
  tell(preview, out.say);
  const fresh = preview.conversations - preview.already;
  if (fresh === 0) {
    await client.call.chat.dropImport({ upload });
    out.result({ preview, imported: 0, already: preview.already }, () => 'All of them are here already.\n');
    return undefined;
  }
  const agreed = words.yes ? true : await ask(`Import ${counted(fresh)}? ${hire.name} has those whose agent is not in your team.`);
  if (agreed !== true) {
    await client.call.chat.dropImport({ upload });
    if (agreed === null) out.say('Nobody is at this terminal to agree. Repeat with --yes to import what was found.');
    out.result({ preview, imported: 0, already: preview.already }, () => 'Nothing was imported.\n');
    return agreed === null ? 5 : undefined;
  }
  let done = await client.call.chat.storeImport({ upload, hireId: hire.id });
  while (done.left > 0 && !signal.aborted) done = await client.call.chat.storeImport({ upload, hireId: hire.id });
  out.result({ preview, ...done }, () => `Imported ${counted(done.imported)}${done.already > 0 ? `; ${done.already} were here already` : ''}${done.left > 0 ? `; ${done.left} are left: the same command goes on with them` : ''}.\n`);
  return done.left > 0 ? 8 : undefined;
}

async function send({ client, signal }: CommandContext, upload: string, file: string): Promise<ImportPreview> {
  const handle = await open(file, 'r').catch((cause: unknown) => { throw new AppError('core/bad-input', `There is no file to read at ${file}.`, { details: { file }, cause }); });
  try {
    const { size } = await handle.stat();
    if (size > MOST_IMPORT_BYTES) throw new AppError('chat/bad-import', `${file} has more than ${MOST_IMPORT_BYTES / 1e6} MB. Split it and import the parts.`);
    const part = Buffer.alloc(IMPORT_PART_BYTES);
    for (let offset = 0; ;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(part, 0, part.length, offset);
      const last = offset + bytesRead >= size;
      const { preview } = await client.call.chat.readImport({ upload, offset, base64: part.subarray(0, bytesRead).toString('base64'), last, name: path.basename(file).slice(-200) });
      if (preview) return preview;
      if (last || bytesRead === 0) throw new AppError('core/internal', 'The file was sent and not answered. Try again.');
      offset += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

const LEFT_OUT: Readonly<Record<ImportPreview['leftOut'][number]['what'], string>> = { instructions: 'instructions', tool: 'messages of tools', hidden: 'hidden messages', file: 'files, which are not in the export', reasoning: 'thoughts of models', empty: 'empty messages', other: 'other messages' };

function tell(preview: ImportPreview, say: (line: string) => void): void {
  say(`${counted(preview.conversations)} with ${preview.messages} ${preview.messages === 1 ? 'message' : 'messages'} (${preview.source})${preview.already > 0 ? `; ${preview.already} are here already` : ''}.`);
  for (const { what, count } of preview.leftOut) say(`Left out: ${count} ${LEFT_OUT[what]}.`);
  for (const { where, why } of preview.refused) say(`${where} cannot be imported: ${why}`);
  if (preview.refusedCount > preview.refused.length) say(`${preview.refusedCount - preview.refused.length} more cannot be imported.`);
}
