/** The hours in which people are expected to work on production: outside of them somebody is told. Nothing is forbidden by them. */
import type { EpochMs } from '../brand.ts';

/** Days count from Monday, 0. Minutes count from midnight; `until` may be above a day's 1440, for what ends after midnight. */
type Window = { readonly days: readonly number[]; readonly from: number; readonly until: number };

export type AccessHours = {
  /** Always true when no hours were given. */
  isInside(time: EpochMs): boolean;
};

export type ParsedAccessHours = { readonly hours: AccessHours; readonly problems: readonly string[] };

export const anyTime: AccessHours = { isInside: () => true };

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const dayMinutes = 24 * 60;
const shape = /^([a-z]{3})(?:\s*-\s*([a-z]{3}))?\s+(\d{2}):(\d{2})\s*-\s*(\d{2}):(\d{2})$/u;

/**
 * @param value - a list of texts like `Mon-Fri 08:00-18:00`; from the settings, so anything may come in
 * @param timeZone - an IANA name; empty or absent: the machine's own
 */
export function parseAccessHours(value: unknown, timeZone: unknown): ParsedAccessHours {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [];
  const parsed = entries.map(parseWindow);
  const windows = parsed.flatMap((entry) => (typeof entry === 'string' ? [] : [entry]));
  const zone = typeof timeZone === 'string' && timeZone !== '' ? timeZone : undefined;
  const format = formatOf(zone);
  const problems = [...parsed.filter((entry) => typeof entry === 'string'), ...(format ? [] : [`“${zone ?? ''}” is no time zone; write one like Europe/Berlin.`])];
  if (!format || windows.length === 0) return { hours: anyTime, problems };
  return { hours: { isInside: (time) => isInside(windows, minutesOf(format, time)) }, problems };
}

function parseWindow(value: unknown): Window | string {
  const found = typeof value === 'string' ? shape.exec(value.trim().toLowerCase()) : null;
  const problem = `“${String(value)}” says no hours; write them like Mon-Fri 08:00-18:00.`;
  if (!found) return problem;
  const [, first = '', last = first, ...numbers] = found;
  const [begin, end] = [dayNames.indexOf(first), dayNames.indexOf(last)];
  const [fromHour = 0, fromMinute = 0, untilHour = 0, untilMinute = 0] = numbers.map(Number);
  if (begin < 0 || end < 0 || fromHour > 23 || fromMinute > 59 || untilHour > 24 || untilMinute > 59) return problem;
  const from = fromHour * 60 + fromMinute;
  const until = untilHour * 60 + untilMinute;
  const days = Array.from({ length: ((end - begin + 7) % 7) + 1 }, (_, index) => (begin + index) % 7);
  return { days, from, until: until > from ? until : until + dayMinutes };
}

type Moment = { readonly day: number; readonly minute: number };

/** What began yesterday may still go on. */
function isInside(windows: readonly Window[], { day, minute }: Moment): boolean {
  return windows.some(({ days, from, until }) => (days.includes(day) && minute >= from && minute < until) || (days.includes((day + 6) % 7) && minute + dayMinutes < until));
}

function formatOf(timeZone: string | undefined): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(timeZone === undefined ? {} : { timeZone }) });
  } catch {
    return undefined;
  }
}

function minutesOf(format: Intl.DateTimeFormat, time: EpochMs): Moment {
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
  return { day: dayNames.indexOf((parts.get('weekday') ?? '').toLowerCase()), minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}
