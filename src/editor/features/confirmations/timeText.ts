/** `12 min left`, `under a minute left`, `expired`. Pure. */
export function describeLeft(milliseconds: number): string {
  if (milliseconds <= 0) return 'expired';
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return 'under a minute left';
  if (minutes < 120) return `${String(minutes)} min left`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${String(hours)} h left` : `${String(Math.floor(hours / 24))} days left`;
}
