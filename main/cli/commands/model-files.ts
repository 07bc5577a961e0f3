import path from 'node:path';
import type { ModelFile } from '../../../contract/model/model-file.ts';
import type { CommandContext } from '../command.ts';
import { table } from '../output.ts';

/** Words after `models` that speak of the models that this machine runs by itself; each but `files` takes one more. */
export const FILE_WORDS: ReadonlySet<string> = new Set(['files', 'add-file', 'download', 'pause', 'resume', 'try', 'remove']);

const POLL_MS = 500;

/** One of those commands. */
export async function modelFiles({ client, words, out, signal }: CommandContext): Promise<number | void> {
  const [, action = '', subject = ''] = words.command;
  const name = words.name === undefined ? {} : { name: words.name };
  if (action === 'files') {
    const listed = await client.call.models.files({});
    out.result(listed, () => table(listed.files.map((file) => [`embedded/${file.id}`, file.name, stateOf(file), sizeOf(file.bytes ?? file.received), file.details === null ? '' : `${file.details.contextLength} tokens, ${sizeOf(file.details.memory.total)} of memory${file.details.fits ? '' : ': more than is free'}`])));
    return;
  }
  if (action === 'add-file') {
    const { id } = await client.call.models.addFile({ path: path.resolve(subject), copy: words.copy, ...name });
    return await follow(id);
  }
  if (action === 'download') {
    const { id } = await client.call.models.download({ address: subject, ...(words.sha256 === undefined ? {} : { sha256: words.sha256 }), ...name });
    return await follow(id);
  }
  const id = subject.replace(/^embedded\//, '');
  if (action === 'resume') {
    await client.call.models.resumeDownload({ id });
    return await follow(id);
  }
  if (action === 'try') {
    const tried = await client.call.models.tryFile({ id });
    out.result(tried, () => `${tried.text.trim()}\n${tried.tokens} tokens${tried.tokensPerSecond === null ? '' : `, ${tried.tokensPerSecond} a second`}${tried.loadMs === null ? '' : `, loaded in ${Math.round(tried.loadMs)} ms`}\n`);
    return;
  }
  if (action === 'pause') await client.call.models.pauseDownload({ id });
  else await client.call.models.removeFile({ id });
  out.result({ id }, () => (action === 'pause' ? `Held ${id}; what came is kept.\n` : `Removed ${id}.\n`));

  /** Until it is here or has failed. The command that is broken off leaves the download to the core. */
  async function follow(wanted: string): Promise<number | void> {
    let said = -1;
    for (;;) {
      const file = (await client.call.models.files({})).files.find((each) => each.id === wanted);
      if (file === undefined || file.state === 'ready' || file.state === 'failed' || signal.aborted) {
        out.result({ id: wanted, state: file?.state ?? 'gone', error: file?.error ?? null }, () => (file?.state === 'ready' ? `${file.name} is embedded/${wanted} now.\n` : file?.error ? '' : `Stopped looking at ${wanted}.\n`));
        if (file?.error) out.say(file.error.message);
        return file?.state === 'ready' ? undefined : 1;
      }
      const percent = file.bytes === null ? null : Math.floor((file.received / file.bytes) * 100);
      const tenth = percent === null ? -1 : Math.floor(percent / 10);
      if (tenth !== said) out.say(`${file.name}: ${sizeOf(file.received)}${percent === null ? '' : ` of ${sizeOf(file.bytes ?? 0)}, ${percent} %`}`);
      said = tenth;
      await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
    }
  }
}

function stateOf(file: ModelFile): string {
  if (file.state === 'ready') return file.loaded ? 'loaded' : 'ready';
  return file.state === 'failed' ? `failed: ${file.error?.message ?? ''}` : file.bytes === null ? file.state : `${file.state}, ${Math.floor((file.received / file.bytes) * 100)} %`;
}

const sizeOf = (bytes: number): string => (bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KiB` : bytes < 1024 ** 3 ? `${(bytes / 1024 ** 2).toFixed(1)} MiB` : `${(bytes / 1024 ** 3).toFixed(1)} GiB`);
