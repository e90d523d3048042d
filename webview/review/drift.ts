/** What was approved and what would happen now: table by table, then row by row. */
import type { DriftCounts, DriftRow } from '../../src/protocol/peerReview.ts';
import type { ReviewEnd } from '../../src/protocol/review.ts';
import { el } from '../lib/dom.ts';
import { formatCount } from '../lib/format.ts';
import { textNodes } from '../lib/textView.ts';

export function driftNodes({ drift = [], differences = [] }: ReviewEnd): readonly HTMLElement[] {
  if (drift.length + differences.length === 0) return [];
  return [
    el(
      'section',
      { class: 'drift', 'aria-label': 'What is different' },
      ...(drift.length === 0 ? [] : [driftTable(drift)]),
      ...(differences.length === 0 ? [] : [el('ul', { class: 'differences', tabindex: 0, 'aria-label': 'Rows that differ' }, ...differences.map((text) => el('li', {}, ...textNodes(text))))]),
    ),
  ];
}

function driftTable(rows: readonly DriftRow[]): HTMLElement {
  const differs = ({ approved, now }: DriftRow): boolean => describe(approved) !== describe(now);
  return el(
    'table',
    { class: 'effects' },
    el('thead', {}, el('tr', {}, ...['Table', 'Approved', 'Would happen now'].map((title) => el('th', { scope: 'col' }, title)))),
    el('tbody', {}, ...rows.toSorted((a, b) => Number(differs(b)) - Number(differs(a))).map(({ table, approved, now }) => el('tr', { class: differs({ table, approved, now }) ? 'differs' : '' }, el('th', { scope: 'row', class: 't' }, ...textNodes(table)), el('td', {}, describe(approved)), el('td', {}, describe(now))))),
  );
}

function describe(counts: DriftCounts | null): string {
  if (counts === null) return 'not touched';
  const parts = ([['inserted', counts.inserted], ['updated', counts.updated], ['deleted', counts.deleted]] as const).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'not touched' : parts.map(([word, count]) => `${formatCount(count)} ${word}`).join(', ');
}
