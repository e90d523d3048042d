/** How much of a table a change touched, measured: what no look at the text can tell. */
import type { RiskSeverity } from '../sql/risks.ts';
import { groupDigits, rows } from './describe.ts';
import type { TableEffect } from './preview.ts';

export type AffectedShare = {
  readonly severity: RiskSeverity;
  /** A sentence with full stop. */
  readonly message: string;
};

/** In a table of a few rows, half of them is one or two. */
const fewRows = 20;
/** A tenth is much where there is much. */
const manyRows = 1000;

/** What to say about the share of its table that an effect touched; nothing where it is small or not known. */
export function affectedShare({ table, updated, deleted, emptied, tableRows }: TableEffect): AffectedShare | undefined {
  const touched = updated + deleted;
  // A row may be counted twice; a table is never touched more than wholly.
  const whole = Math.max(tableRows ?? 0, 0);
  if (emptied === true || touched === 0 || whole === 0) return undefined;
  const share = Math.min(touched / whole, 1);
  const severity = severityOf(share, whole);
  if (severity === undefined) return undefined;
  const verb = updated === 0 ? 'Deletes' : deleted === 0 ? 'Updates' : 'Touches';
  if (share === 1) return { severity, message: `${verb} every row of ${table.table} (${groupDigits(whole)}).` };
  return { severity, message: `${verb} ${groupDigits(touched)} of ${rows(whole)} in ${table.table}, ${percent(share)}.` };
}

function severityOf(share: number, whole: number): RiskSeverity | undefined {
  if (whole < 2) return undefined;
  if (share === 1 || (share >= 0.5 && whole >= fewRows)) return 'high';
  return share >= 0.1 && whole >= manyRows ? 'medium' : undefined;
}

/** `12 %`; never rounded up to all of it. */
function percent(share: number): string {
  return `${String(Math.min(Math.round(share * 100), 99))} %`;
}
