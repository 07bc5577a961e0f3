import { useQuery } from '@tanstack/react-query';
import { useCallback, type RefCallback } from 'react';
import { ATTACHMENT_PART_BYTES, type Attachment } from '../../contract/model/attachment.ts';
import type { TroupeClient } from '../../contract/link/client.ts';
import { AppError } from '../../contract/errors/app-error.ts';
import { readBase64 } from '../lib/read-base64.ts';
import { useBridge } from './bridge-provider.tsx';
import { callProcedure } from './procedures.ts';

/** Sends a file in parts; `onShare` hears how much of it is there (0 to 1). Rejects with AppError. */
export async function sendAttachment(client: TroupeClient, file: File, onShare: (share: number) => void, signal: AbortSignal): Promise<Attachment> {
  const upload = crypto.randomUUID();
  for (let offset = 0; ; offset += ATTACHMENT_PART_BYTES) {
    signal.throwIfAborted();
    const end = offset + ATTACHMENT_PART_BYTES;
    const { attachment } = await callProcedure(client, 'chat', 'attach', { upload, offset, base64: await readBase64(file.slice(offset, end)), last: end >= file.size, name: file.name.trim().slice(-200) || 'file' }, signal);
    if (attachment) return attachment;
    if (end >= file.size) throw new AppError('core/internal', 'The file was sent and not answered. Attach it again.');
    onShare(end / file.size);
  }
}

/** Private bytes have no address: an image of a message crosses the link and is a `blob:` URL while it is shown. `show` is the ref of the element that shows it, once it is `there`; `failed` when it cannot be had. */
export function useAttachmentImage(id: string): { show: RefCallback<HTMLImageElement>; there: boolean; failed: boolean } {
  const { client } = useBridge();
  const image = useQuery({
    queryKey: ['attachment', id],
    staleTime: Infinity,
    async queryFn({ signal }) {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let type = '';
      for (let [offset, ended] = [0, false]; !ended;) {
        const { mediaType, base64, last } = await client.call.chat.attachment({ id, offset }, { signal });
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        parts.push(bytes);
        [type, offset, ended] = [mediaType, offset + bytes.length, last || bytes.length === 0];
      }
      return new Blob(parts, { type });
    },
  });
  const blob = image.data;
  const show = useCallback((node: HTMLImageElement) => {
    if (!blob) return undefined;
    const url = URL.createObjectURL(blob);
    node.src = url;
    return () => { URL.revokeObjectURL(url); };
  }, [blob]);
  return { show, there: blob !== undefined, failed: image.isError };
}
