/** Rows by key, every value as a literal that the server made. */
import { isOneOf, quoteName, selectKey } from '../../core/effect/mysql/keyText.ts';
import type { Row, RowChange } from '../../core/effect/preview.ts';
import { literalOf } from '../../core/undo/mysql/literals.ts';
import { ask } from './change/asking.ts';
import type { TableFacts } from './change/catalog.ts';
import { idOf, inPortions, keyOfId, qualifiedName, valuesOf } from './change/rows.ts';
import type { Line } from './line.ts';

export type LiteralRows = ReadonlyMap<string, Row>;

/** A touched table: which rows changed how, and their values on both sides. */
export type TouchedRows = { readonly facts: TableFacts; readonly kinds: ReadonlyMap<string, RowChange['kind']>; readonly before: LiteralRows; readonly after: LiteralRows };

const rowBytes = 8 * 1024 * 1024;

/** Throws `Unanswered`. */
export async function readLiterals(line: Line, facts: TableFacts, ids: readonly string[]): Promise<LiteralRows> {
  const found = new Map<string, Row>();
  for (const some of inPortions(ids)) {
    const { rows } = await ask(line, selectLiterals(facts, some.map(keyOfId)), { rowBytes, deadlineMs: 60_000 });
    for (const row of rows) found.set(idOf(facts, row), valuesOf(facts, row));
  }
  return found;
}

function selectLiterals(facts: TableFacts, keys: readonly (readonly string[])[]): string {
  const kinds = new Map(facts.columns.map(({ name, kind }) => [name, kind]));
  const key = facts.key.map((name) => selectKey(quoteName(name), kinds.get(name) ?? 'none'));
  const values = facts.columns.map(({ name, type }) => literalOf(quoteName(name), type));
  return `SELECT ${[...key, ...values].join(', ')} FROM ${qualifiedName(facts)} WHERE ${isOneOf(facts.key.map(quoteName), keys)}`;
}

export function sameLiterals(a: LiteralRows, b: LiteralRows): boolean {
  return a.size === b.size && [...a].every(([id, row]) => row.every((value, index) => value === b.get(id)?.[index]));
}
