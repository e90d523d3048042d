/** What a reviewer has to be told besides the numbers; the same sentences wherever a request is shown. */
import type { RequestBody } from './request.ts';

/**
 * What was done so far, and what follows on an answer.
 *
 * @param timeText - of epoch ms
 */
export function howItStands({ effect, emergency, afterwards }: Pick<RequestBody, 'effect' | 'emergency' | 'afterwards'>, timeText: (time: number) => string): string {
  if (afterwards !== undefined) return `It was committed without confirmation on ${timeText(afterwards.committed)}${effect === null ? ', and could not be measured' : ', with exactly this effect'}. Nothing runs because of your answer: it says whether that was right.`;
  const measured = effect === null ? 'It could not be tried: nothing here was measured.' : 'It was run, measured and rolled back.';
  if (emergency !== undefined) return `${measured} With your signature everybody is alerted, and it ${effect === null ? 'runs as it stands' : 'runs again, and commits only if it does exactly this'}. Others review it afterwards.${emergency.withoutUndo ? ' You said that you know that there is no way back.' : ''}`;
  return effect === null ? `${measured} If you approve, it runs as it stands.` : `${measured} It runs again only if you approve, and commits only if it does exactly this.`;
}

/** How what was measured will be compared before the commit, where that is less than every row. */
export function weakComparison(effect: RequestBody['effect']): string | undefined {
  const isWeak = effect !== null && (effect.rows === null || !effect.complete);
  return isWeak ? 'Too much changes to compare row by row. What is compared before the commit are the numbers above.' : undefined;
}

/** What the rows of a table do not tell, and that it is compared all the same. */
export function maskedNote({ columns, masked }: Pick<RequestBody['preview']['tables'][number], 'columns' | 'masked'>): string | undefined {
  if (masked.length === 0) return undefined;
  const names = masked.map((position) => columns[position]?.name ?? '').join(', ');
  return `Hidden from reviewers, in whole or in part: ${names}. The same “#…” stands for the same value. Before the commit the real values are compared.`;
}

/** How a request that replaces an approved one differs from it; empty for one that replaces none. */
export function driftLines({ drift, supersedes }: Pick<RequestBody, 'drift' | 'supersedes'>): readonly string[] {
  if (drift === undefined && supersedes === undefined) return [];
  const lines = (drift ?? []).map(({ name, before, now }) => `${name}: ${countsText(before)} before, ${countsText(now)} now`);
  return lines.length === 0 ? ['The same numbers of rows, but other rows.'] : lines;
}

function countsText(counts: { readonly ins: number; readonly upd: number; readonly del: number } | null): string {
  if (counts === null) return 'nothing';
  const parts = [[counts.ins, 'inserted'], [counts.upd, 'updated'], [counts.del, 'deleted']].filter(([count]) => count !== 0);
  return parts.length === 0 ? 'nothing' : parts.map(([count, word]) => `${String(count)} ${String(word)}`).join(', ');
}
