import { AppError } from '../../../../../contract/errors/app-error.ts';
import { builtinTool } from './builtin-tool.ts';

const UNITS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 } as const;

function formatterFor(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'long', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'longOffset' });
  } catch (error) {
    throw new AppError('tools/bad-arguments', `"${zone}" is no time zone. Use a name such as Europe/Berlin or UTC.`, { cause: error });
  }
}

/** What day and time it is, here or elsewhere, now or some time away. */
export const dateTime = builtinTool({
  id: 'builtin.date_time', title: 'Date and time', effect: 'read',
  description: 'Tells the date, time and weekday, now or at a given instant, in a time zone, optionally some days or hours later or earlier.',
  input: {
    type: 'object', additionalProperties: false,
    properties: {
      zone: { type: 'string', maxLength: 64, description: 'IANA time zone such as Europe/Berlin; the zone of this computer when left out.' },
      at: { type: 'string', maxLength: 64, description: 'An instant in ISO 8601 such as 2026-03-01T12:00:00Z; now when left out.' },
      add: { type: 'object', additionalProperties: false, description: 'What to add; negative numbers go back.', properties: Object.fromEntries(Object.keys(UNITS).map((unit) => [unit, { type: 'number', minimum: -1e6, maximum: 1e6 }])) },
    },
  },
  run(input, clock) {
    const start = typeof input.at === 'string' ? Date.parse(input.at) : clock.now();
    if (Number.isNaN(start)) throw new AppError('tools/bad-arguments', `"${String(input.at)}" is no instant. Write it like 2026-03-01T12:00:00Z.`);
    const add = (input.add ?? {}) as Partial<Record<keyof typeof UNITS, number>>;
    const instant = new Date(Object.entries(UNITS).reduce((sum, [unit, ms]) => sum + (add[unit as keyof typeof UNITS] ?? 0) * ms, start));
    if (Number.isNaN(instant.getTime())) throw new AppError('tools/bad-arguments', 'The result lies beyond the dates that can be told. Add less.');
    const zone = typeof input.zone === 'string' ? input.zone : Intl.DateTimeFormat().resolvedOptions().timeZone;
    const parts = Object.fromEntries(formatterFor(zone).formatToParts(instant).map((part) => [part.type, part.value]));
    return {
      utc: instant.toISOString(), zone, date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}:${parts.second}`,
      weekday: parts.weekday, offset: parts.timeZoneName === 'GMT' ? '+00:00' : (parts.timeZoneName ?? '').replace('GMT', ''),
    };
  },
});
