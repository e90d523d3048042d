/** Runs one statement of a change, and says what it wrote: what was locked before, held against what the server answers. */
import type { Operations } from '../../../core/effect/mysql/completeness.ts';
import { isOneOf, quoteName } from '../../../core/effect/mysql/keyText.ts';
import type { Cause } from '../../../core/effect/preview.ts';
import type { QueryResult } from '../command.ts';
import type { Line, RunOptions } from '../line.ts';
import { ask } from './asking.ts';
import type { TableFacts, TableId } from './catalog.ts';
import { lockRows, type LockedRows } from './lockRows.ts';
import type { Plan, PlannedStatement, TakenTable } from './plan.ts';
import { inPortions, keyOfId, qualifiedName, selectDigest } from './rows.ts';

export type TableAccount = { readonly operations: Operations; readonly cause: Cause };

/** What one statement did, as far as it is known without looking at whole tables. */
export type StatementAccount = {
  readonly result: QueryResult;
  readonly tables: ReadonlyMap<TableId, TableAccount>;
  readonly locked: LockedRows | undefined;
  /** Tables it wrote to, where what it did has to be looked for. */
  readonly unsure: readonly TableId[];
  /** Why the account may be wrong, in words. */
  readonly doubts: readonly string[];
};

export type AccountOptions = { readonly index: number; readonly run: RunOptions };

/** Throws `Unanswered`. */
export async function runStatement(line: Line, plan: Plan, planned: PlannedStatement, { index, run }: AccountOptions): Promise<StatementAccount> {
  const { text, write } = planned;
  switch (write.kind) {
    case 'rows': {
      const withDigests = write.shape.operation === 'update' && (write.taken.length > 1 || !write.shape.isOrdered);
      const locked = await lockRows(line, plan, write, { run, withDigests });
      const result = await ask(line, text, run, index);
      return locked ? await accountForRows({ line, plan, run }, write, locked, result) : unknown(result, write.taken.map(({ facts }) => facts));
    }
    case 'adds':
      return accountForAdding(write, await ask(line, text, run, index));
    case 'opaque':
      return unknown(await ask(line, text, run, index), write.targets);
    case 'nothing':
      return unknown(await ask(line, text, run, index), []);
  }
}

function unknown(result: QueryResult, targets: readonly TableFacts[]): StatementAccount {
  return { result, tables: new Map(), locked: undefined, unsure: targets.filter(({ isView }) => !isView).map(({ id }) => id), doubts: [] };
}

type RowsWrite = Extract<PlannedStatement['write'], { kind: 'rows' }>;
type Where = { readonly line: Line; readonly plan: Plan; readonly run: RunOptions };

async function accountForRows(where: Where, write: RowsWrite, locked: LockedRows, result: QueryResult): Promise<StatementAccount> {
  const ledger = new Ledger();
  const doubts = [...locked.doubts];
  const mismatch = write.shape.operation === 'delete' ? await bookDeletes(where, write, locked, { result, ledger }) : await bookUpdates(where, write, locked, { result, ledger });
  if (mismatch !== undefined) doubts.push(mismatch);
  await bookReached(where, write, locked, ledger);
  return { result, tables: ledger.tables, locked, unsure: mismatch === undefined ? [] : write.taken.map(({ facts }) => facts.id), doubts };
}

type Booking = { readonly result: QueryResult; readonly ledger: Ledger };

const otherRows = 'The statement took other rows than the ones that were locked for it.';

/** @returns what does not fit, in words */
async function bookDeletes({ line, plan, run }: Where, { shape, taken }: RowsWrite, { walk, count, taken: sides }: LockedRows, { result, ledger }: Booking): Promise<string | undefined> {
  const [only] = taken;
  if (!only) return undefined;
  if (taken.length === 1 && !shape.isJoin && (only.facts.key.length === 0 || count > (sides[0]?.rows.size ?? 0))) {
    // Counted, not held.
    ledger.book(only.facts.id, { deleted: result.affectedRows }, 'statement');
    return result.affectedRows === count ? undefined : otherRows;
  }
  let own = 0;
  for (const { table, rows } of sides) {
    const deleted = [...(walk.tables.get(table.facts.id)?.values() ?? [])].filter(({ fates }) => fates.has('deleted')).length;
    ledger.book(table.facts.id, { deleted }, deleted > rows.size ? 'mixed' : 'statement');
    own += rows.size;
  }
  // A row that a cascade took first is not counted as the statement's own.
  const cascadesBack = plan.foreignKeys.some(({ child, parent, onDelete }) => onDelete === 'cascade' && walk.tables.has(parent) && taken.some(({ facts }) => facts.id === child));
  if (result.affectedRows > own || (result.affectedRows < own && !cascadesBack)) return otherRows;
  return shape.isOrdered || (await countExisting(line, run, sides)) === 0 ? undefined : otherRows;
}

async function countExisting(line: Line, run: RunOptions, sides: LockedRows['taken']): Promise<number> {
  let existing = 0;
  for (const { table, rows } of sides) {
    for (const ids of inPortions([...rows.keys()])) {
      const { rows: found } = await ask(line, `SELECT COUNT(*) FROM ${qualifiedName(table.facts)} WHERE ${isOneOf(table.facts.key.map(quoteName), ids.map(keyOfId))}`, run);
      existing += Number(found[0]?.[0] ?? 0);
    }
  }
  return existing;
}

async function bookUpdates({ line, plan, run }: Where, { shape, taken }: RowsWrite, { count, taken: sides }: LockedRows, { result, ledger }: Booking): Promise<string | undefined> {
  const changed = numberIn(result.info, 'Changed') ?? result.affectedRows;
  const [only] = taken;
  // MySQL writes rows anew that stay as they are, unless the statement also reads the columns it assigns to.
  let untouched = plan.dialect === 'mysql' ? result.affectedRows - changed : 0;
  if (taken.length === 1 && only && shape.isOrdered) {
    ledger.book(only.facts.id, { updated: changed, extra: untouched + (movesRows(only) ? changed : 0) }, 'statement');
    const matched = shape.isJoin ? (sides[0]?.rows.size ?? 0) : count;
    return result.affectedRows === matched || (shape.isJoin && only.facts.key.length === 0) ? undefined : otherRows;
  }
  let told = 0;
  for (const { table, rows } of sides) {
    const updated = await countChanged(line, run, table, rows);
    ledger.book(table.facts.id, { updated, extra: (movesRows(table) ? updated : 0) + untouched }, 'statement');
    untouched = 0;
    told += updated;
  }
  return told === changed ? undefined : otherRows;
}

/** A row whose key or partition changes is written twice. */
function movesRows({ facts, assigned }: TakenTable): boolean {
  const lower = new Set(assigned.map((column) => column.toLowerCase()));
  return facts.isPartitioned || facts.key.some((column) => lower.has(column.toLowerCase()));
}

async function countChanged(line: Line, run: RunOptions, { facts }: TakenTable, rows: ReadonlyMap<string, { readonly digest: string | null }>): Promise<number> {
  if (facts.key.length === 0) return 0;
  let changed = 0;
  for (const ids of inPortions([...rows.keys()])) {
    const text = `SELECT ${selectDigest(facts, qualifiedName(facts))} FROM ${qualifiedName(facts)} WHERE ${isOneOf(facts.key.map(quoteName), ids.map(keyOfId))}`;
    const now = new Map<string, number>();
    for (const [digest] of (await ask(line, text, run)).rows) now.set(digest ?? '', (now.get(digest ?? '') ?? 0) + 1);
    for (const id of ids) {
      const digest = rows.get(id)?.digest ?? '';
      const left = now.get(digest) ?? 0;
      if (left === 0) changed += 1;
      else now.set(digest, left - 1);
    }
  }
  return changed;
}

/** Rows that foreign keys reached, in other tables than the statement's own. */
async function bookReached({ line, plan, run }: Where, { taken }: RowsWrite, { walk }: LockedRows, ledger: Ledger): Promise<void> {
  for (const [id, rows] of walk.tables) {
    const facts = plan.tables.get(id);
    const isOwn = taken.some((table) => table.facts.id === id);
    if (!facts) continue;
    let deleted = 0;
    let updated = 0;
    let both = 0;
    const followed: string[] = [];
    for (const [rowId, { fates }] of rows) {
      if (fates.has('deleted')) deleted += 1;
      else if (fates.has('nulled')) updated += 1;
      else if (fates.has('followed')) followed.push(rowId);
      if (fates.has('deleted') && (fates.has('nulled') || fates.has('followed'))) both += 1;
    }
    const moved = await countMoved({ line, run }, plan, facts, { ids: followed, rows });
    ledger.book(id, { deleted: isOwn ? 0 : deleted, updated: updated + moved.changed, extra: both + moved.extra }, 'cascade');
  }
}

/** Rows whose foreign key took over another value: they no longer have the one they had. */
async function countMoved({ line, run }: Pick<Where, 'line' | 'run'>, plan: Plan, facts: TableFacts, { ids, rows }: { ids: readonly string[]; rows: ReadonlyMap<string, { readonly row: { readonly values: ReadonlyMap<string, string | null> } }> }): Promise<{ readonly changed: number; readonly extra: number }> {
  if (ids.length === 0 || facts.key.length === 0) return { changed: ids.length, extra: 0 };
  const columns = [...new Set(plan.foreignKeys.filter(({ child, onUpdate }) => child === facts.id && onUpdate !== 'none').flatMap(({ childColumns }) => childColumns))];
  let unmoved = 0;
  for (const portion of inPortions(ids)) {
    const tuples = portion.map((id) => [...keyOfId(id), ...columns.map((column) => rows.get(id)?.row.values.get(column) ?? 'NULL')]);
    const text = `SELECT COUNT(*) FROM ${qualifiedName(facts)} WHERE ${tuples.map((tuple) => `(${[...facts.key, ...columns].map((column, index) => `${quoteName(column)} <=> ${tuple[index] ?? 'NULL'}`).join(' AND ')})`).join(' OR ')}`;
    unmoved += Number((await ask(line, text, run)).rows[0]?.[0] ?? 0);
  }
  const changed = ids.length - unmoved;
  return { changed, extra: columns.some((column) => facts.key.includes(column)) || facts.isPartitioned ? changed : 0 };
}

/** The server's answer counts a row that was replaced or updated twice. */
function accountForAdding({ mode, facts }: Extract<PlannedStatement['write'], { kind: 'adds' }>, result: QueryResult): StatementAccount {
  const ledger = new Ledger();
  if (mode === 'insert') {
    ledger.book(facts.id, { inserted: result.affectedRows }, 'statement');
    return { result, tables: ledger.tables, locked: undefined, unsure: [], doubts: [] };
  }
  const records = numberIn(result.info, 'Records') ?? 1;
  const duplicates = numberIn(result.info, 'Duplicates') ?? Math.max(0, result.affectedRows - 1);
  if (mode === 'replace') ledger.book(facts.id, { inserted: records, deleted: duplicates, extra: 0 }, 'statement');
  else ledger.book(facts.id, { inserted: records - duplicates, updated: Math.max(0, result.affectedRows - records), extra: 0 }, 'statement');
  return { result, tables: ledger.tables, locked: undefined, unsure: [facts.id], doubts: [] };
}

/** A number in the server's own summary, e.g. `Rows matched: 3  Changed: 1  Warnings: 0`. */
function numberIn(info: string, word: string): number | undefined {
  const found = new RegExp(`${word}: (\\d+)`).exec(info)?.[1];
  return found === undefined ? undefined : Number(found);
}

const nothing: Operations = { inserted: 0, updated: 0, deleted: 0, extra: 0 };

class Ledger {
  readonly #tables = new Map<TableId, TableAccount>();

  get tables(): ReadonlyMap<TableId, TableAccount> {
    return this.#tables;
  }

  book(table: TableId, counts: Partial<Operations>, cause: Cause): void {
    const known = this.#tables.get(table);
    const operations = addOperations(known?.operations ?? nothing, { ...nothing, ...counts });
    if (operations.inserted + operations.updated + operations.deleted + operations.extra === 0) return;
    const added = { ...nothing, ...counts };
    const isNew = added.inserted + added.updated + added.deleted > 0;
    this.#tables.set(table, { operations, cause: known && isNew && known.cause !== cause ? 'mixed' : (known?.cause ?? cause) });
  }
}

export function addOperations(a: Operations, b: Operations): Operations {
  return { inserted: a.inserted + b.inserted, updated: a.updated + b.updated, deleted: a.deleted + b.deleted, extra: a.extra + b.extra };
}
