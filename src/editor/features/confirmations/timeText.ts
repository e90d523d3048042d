/** `until 14:05`, with the day where it is another one. By the person's own clock; a moment, because a row is not drawn anew each minute. */
export function describeUntil(expires: number, now: number): string {
  if (expires <= now) return 'time is over';
  const end = new Date(expires);
  const time = end.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const isToday = end.toDateString() === new Date(now).toDateString();
  return isToday ? `until ${time}` : `until ${end.toLocaleDateString(undefined, { weekday: 'short', day: 'numeric', month: 'short' })} ${time}`;
}

/** `at 14:05`, with the day where it was another one: what is not drawn anew for hours stays true. */
export function describeAt(time: number, now: number): string {
  const then = new Date(time);
  const clock = then.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const isToday = then.toDateString() === new Date(now).toDateString();
  return isToday ? `at ${clock}` : `on ${then.toLocaleDateString(undefined, { weekday: 'short', day: 'numeric', month: 'short' })} at ${clock}`;
}
