/** What becomes of rows that no counter counts: those of a partition that comes or goes, and of a view that is computed anew. */
import type { TableCounters } from '../../core/effect/counters.ts';
import { rows } from '../../core/effect/describe.ts';
import type { CatalogChange, DefinitionEffect } from '../../core/effect/preview.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { Measured } from './measure.ts';

export type MovedRows = {
  readonly statements: readonly ClassifiedStatement[];
  readonly definition: DefinitionEffect | undefined;
  readonly counts: TableCounters;
  readonly measured: Pick<Measured, 'targetNames'>;
  /** Rows the targets had, by table, as well as that is known. */
  readonly sizes: ReadonlyMap<string, number>;
};

type Had = { readonly id: string; readonly name: string; readonly rows: number };

/** As sentences. */
export function movedRows({ statements, definition, counts, measured: { targetNames }, sizes }: MovedRows): readonly string[] {
  const had = [...targetNames].flatMap(([id, { schema, table }]): Had[] => (sizes.has(id) ? [{ id, name: `${schema}.${table}`, rows: sizes.get(id) ?? 0 }] : []));
  const partitions = (definition?.changes ?? []).flatMap((change) => partitionSaid(change, had.find(({ name }) => name === change.name)?.rows));
  const views = statements.flatMap((statement) => (statement.kind === 'refresh-materialized-view' ? viewSaid(statement, had, counts) : []));
  return [...partitions, ...views];
}

function partitionSaid({ kind, name, detail }: CatalogChange, count: number | undefined): readonly string[] {
  const found = kind === 'changed' ? /(?:^|, )partition (.+) → (.+?)(?:, |$)/u.exec(detail ?? '') : null;
  if (!found) return [];
  const them = count === undefined ? 'its rows' : `its ${rows(count)}`;
  if (found[2] === 'none') return [`${name} is no partition any more: ${them} stay in it, and are no longer found in the partitioned table.`];
  if (found[1] === 'none') return [`${name} becomes a partition: ${them} are found in the partitioned table from then on.`];
  return [];
}

/** Refreshed concurrently, its rows are counted like those of a table. */
function viewSaid({ text, targets }: ClassifiedStatement, all: readonly Had[], counts: TableCounters): readonly string[] {
  const [target] = targets.filter(({ access }) => access === 'write');
  const had = all.find(({ name }) => target && (target.schema === undefined ? name.endsWith(`.${target.table}`) : name === `${target.schema}.${target.table}`));
  if (!had || /\bconcurrently\b/iu.test(text)) return [];
  if (/\bwith\s+no\s+data\b/iu.test(text)) return [`${had.name} is left without data: its ${rows(had.rows)} are gone, and it cannot be read until it is refreshed.`];
  return [`${had.name} is computed anew: it had ${rows(had.rows)}, and has ${rows(counts.get(had.id)?.inserted ?? 0)} now.`];
}
