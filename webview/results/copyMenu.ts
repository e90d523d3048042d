/** The ways to copy a result. The host makes the text: it has all rows and the exact values. */
import type { ArrangeRequest, CopyFormat } from '../../src/protocol/results.ts';
import { openMenuAt, type MenuItem } from '../lib/menu.ts';

export type CopyChoice = { readonly format: CopyFormat; readonly headers: boolean };

export const plainCopy: CopyChoice = { format: 'tsv', headers: false };

const choices: readonly (CopyChoice & { readonly label: string })[] = [
  { label: 'Copy', ...plainCopy },
  { label: 'Copy with Headers', format: 'tsv', headers: true },
  { label: 'Copy as CSV', format: 'csv', headers: true },
  { label: 'Copy as JSON', format: 'json', headers: true },
  { label: 'Copy as Markdown', format: 'markdown', headers: true },
  { label: 'Copy as INSERT', format: 'insert', headers: true },
  { label: 'Copy as IN List', format: 'in-list', headers: false },
];

export function openCopyMenu(x: number, y: number, onCopy: (choice: CopyChoice) => void): void {
  openMenuAt(x, y, 'Copy', copyItems(onCopy));
}

export type ResultActions = {
  onCopy(choice: CopyChoice): void;
  onArrange(how: ArrangeRequest['how']): void;
  /** Rows are sorted, or not all of them are shown. */
  readonly isArranged: boolean;
  onSave(): void;
  /** Absent: nothing of the range is masked. */
  readonly reveal?: { readonly count: number; onReveal(): void };
};

/** What can be done with a range of the grid. */
export function openResultMenu(x: number, y: number, { onCopy, onArrange, isArranged, onSave, reveal }: ResultActions): void {
  const revealing: readonly MenuItem[] = reveal === undefined ? [] : [{ label: reveal.count === 1 ? 'Reveal Column\u2026' : `Reveal ${String(reveal.count)} Columns\u2026`, hint: 'recorded', onChoose: () => reveal.onReveal() }];
  const arranging: readonly MenuItem[] = [
    { label: 'Sort Up', hint: 'the rows here', onChoose: () => onArrange('up') },
    { label: 'Sort Down', hint: 'the rows here', onChoose: () => onArrange('down') },
    { label: 'Only Rows with This Value', onChoose: () => onArrange('only') },
    ...(isArranged ? [{ label: 'All Rows as They Came', onChoose: () => onArrange('none') }] : []),
  ];
  openMenuAt(x, y, 'Result', [...copyItems(onCopy), ...revealing, ...arranging, { label: 'Save Result As\u2026', hint: 'all of it', onChoose: onSave }]);
}

function copyItems(onCopy: (choice: CopyChoice) => void): readonly MenuItem[] {
  return choices.map(({ label, format, headers }) => ({ label, onChoose: () => onCopy({ format, headers }) }));
}
