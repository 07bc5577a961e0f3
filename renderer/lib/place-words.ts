import type { KnowledgePlace } from '../../contract/model/knowledge.ts';

/** Where a passage stands, for people: `Page 3`, `Holidays`, `Row 12`; empty where its document says nothing of it. */
export function placeWords({ page, heading, row, line }: KnowledgePlace, t: (id: string, values?: Record<string, string | number>) => string): string {
  if (page !== undefined) return t('knowledge.place.page', { page });
  if (heading !== undefined) return heading;
  if (row !== undefined) return t('knowledge.place.row', { row });
  return line === undefined ? '' : t('knowledge.place.line', { line });
}
