import { useMutation } from '@tanstack/react-query';
import { knowledgeFile, readWhole, type KnowledgeDocument } from '../../contract/model/knowledge.ts';
import { useBridge } from './bridge-provider.tsx';
import { callProcedure, type CallError } from './procedures.ts';

/** Reads documents with their texts and hands them on as the text of one file. */
export function useSaveDocuments(onText: (text: string) => void) {
  const { client } = useBridge();
  return useMutation<void, CallError, readonly KnowledgeDocument[]>({
    gcTime: 0,
    async mutationFn(documents) { onText(knowledgeFile(await readWhole(documents, (piece) => callProcedure(client, 'knowledge', 'read', piece)), Date.now())); },
  });
}
