/** Numbers and times as people read them. */

const counts = new Intl.NumberFormat('en-US');

/** `12,345` */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 row`, `12,345 rows` */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `8 ms`, `1.25 s`, `2 min 5 s` */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

/** `1:26`: whole seconds left, rounded up so that it says 0:00 only when nothing is left; `6 h 12 min` where it is long. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
  // Nobody counts the seconds of hours.
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${String(hours)} h ${String(minutes % 60)} min`;
  return `${String(Math.floor(hours / 24))} days ${String(hours % 24)} h`;
}
