/** `until 14:05`, with the day where it is another one. By the person's own clock; a moment, because a row is not drawn anew each minute. */
export function describeUntil(expires: number, now: number): string {
  if (expires <= now) return 'time is over';
  const end = new Date(expires);
  const time = end.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const isToday = end.toDateString() === new Date(now).toDateString();
  return isToday ? `until ${time}` : `until ${end.toLocaleDateString(undefined, { weekday: 'short', day: 'numeric', month: 'short' })} ${time}`;
}
