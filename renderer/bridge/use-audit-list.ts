import { useInfiniteQuery } from '@tanstack/react-query';
import type { AuditFilter, AuditRow } from '../../contract/model/audit.ts';
import { useBridge } from './bridge-provider.tsx';
import { callProcedure, type CallError, type Output } from './procedures.ts';
import { callKey } from './use-call.ts';

const PAGE = 100;
type Page = Output<'audit', 'list'>;

export interface AuditList {
  /** The rows that came so far, newest first; undefined until the first answer. */
  rows: readonly AuditRow[] | undefined;
  total: number;
  /** What there is to filter by. */
  actions: readonly string[];
  actors: readonly string[];
  error: CallError | null;
  /** Asks for the rows that follow, when there are more and none are on their way. */
  more(): void;
  retry(): void;
  /** All that fits as text, for saving. */
  read(format: 'jsonl' | 'csv'): Promise<string>;
}

/** The audit list, a page at a time. */
export function useAuditList(filter: AuditFilter): AuditList {
  const { client } = useBridge();
  const pages = useInfiniteQuery<Page, CallError>({
    queryKey: callKey('audit', 'list', filter),
    queryFn: ({ pageParam, signal }) => callProcedure(client, 'audit', 'list', { filter, limit: PAGE, ...(typeof pageParam === 'number' && { before: pageParam }) }, signal),
    initialPageParam: null,
    getNextPageParam: (last) => (last.rows.length === PAGE ? last.rows.at(-1)?.seq : undefined),
    placeholderData: (before) => before,
  });
  const first = pages.data?.pages[0];
  return {
    rows: pages.data?.pages.flatMap(({ rows }) => rows), total: first?.total ?? 0, actions: first?.actions ?? [], actors: first?.actors ?? [], error: pages.error,
    more() { if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage(); },
    retry() { void pages.refetch(); },
    async read(format) {
      let text = '';
      for (let from: number | null = 0; from !== null;) {
        const piece: Output<'audit', 'export'> = await callProcedure(client, 'audit', 'export', { filter, format, from });
        text += piece.text;
        from = piece.next;
      }
      return text;
    },
  };
}
