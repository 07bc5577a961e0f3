/** An archive that a page brings in parts: into a file of the core's own, one archive at a time, then taken like any other. */
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../../contract/errors/app-error.ts';

/** A page that is gone sends no more. */
const IDLE_MS = 60_000;
/** What a crash may leave of an upload, and of an archive that was being taken. */
const LEFT = /\.(?:upload|taken)$/;

export interface UploadsOptions {
  /** Where the files lie meanwhile; made when it is not there. */
  readonly folder: string;
  readonly nextId: () => string;
  readonly mostBytes: number;
  /** Throws where nothing may be brought now; asked before every part. */
  readonly check?: () => void;
}

export interface UploadPart { upload: string; offset: number; base64: string; last: boolean }
export interface Uploads {
  /** Answers what `load` does after the last part, else null. @throws AppError `plugins/bad-archive`, `core/bad-input` for a part out of turn, and those of `check` and `load` */
  add<T>(part: UploadPart, load: (file: string) => Promise<T>): Promise<T | null>;
  /** At start: what a crash left. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

export function createUploads({ folder, nextId, mostBytes, check }: UploadsOptions): Uploads {
  let current: { upload: string; file: string; handle: FileHandle; bytes: number; idle: NodeJS.Timeout } | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const drop = async (): Promise<void> => {
    const dropped = current;
    current = undefined;
    clearTimeout(dropped?.idle);
    await dropped?.handle.close();
    if (dropped) await rm(dropped.file, { force: true });
  };

  const begin = async (upload: string): Promise<NonNullable<typeof current>> => {
    await drop();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, `${nextId()}.upload`);
    const handle = await open(file, 'wx', 0o600);
    return current = { upload, file, handle, bytes: 0, idle: setTimeout(() => { inTurn(drop).catch(() => undefined); }, IDLE_MS).unref() };
  };

  const write = async ({ upload, offset, base64 }: UploadPart): Promise<NonNullable<typeof current>> => {
    check?.();
    const under = offset === 0 ? await begin(upload) : current;
    if (under?.upload !== upload || under.bytes !== offset) throw new AppError('core/bad-input', 'The parts of the archive did not come one after another. Pick the archive again.');
    const bytes = Buffer.from(base64, 'base64');
    if (offset + bytes.length > mostBytes) throw new AppError('plugins/bad-archive', `The archive has more than ${mostBytes} bytes, the most that is allowed.`, { details: { reason: 'too-large' } });
    await under.handle.writeFile(bytes);
    under.bytes += bytes.length;
    under.idle.refresh();
    return under;
  };

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  };

  return {
    add: (part, load) => inTurn(async () => {
      let ended = true;
      try {
        const { file } = await write(part);
        if (part.last) return await load(file);
        ended = false;
        return null;
      } finally {
        // Another page's archive is not dropped for a part that is none of it.
        if (ended && current?.upload === part.upload) await drop();
      }
    }),
    async sweep() {
      for (const name of await readdir(folder).catch((error: NodeJS.ErrnoException) => { if (error.code === 'ENOENT') return []; throw error; })) if (LEFT.test(name)) await rm(path.join(folder, name), { force: true });
    },
    stop: () => inTurn(drop),
  };
}
