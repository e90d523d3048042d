/** What a reviewer has to be told besides the numbers; the same sentences wherever a request is shown. */
import type { RequestBody } from './request.ts';

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
