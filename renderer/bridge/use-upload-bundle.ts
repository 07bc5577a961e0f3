import { useMutation } from '@tanstack/react-query';
import type { McpBundle } from '../../contract/model/mcp.ts';
import { readBase64 } from '../lib/read-base64.ts';
import { useBridge } from './bridge-provider.tsx';
import { callProcedure, type CallError } from './procedures.ts';

/** Bytes of a bundle that go in one call; three make four letters. */
const PART_BYTES = 524_288;

/** Sends an MCP bundle that the person gave to the page, in parts, and answers what it is. Nothing of it is run. */
export function useUploadBundle() {
  const { client } = useBridge();
  return useMutation<McpBundle | null, CallError, File>({
    gcTime: 0,
    async mutationFn(file) {
      const upload = crypto.randomUUID();
      for (let offset = 0; ; offset += PART_BYTES) {
        const last = offset + PART_BYTES >= file.size;
        const { bundle } = await callProcedure(client, 'mcp', 'uploadBundle', { upload, offset, base64: await readBase64(file.slice(offset, offset + PART_BYTES)), last });
        if (last) return bundle;
      }
    },
  });
}
