/** Points in time in files that people read. */
import type { Guard } from './guards.ts';

const shape = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/;

/** UTC to the second, e.g. `2026-11-21T13:00:00Z`, and a moment that exists. */
export const isoTime: Guard<string> = (value): value is string => typeof value === 'string' && epochOf(value) !== undefined;

/** Milliseconds since 1970, or `undefined` when it is not written like that. */
export function epochOf(text: string): number | undefined {
  const parts = shape.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const epoch = Date.UTC(year, month - 1, day, hour, minute, second);
  return isoText(epoch) === text ? epoch : undefined;
}

/** The second that contains the moment. */
export function isoText(epoch: number): string {
  return new Date(epoch).toISOString().replace(/\.\d+Z$/, 'Z');
}
