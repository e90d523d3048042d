/** CSV and TSV. */
import { isNumberType } from './valueTypes.ts';
import type { RowFacts, RowShape } from './rowWriter.ts';

export type Delimiter = ',' | ';' | '\t';

const special: Record<Delimiter, RegExp> = { ',': /[",\r\n]/u, ';': /[";\r\n]/u, '\t': /["\t\r\n]/u };
/** What spreadsheets take for the beginning of a formula, in the width of any keyboard. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/u;
const plainNumber = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/iu;

/** RFC 4180 with a choice of delimiter, as spreadsheets read it. NULL is nothing at all and the empty string is `""`, as in PostgreSQL's own CSV. */
export function delimitedShape({ columns, headers, guardsFormulas = false }: RowFacts, delimiter: Delimiter, lineEnd: string): RowShape {
  const quote = (value: string): string => (value === '' || special[delimiter].test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const numbers = columns.map(({ type }) => isNumberType(type));
  const guard = (value: string, column: number): string =>
    guardsFormulas && formula.test(value) && !(numbers[column] === true && plainNumber.test(value)) ? `'${value}` : value;
  const head = headers ? columns.map(({ name }) => quote(guardsFormulas && formula.test(name) ? `'${name}` : name)).join(delimiter) : '';
  return {
    head,
    before: (row) => (row === 0 && !headers ? '' : lineEnd),
    row: (row) => columns.map((_, column) => cell(row[column] ?? null, column)).join(delimiter),
    tail: () => '',
  };

  function cell(value: string | null, column: number): string {
    return value === null ? '' : quote(guard(value, column));
  }
}
