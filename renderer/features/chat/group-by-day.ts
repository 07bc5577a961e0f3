/** Where an instant lies, seen from now; `month` groups carry the first instant of theirs for a heading. */
export type DayGroup = { kind: 'today' | 'yesterday' | 'week' } | { kind: 'month'; at: number };

const startOfDay = (instant: number): number => new Date(instant).setHours(0, 0, 0, 0);

/** The group of an instant (ms UTC), by the days of the person's own time zone. */
export function groupOf(instant: number, now: number): DayGroup {
  const today = startOfDay(now);
  if (instant >= today) return { kind: 'today' };
  if (instant >= startOfDay(today - 1)) return { kind: 'yesterday' };
  const week = new Date(today);
  week.setDate(week.getDate() - 7);
  if (instant >= week.getTime()) return { kind: 'week' };
  const month = new Date(instant);
  return { kind: 'month', at: new Date(month.getFullYear(), month.getMonth(), 1).getTime() };
}

/** Runs of items of one group, in the order given. */
export function groupByDay<T>(items: readonly T[], instantOf: (item: T) => number, now: number): { key: string; group: DayGroup; items: T[] }[] {
  const groups: { key: string; group: DayGroup; items: T[] }[] = [];
  for (const item of items) {
    const group = groupOf(instantOf(item), now);
    const key = group.kind === 'month' ? `month ${group.at}` : group.kind;
    const last = groups.at(-1);
    if (last?.key === key) last.items.push(item);
    else groups.push({ key, group, items: [item] });
  }
  return groups;
}
