import { useMutation, useQueryClient } from '@tanstack/react-query';
import { DOCUMENT_PART_BYTES, MOST_DOCUMENT_BYTES, type KnowledgeScope } from '../../contract/model/knowledge.ts';
import { AppError } from '../../contract/errors/app-error.ts';
import { readBase64 } from '../lib/read-base64.ts';
import { useBridge } from './bridge-provider.tsx';
import { callProcedure, type CallError } from './procedures.ts';

interface Given { files: readonly File[]; scope: KnowledgeScope; scopeId?: string | undefined }

/** Sends files that the person gave to the page, one after another and each in parts; ends with the first that is refused. */
export function useAddDocuments() {
  const { client } = useBridge();
  const queries = useQueryClient();
  return useMutation<void, CallError, Given>({
    gcTime: 0,
    async mutationFn({ files, scope, scopeId }) {
      for (const file of files) {
        if (file.size > MOST_DOCUMENT_BYTES) throw new AppError('knowledge/too-large', `${file.name} has more than ${MOST_DOCUMENT_BYTES / 1e6} MB.`);
        const upload = crypto.randomUUID();
        for (let offset = 0, last = false; !last; offset += DOCUMENT_PART_BYTES) {
          last = offset + DOCUMENT_PART_BYTES >= file.size;
          await callProcedure(client, 'knowledge', 'add', { upload, offset, base64: await readBase64(file.slice(offset, offset + DOCUMENT_PART_BYTES)), last, name: file.name.slice(0, 200), scope, ...(scopeId !== undefined && { scopeId }) });
        }
      }
    },
    onSettled: () => { void queries.invalidateQueries({ queryKey: ['knowledge'] }); },
  });
}
