import { CURRENCY } from '../../contract/model/price.ts';

const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** Bytes for people: `1.3 MB`, in powers of 1000. */
export function formatBytes(bytes: number, locale = 'en'): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) { value /= 1000; unit += 1; }
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 }).format(value)} ${UNITS[unit] ?? 'B'}`;
}

/** Micro-units of the currency for people: `$1.24`; what is small to its first two figures, `$0.0021`, so that it is not shown as nothing. */
export function formatMoney(micros: number, locale = 'en'): string {
  const amount = micros / 1_000_000;
  return new Intl.NumberFormat(locale, { style: 'currency', currency: CURRENCY, ...(amount !== 0 && amount < 0.1 && { maximumSignificantDigits: 2 }) }).format(amount);
}

/** Counts for cards: `950`, `1.2K`, `3.4M`. */
export const formatCount = (count: number, locale = 'en'): string => new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(count);

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [['year', 31_536_000_000], ['month', 2_592_000_000], ['week', 604_800_000], ['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1_000]];

/** An instant (ms UTC) beside now: `5 minutes ago`, `yesterday`. Show the exact one on hover. */
export function formatAgo(instant: number, now: number, locale = 'en'): string {
  const difference = instant - now;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const [unit, size] = STEPS.find(([, milliseconds]) => Math.abs(difference) >= milliseconds) ?? ['second', 1_000];
  return format.format(Math.trunc(difference / size), unit);
}
