/**
 * Which rows a change reaches over foreign keys, found out before it runs. Neither server tells: the rows are deleted and
 * updated inside its storage engine, so somebody has to ask for them key by key, as the engine will.
 */
import type { ReferentialAction } from '../why.ts';

/** `child` references `parent`; columns in the same order. Tables by whatever identity the caller uses. */
export type WalkKey = {
  readonly child: string;
  readonly childColumns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
};

/** A row that was found: its identity within its table, and the columns that foreign keys use, as literals. */
export type WalkRow = { readonly id: string; readonly values: ReadonlyMap<string, string | null> };

/**
 * What becomes of a row. `deleted` and `nulled` for certain; `followed`: its foreign key takes over a new value, if the row it
 * references gets one; `updated`: the statement names it.
 */
export type Fate = 'deleted' | 'nulled' | 'followed' | 'updated';

/** Rows to look for: those of `table` whose `columns` have one of the `tuples`. */
export type Errand = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly tuples: readonly (readonly string[])[];
  readonly fate: Fate;
};

type Found = { readonly row: WalkRow; readonly fates: Set<Fate> };

const tuplesPerErrand = 500;

/** Holds no more than the identities of the rows it was given. */
export class ForeignKeyWalk {
  readonly #keys: readonly WalkKey[];
  readonly #maxRows: number;
  readonly #tables = new Map<string, Map<string, Found>>();
  readonly #errands: Errand[] = [];
  readonly #asked = new Set<string>();
  #rows = 0;

  /** @param maxRows - beyond these it stops, and `isCut` says so */
  constructor(keys: readonly WalkKey[], maxRows: number) {
    this.#keys = keys;
    this.#maxRows = maxRows;
  }

  /** True when there were more rows than it may hold: what it knows is then only a part. */
  get isCut(): boolean {
    return this.#rows > this.#maxRows;
  }

  /** Rows with their fate, of every table that was reached. */
  get tables(): ReadonlyMap<string, ReadonlyMap<string, Found>> {
    return this.#tables;
  }

  /**
   * Notes rows and what is to be asked because of them.
   *
   * @param columns - columns of `table` that may get another value; ignored for rows that are deleted
   */
  add(table: string, rows: readonly WalkRow[], fate: Fate, columns: readonly string[]): void {
    const known = this.#tables.get(table) ?? new Map<string, Found>();
    this.#tables.set(table, known);
    const fresh: WalkRow[] = [];
    for (const row of rows) {
      const found = known.get(row.id);
      if (found?.fates.has(fate) === true) continue;
      if (!found) this.#rows += 1;
      if (this.isCut) return;
      if (found) found.fates.add(fate);
      else known.set(row.id, { row, fates: new Set([fate]) });
      fresh.push(row);
    }
    for (const key of this.#keys) if (key.parent === table) this.#follow(key, fresh, fate, columns);
  }

  /** The next rows to look for, or `undefined` when every one is found. */
  next(): Errand | undefined {
    return this.isCut ? undefined : this.#errands.shift();
  }

  /** What came of an errand. */
  answer({ table, columns, fate }: Errand, rows: readonly WalkRow[]): void {
    this.add(table, rows, fate, columns);
  }

  #follow(key: WalkKey, rows: readonly WalkRow[], fate: Fate, columns: readonly string[]): void {
    const childFate = fateOfChildren(key, fate, columns);
    if (childFate === undefined) return;
    const tuples: string[][] = [];
    for (const { values } of rows) {
      const tuple = key.parentColumns.map((column) => values.get(column) ?? null);
      const text = JSON.stringify([key.child, key.childColumns, childFate, tuple]);
      // A key with NULL in it references nothing.
      if (tuple.includes(null) || this.#asked.has(text)) continue;
      this.#asked.add(text);
      tuples.push(tuple as string[]);
    }
    for (let at = 0; at < tuples.length; at += tuplesPerErrand) {
      this.#errands.push({ table: key.child, columns: key.childColumns, tuples: tuples.slice(at, at + tuplesPerErrand), fate: childFate });
    }
  }
}

function fateOfChildren({ onDelete, onUpdate, parentColumns }: WalkKey, fate: Fate, columns: readonly string[]): Fate | undefined {
  if (fate === 'deleted') {
    if (onDelete === 'cascade') return 'deleted';
    return onDelete === 'none' ? undefined : 'nulled';
  }
  const changes = parentColumns.some((column) => columns.some((changed) => changed.toLowerCase() === column.toLowerCase()));
  return changes && onUpdate !== 'none' ? 'followed' : undefined;
}

/** Tables that rows of `table` can reach over foreign keys, itself left out. */
export function reachableTables(keys: readonly WalkKey[], table: string): readonly string[] {
  const reached = new Set([table]);
  for (const parent of reached) {
    for (const key of keys) if (key.parent === parent && (key.onDelete !== 'none' || key.onUpdate !== 'none')) reached.add(key.child);
  }
  reached.delete(table);
  return [...reached];
}
