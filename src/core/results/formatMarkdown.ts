/** Rows as a table in Markdown. */
import type { RowFacts, RowShape } from './rowWriter.ts';
import { isNumberType } from './valueTypes.ts';

export function markdownShape({ columns }: RowFacts): RowShape {
  const names = line(columns.map(({ name }) => name));
  const rule = `| ${columns.map(({ type }) => (isNumberType(type) ? '---:' : '---')).join(' | ')} |`;
  return { head: `${names}\n${rule}`, before: () => '\n', row: (row) => line(columns.map((_, column) => row[column] ?? null)), tail: () => '' };
}

function line(values: readonly (string | null)[]): string {
  return `| ${values.map(cell).join(' | ')} |`;
}

function cell(value: string | null): string {
  return value === null ? 'NULL' : value.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\r\n|\r|\n/gu, '<br>');
}
