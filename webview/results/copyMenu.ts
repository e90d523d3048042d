/** The ways to copy a result. The host makes the text: it has all rows and the exact values. */
import type { CopyFormat } from '../../src/protocol/results.ts';
import { openMenuAt } from '../lib/menu.ts';

export type CopyChoice = { readonly format: CopyFormat; readonly headers: boolean };

export const plainCopy: CopyChoice = { format: 'tsv', headers: false };

const choices: readonly (CopyChoice & { readonly label: string })[] = [
  { label: 'Copy', ...plainCopy },
  { label: 'Copy with Headers', format: 'tsv', headers: true },
  { label: 'Copy as CSV', format: 'csv', headers: true },
  { label: 'Copy as JSON', format: 'json', headers: true },
  { label: 'Copy as Markdown', format: 'markdown', headers: true },
  { label: 'Copy as INSERT', format: 'insert', headers: true },
];

export function openCopyMenu(x: number, y: number, onCopy: (choice: CopyChoice) => void): void {
  openMenuAt(
    x,
    y,
    'Copy',
    choices.map(({ label, format, headers }) => ({ label, onChoose: () => onCopy({ format, headers }) })),
  );
}
