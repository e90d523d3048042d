/** What is known of a function, operator or type by its name alone. */
import type { StatementClass, StatementTag } from '../verdict.ts';
import { builtInColumns, builtInOperators, builtInTypes, computingFunctions } from './functions.data.ts';
import { reviewedFunctions } from './reviewedFunctions.data.ts';

export type FunctionEffect = { readonly class: StatementClass; readonly tags: readonly StatementTag[]; readonly effect: string };

const computes: FunctionEffect = { class: 'read', tags: [], effect: 'computes a value' };

let functions: ReadonlyMap<string, FunctionEffect> | undefined;
let operators: ReadonlySet<string> | undefined;
let types: ReadonlySet<string> | undefined;
let columns: ReadonlySet<string> | undefined;

/**
 * What calling a built-in function does; `undefined` when the name is not built in.
 *
 * A function of the same name in another schema can still win: only the server's read-only transaction proves a read.
 */
export function effectOfFunction(name: readonly string[]): FunctionEffect | undefined {
  if (isOfInformationSchema(name)) return computes;
  functions ??= listFunctions();
  const local = builtInName(name);
  return local === undefined ? undefined : functions.get(local);
}

/** Whether the operator's name exists in `pg_catalog` and no other schema was asked for. */
export function isBuiltInOperator(name: readonly string[]): boolean {
  operators ??= new Set(words(builtInOperators));
  const local = builtInName(name);
  return local !== undefined && operators.has(local);
}

/** Whether it is a base, range or pseudo-type of `pg_catalog`, or an array of one: their casts run no code of users. */
export function isBuiltInType(name: readonly string[]): boolean {
  types ??= new Set(words(builtInTypes));
  const local = builtInName(name);
  return local !== undefined && (types.has(local) || (local.startsWith('_') && types.has(local.slice(1))));
}

/** Whether the rows that a built-in function returns may have a column of that name. */
export function isBuiltInColumn(functionName: readonly string[], column: string): boolean {
  if (isOfInformationSchema(functionName)) return column === 'x' || column === 'n';
  columns ??= new Set(words(builtInColumns));
  return effectOfFunction(functionName) !== undefined && columns.has(column);
}

/** What the views of `information_schema` are made with, and drivers ask for primary keys. Only a superuser could replace them. */
const informationSchemaFunctions: ReadonlySet<string> = new Set([
  '_pg_char_max_length', '_pg_char_octet_length', '_pg_datetime_precision', '_pg_expandarray', '_pg_index_position', '_pg_interval_type',
  '_pg_numeric_precision', '_pg_numeric_precision_radix', '_pg_numeric_scale', '_pg_truetypid', '_pg_truetypmod',
]);

function isOfInformationSchema(name: readonly string[]): boolean {
  return name.length === 2 && name[0] === 'information_schema' && informationSchemaFunctions.has(name[1] ?? '');
}

function builtInName(name: readonly string[]): string | undefined {
  if (name.length === 1) return name[0];
  return name.length === 2 && name[0] === 'pg_catalog' ? name[1] : undefined;
}

function listFunctions(): ReadonlyMap<string, FunctionEffect> {
  // A type's name with one argument in parentheses is a cast.
  const map = new Map([...words(builtInTypes), ...words(computingFunctions)].map((name) => [name, computes]));
  for (const { names, class: statementClass, tags = [], effect } of reviewedFunctions) {
    for (const name of words(names)) map.set(name, { class: statementClass, tags, effect });
  }
  return map;
}

function words(list: string): readonly string[] {
  return list.split(/\s+/u).filter((word) => word !== '');
}
