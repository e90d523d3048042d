/** Statements of a text by the rules of its dialect. */
import { mysqlPlaces } from './mysql/statementPlaces.ts';
import { splitPostgres, statementAt } from './postgres/split.ts';
import { placeAt, type StatementRange } from './statementPlaces.ts';
import type { Dialect } from './verdict.ts';

export function splitText(text: string, dialect: Dialect): readonly StatementRange[] {
  return dialect === 'postgresql' ? splitPostgres(text) : mysqlPlaces(text, dialect).map(({ start, end }) => ({ start, end }));
}

/** The statement a caret is in; see `placeAt`. */
export function statementIn(text: string, offset: number, dialect: Dialect): StatementRange | undefined {
  return dialect === 'postgresql' ? statementAt(text, offset) : placeAt(text, mysqlPlaces(text, dialect), offset);
}
