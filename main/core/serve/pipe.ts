import { Socket } from 'node:net';
import * as z from 'zod/mini';
import { hostAnswerSchema, hostRequests, shellNoticeSchema, type CoreNotice, type HostRequestName, type HostRequests, type ShellNotice } from '../../../contract/host/index.ts';
import { AppError, fromWire } from '../../../contract/errors/app-error.ts';
import type { Channel } from '../../../contract/link/channel.ts';
import { HOST_CHANNEL } from '../../../contract/link/frames.ts';
import { createFramedStream } from '../../link/framed-stream.ts';

/** The shell that started this core, or nobody. */
export interface HostLink {
  /** Asks the shell. Rejects `host/unavailable` when there is no shell or it cannot do it. */
  ask<N extends HostRequestName>(name: N, input: z.infer<HostRequests[N]['input']>): Promise<z.infer<HostRequests[N]['output']>>;
  tell(notice: CoreNotice): void;
}

/** The file descriptor at which a shell hands its pipe to the core. */
export const PIPE_DESCRIPTOR = 3;

export const noHost: HostLink = {
  ask: (name) => Promise.reject(new AppError('host/unavailable', `No desktop shell is there to answer ${name}.`)),
  tell: () => undefined,
};

/** Opens the shell's pipe: channel 0 is the host channel, every other one a page. */
export function openPipe(options: { descriptor?: number; onPage(channel: Channel): void; onNotice(notice: ShellNotice): void; onEnd(): void }): HostLink {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let nextId = 1;
  let gone = false;
  const socket = new Socket({ fd: options.descriptor ?? PIPE_DESCRIPTOR, readable: true, writable: true });
  const framed = createFramedStream(socket, (number, channel) => { if (number !== HOST_CHANNEL) options.onPage(channel); }, () => {
    gone = true;
    for (const { reject } of waiting.values()) reject(new AppError('host/unavailable', 'The desktop shell has gone.'));
    waiting.clear();
    options.onEnd();
  });
  const host = framed.channel(HOST_CHANNEL);
  host.onMessage((message) => {
    const value: unknown = JSON.parse(message);
    const notice = z.safeParse(shellNoticeSchema, value);
    if (notice.success) { options.onNotice(notice.data); return; }
    const answer = z.safeParse(hostAnswerSchema, value);
    if (!answer.success) return;
    const asked = waiting.get(answer.data.id);
    waiting.delete(answer.data.id);
    if (answer.data.error) asked?.reject(fromWire(answer.data.error));
    else asked?.resolve(answer.data.ok);
  });
  return {
    async ask(name, input) {
      if (gone) throw new AppError('host/unavailable', `No desktop shell is there to answer ${name}.`);
      const id = nextId;
      nextId += 1;
      const answer = await new Promise<unknown>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        void host.send(JSON.stringify({ id, ask: name, input }));
      });
      return z.parse(hostRequests[name].output, answer) as never;
    },
    tell(notice) { void host.send(JSON.stringify(notice)); },
  };
}
