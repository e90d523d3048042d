/** From what was measured in an open transaction to the effect on each table, with the reason it was reached. */
import { addCounts, diffCounters, type RowCounts, type TableCounters } from './counters.ts';
import type { Exactness, TableEffect, TableRef } from './preview.ts';
import { causeOf, explainTable, type Causes, type Facts, type TouchedTable } from './why.ts';

/** A table and, when it is a partition, the table at the root of its partition tree. */
export type MeasuredTable = { readonly id: string; readonly table: TableRef; readonly root?: { readonly id: string; readonly table: TableRef } };

/** A table that TRUNCATE emptied or DROP removed. */
export type EmptiedTable = MeasuredTable & {
  /** Rows it had before. */
  readonly rows: number;
  /** The table whose own emptying reached it, for TRUNCATE … CASCADE. */
  readonly via?: TableRef;
};

export type Measurement = {
  readonly before: TableCounters;
  readonly after: TableCounters;
  /** Every table of `after`. */
  readonly tables: readonly MeasuredTable[];
  readonly emptied: readonly EmptiedTable[];
  readonly causes: Causes;
  /** Rows the statements' own answers tell of, when that is what they did to their targets. */
  readonly stated?: number;
  /** How sure the counts of a table, or of the table at its root, are. Absent: exact. */
  readonly exactness?: (id: string) => Exactness;
  /** Rows such a table had before, if that is known. */
  readonly tableRows?: (id: string) => number | undefined;
};

/** Effects by table, partitions summed up under their root, sorted by schema and table. */
export function summariseEffects(measurement: Measurement): readonly TableEffect[] {
  const { before, after, tables, emptied, causes, stated } = measurement;
  const groups = new Map<string, TouchedTable>();
  const known = new Map(tables.map((table) => [table.id, table]));
  for (const [id, counts] of diffCounters(before, after)) {
    const table = known.get(id);
    if (table) addTo(groups, table, { counts });
  }
  for (const { rows, via, ...table } of emptied) {
    addTo(groups, table, { counts: { inserted: 0, updated: 0, deleted: rows }, emptied: true, ...(via ? { via } : {}) });
  }
  const roots = new Map([...tables, ...emptied].map(({ id, root }) => [id, root?.id ?? id]));
  const facts: Facts = { groups, roots, causes, ...(stated === undefined ? {} : { stated }) };
  return [...groups.values()].map((group) => toEffect(group, facts, measurement)).toSorted(byName);
}

type Touch = { readonly counts: RowCounts; readonly emptied?: true; readonly via?: TableRef };

function addTo(groups: Map<string, TouchedTable>, measured: MeasuredTable, touch: Touch): void {
  const { id, table } = measured.root ?? measured;
  const group = groups.get(id) ?? { id, table, counts: { inserted: 0, updated: 0, deleted: 0 }, emptied: false };
  groups.set(id, { ...group, ...touch, counts: addCounts(group.counts, touch.counts) });
}

function toEffect(group: TouchedTable, facts: Facts, { exactness, tableRows }: Measurement): TableEffect {
  const { id, table, counts, emptied } = group;
  const rows = tableRows?.(id);
  return {
    table,
    ...counts,
    ...(emptied ? { emptied } : {}),
    why: explainTable(group, facts),
    cause: causeOf(group, facts),
    exactness: exactness?.(id) ?? 'exact',
    ...(rows === undefined ? {} : { tableRows: rows }),
  };
}

function byName(a: TableEffect, b: TableEffect): number {
  return compare(a.table.schema, b.table.schema) || compare(a.table.table, b.table.table);
}

/** By code unit, so that every machine sorts alike. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
