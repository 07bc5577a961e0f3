import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { AppError } from '../../contract/errors/app-error.ts';
import { IMPORT_PART_BYTES, MOST_IMPORT_BYTES, type ImportPreview } from '../../contract/model/chat-import.ts';
import { readBase64 } from '../lib/read-base64.ts';
import { useBridge } from './bridge-provider.tsx';
import { callProcedure, type CallError } from './procedures.ts';

/** How far the import of a file is. `share`: 0 to 1. `left`: of those that were to be stored, when it was stopped. */
export type ImportPhase =
  | { is: 'choosing' }
  | { is: 'reading'; name: string; share: number }
  | { is: 'read'; name: string; upload: string; preview: ImportPreview }
  | { is: 'storing'; name: string; share: number }
  | { is: 'done'; importId: string; imported: number; already: number; left: number }
  | { is: 'failed'; error: CallError };

export interface FileImport { phase: ImportPhase; read(file: File): void; store(hireId: string): void; /** Gives up what is under way; what is stored stays. */ stop(): void; again(): void }

/** Sends a file of conversations, shows what is in it, and stores it in steps; whoever leaves gives it up. */
export function useImport(): FileImport {
  const { client } = useBridge();
  const queries = useQueryClient();
  const [phase, setPhase] = useState<ImportPhase>({ is: 'choosing' });
  const stopping = useRef(new AbortController());
  const waiting = useRef<string | null>(null);
  const drop = useCallback(() => {
    stopping.current.abort();
    if (waiting.current !== null) callProcedure(client, 'chat', 'dropImport', { upload: waiting.current }).catch(() => { /* it is let go by itself after a while */ });
    waiting.current = null;
  }, [client]);
  useEffect(() => drop, [drop]);

  return useMemo(() => {
    const fresh = (): AbortSignal => { stopping.current = new AbortController(); return stopping.current.signal; };
    const failed = (signal: AbortSignal) => (error: unknown): void => { if (!signal.aborted) { waiting.current = null; setPhase({ is: 'failed', error: error as CallError }); } };

    async function send(file: File, signal: AbortSignal): Promise<void> {
      if (file.size > MOST_IMPORT_BYTES) throw new AppError('chat/bad-import', `${file.name} has more than ${MOST_IMPORT_BYTES / 1e6} MB. Split it and import the parts.`);
      const upload = crypto.randomUUID();
      waiting.current = upload;
      for (let offset = 0; ; offset += IMPORT_PART_BYTES) {
        const end = offset + IMPORT_PART_BYTES;
        const { preview } = await callProcedure(client, 'chat', 'readImport', { upload, offset, base64: await readBase64(file.slice(offset, end)), last: end >= file.size, name: file.name.trim().slice(-200) || 'file' }, signal);
        if (signal.aborted) return;
        if (preview) { setPhase({ is: 'read', name: file.name, upload, preview }); return; }
        if (end >= file.size) throw new AppError('core/internal', 'The file was sent and not answered. Choose it again.');
        setPhase({ is: 'reading', name: file.name, share: end / file.size });
      }
    }

    async function keep({ upload, name, preview }: Extract<ImportPhase, { is: 'read' }>, hireId: string, signal: AbortSignal): Promise<void> {
      for (let left = 1; left > 0;) {
        const done = await callProcedure(client, 'chat', 'storeImport', { upload, hireId });
        left = done.left;
        if (left > 0 && !signal.aborted) setPhase({ is: 'storing', name, share: 1 - left / Math.max(1, preview.conversations) });
        else {
          if (left === 0) waiting.current = null;
          setPhase({ is: 'done', importId: done.importId, imported: done.imported, already: done.already, left });
          void queries.invalidateQueries({ queryKey: ['chat'] });
          return;
        }
      }
    }

    return {
      phase,
      read(file) { drop(); const signal = fresh(); setPhase({ is: 'reading', name: file.name, share: 0 }); send(file, signal).catch(failed(signal)); },
      store(hireId) {
        if (phase.is !== 'read') return;
        const signal = fresh();
        setPhase({ is: 'storing', name: phase.name, share: 0 });
        keep(phase, hireId, signal).catch(failed(signal));
      },
      stop() { if (phase.is === 'storing') stopping.current.abort(); else { drop(); setPhase({ is: 'choosing' }); } },
      again() { drop(); setPhase({ is: 'choosing' }); },
    };
  }, [client, drop, phase, queries]);
}
