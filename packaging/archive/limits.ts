/** What an archive may hold; bytes include headers, padding and pax data. A caller may lower a limit, never raise it. */
export interface ArchiveLimits { packedBytes: number; unpackedBytes: number; entries: number; codeBytes: number }

export const ARCHIVE_LIMITS: ArchiveLimits = { packedBytes: 50 * 1024 ** 2, unpackedBytes: 50 * 1024 ** 2, entries: 2000, codeBytes: 5 * 1024 ** 2 };

export function limitsOf(lower: Partial<ArchiveLimits> = {}): ArchiveLimits {
  const least = (key: keyof ArchiveLimits): number => Math.min(ARCHIVE_LIMITS[key], lower[key] ?? ARCHIVE_LIMITS[key]);
  return { packedBytes: least('packedBytes'), unpackedBytes: least('unpackedBytes'), entries: least('entries'), codeBytes: least('codeBytes') };
}
