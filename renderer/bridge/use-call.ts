import { keepPreviousData, useMutation, useQuery, useQueryClient, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';
import { useBridge } from './bridge-provider.tsx';
import { callProcedure, type CallError, type Domain, type Input, type Output, type ProcedureOf } from './procedures.ts';

export interface CallOptions {
  enabled?: boolean;
  /** Shows the last answer while the next one is under way: for lists that change as the person types. */
  keepPrevious?: boolean;
  /** Asks again every so many milliseconds. */
  every?: number;
}

/** Reads by a procedure; the answer is kept until the core says that its domain changed. */
export function useCall<D extends Domain, P extends ProcedureOf<D>>(domain: D, procedure: P, input: Input<D, P>, options: CallOptions = {}): UseQueryResult<Output<D, P>, CallError> {
  const { client } = useBridge();
  return useQuery<Output<D, P>, CallError>({
    queryKey: callKey(domain, procedure, input),
    queryFn: ({ signal }) => callProcedure(client, domain, procedure, input, signal),
    enabled: options.enabled ?? true,
    ...(options.keepPrevious && { placeholderData: keepPreviousData as never }),
    ...(options.every !== undefined && { refetchInterval: options.every }),
  });
}

/** The key under which an answer is kept: for `setQueryData` in optimistic changes. */
export const callKey = (domain: Domain, procedure: string, input: unknown): readonly unknown[] => [domain, procedure, input];

/** Changes whose answer is what a read would answer now: shown at once instead of after another round trip. */
const ANSWERS: Record<string, readonly [Domain, string]> = {
  'settings.change': ['settings', 'get'],
  'credentials.confirmRecoveryCode': ['credentials', 'state'], 'credentials.renewRecoveryCode': ['credentials', 'state'], 'credentials.rotate': ['credentials', 'state'], 'credentials.rekey': ['credentials', 'state'], 'credentials.recover': ['credentials', 'state'],
  'credentials.unlock': ['credentials', 'state'], 'credentials.retry': ['credentials', 'state'],
  'credentials.protect': ['credentials', 'state'], 'credentials.choosePlain': ['credentials', 'state'],
};

/** Changes something by a procedure, then asks again for what is shown of its domain. */
export function useChange<D extends Domain, P extends ProcedureOf<D>>(domain: D, procedure: P, options: { onDone?(answer: Output<D, P>, input: Input<D, P>): void; onFailed?(error: CallError, input: Input<D, P>): void } = {}): UseMutationResult<Output<D, P>, CallError, Input<D, P>> {
  const { client } = useBridge();
  const queries = useQueryClient();
  return useMutation<Output<D, P>, CallError, Input<D, P>>({
    // What was sent may be a secret: it is not kept longer than the component that sent it.
    gcTime: 0,
    mutationFn: (input) => callProcedure(client, domain, procedure, input),
    onSuccess(answer, input) {
      const read = ANSWERS[`${domain}.${procedure}`];
      if (read) queries.setQueryData(callKey(read[0], read[1], {}), answer);
      void queries.invalidateQueries({ queryKey: [domain] });
      options.onDone?.(answer, input);
    },
    onError: (error, input) => { options.onFailed?.(error, input); },
  });
}
