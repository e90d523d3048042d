/** The ways to copy a result. The host makes the text: it has all rows and the exact values. */
import type { CopyFormat } from '../../src/protocol/results.ts';
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
  onSave(): void;
  /** Absent: nothing of the range is masked. */
  readonly reveal?: { readonly count: number; onReveal(): void };
};

/** What can be done with a range of the grid. */
export function openResultMenu(x: number, y: number, { onCopy, onSave, reveal }: ResultActions): void {
  const revealing: readonly MenuItem[] = reveal === undefined ? [] : [{ label: reveal.count === 1 ? 'Reveal Column\u2026' : `Reveal ${String(reveal.count)} Columns\u2026`, hint: 'recorded', onChoose: () => reveal.onReveal() }];
  openMenuAt(x, y, 'Result', [...copyItems(onCopy), { label: 'Save Result As\u2026', hint: 'all of it', onChoose: onSave }, ...revealing]);
}

function copyItems(onCopy: (choice: CopyChoice) => void): readonly MenuItem[] {
  return choices.map(({ label, format, headers }) => ({ label, onChoose: () => onCopy({ format, headers }) }));
}
