/** Rows as JSON: one list, or one object for each line. */
import type { Column, Row } from '../effect/preview.ts';
import type { RowFacts, RowShape } from './rowWriter.ts';
import { isBooleanType, isJsonType, isNumberType } from './valueTypes.ts';

export function jsonShape({ columns }: RowFacts): RowShape {
  const object = objects(columns, ', ');
  return { head: '[\n', before: (row) => (row === 0 ? '' : ',\n'), row: (row) => `  { ${object(row)} }`, tail: () => '\n]' };
}

export function jsonLinesShape({ columns }: RowFacts): RowShape {
  const object = objects(columns, ',');
  return { head: '', before: (row) => (row === 0 ? '' : '\n'), row: (row) => `{${object(row)}}`.replaceAll(/[\r\n]+/gu, ' '), tail: () => '' };
}

/** @param separator - with a blank in it for people, without for machines */
function objects(columns: readonly Column[], separator: ', ' | ','): (row: Row) => string {
  const colon = separator === ', ' ? ': ' : ':';
  const names = distinctNames(columns).map((name) => JSON.stringify(name));
  return (row) => columns.map(({ type }, index) => `${names[index] ?? '""'}${colon}${jsonValue(row[index] ?? null, type)}`).join(separator);
}

/** A number only where every reader gets the same number back; else the exact digits as a string. */
function jsonValue(value: string | null, type: string): string {
  if (value === null) return 'null';
  if (isBooleanType(type) && (value === 't' || value === 'f')) return value === 't' ? 'true' : 'false';
  if (isNumberType(type) && String(Number(value)) === value && Number.isFinite(Number(value))) return value;
  if (isJsonType(type) && isJson(value)) return value;
  return JSON.stringify(value);
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    // Not JSON after all: it is quoted like any other text.
    return false;
  }
}

/** Two columns may have one name, members of an object may not. */
function distinctNames(columns: readonly Column[]): readonly string[] {
  const used = new Set<string>();
  return columns.map(({ name }) => {
    let distinct = name;
    for (let count = 2; used.has(distinct); count++) distinct = `${name}_${String(count)}`;
    used.add(distinct);
    return distinct;
  });
}
