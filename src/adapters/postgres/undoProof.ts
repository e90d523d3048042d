/** Whether everything is as it was behind a way back that was just tried, in the transaction it was tried in. */
import { addCounts, diffCounters, totalOf, type RowCounts, type TableCounters } from '../../core/effect/counters.ts';
import { pairImages } from '../../core/effect/pairImages.ts';
import { explainRemaining, hasFired, type Remaining, type StillDifferent } from '../../core/undo/beyond.ts';
import type { UndoStep } from '../../core/undo/undo.ts';
import { maxBytes, type ImageLines } from './images.ts';
import { groupLeaves, parseShapes, shapesSql, type ImageTable } from './imageTables.ts';
import { collectVersions, type ReadableTable } from './imageVersions.ts';
import type { Measured } from './measure.ts';
import { arrayLiteral } from './quote.ts';
import { readApart } from './readApart.ts';

export type ProofRequest = {
  readonly lines: ImageLines;
  readonly step: UndoStep;
  /** What was counted before the way back was tried, and behind it. */
  readonly before: TableCounters;
  readonly behind: Measured;
  /** Every table the change touched, partitions by themselves. */
  readonly touched: readonly string[];
  /** Tables that are not restored on purpose. */
  readonly left: ReadonlySet<string>;
  readonly transactionId: string;
  readonly maxRows: number;
};

/** Counts tell it where they are what was planned, and nobody else could have changed a row on its way; otherwise the rows do. */
export async function proveUndo(request: ProofRequest): Promise<Remaining> {
  const { before, behind, step } = request;
  const counts = diffCounters(before, behind.counters);
  const operations = byRoot(counts, behind);
  const rootOf = new Map(behind.tables.map(({ id, root }) => [id, root?.id ?? id]));
  const toRoot = (id: string) => rootOf.get(id) ?? id;
  const triggers = behind.causes.triggers.map((trigger) => ({ ...trigger, table: toRoot(trigger.table), mentions: trigger.mentions.map(toRoot) }));
  if (isAsPlanned(operations, behind, step) && !triggers.some((trigger) => hasFired(trigger, { operations }))) return { leaves: [] };
  const tables = groupLeaves(behind.tables.filter(({ id }) => counts.has(id) || request.touched.includes(id)).map((table) => ({ ...table, counts: behind.counters.get(table.id) ?? nothing, isLocked: false })));
  const different = await findDifferent(request, tables.filter(({ id }) => !request.left.has(id)));
  if ('reason' in different) return { ...different, leaves: [] };
  const names = new Map(behind.tables.flatMap(({ id, table, root }) => [[id, table], ...(root ? [[root.id, root.table] as const] : [])] as const));
  const foreignKeys = behind.causes.foreignKeys.map((key) => ({ ...key, child: toRoot(key.child), parent: toRoot(key.parent) }));
  return explainRemaining(different.tables, { operations, foreignKeys, triggers, nameOf: (id) => [names.get(id)?.schema, names.get(id)?.table].join('.') });
}

const nothing: RowCounts = { inserted: 0, updated: 0, deleted: 0 };

function byRoot(counts: TableCounters, { tables }: Measured): ReadonlyMap<string, RowCounts> {
  const sums = new Map<string, RowCounts>();
  for (const { id, root } of tables) {
    const own = counts.get(id);
    if (own) sums.set(root?.id ?? id, addCounts(sums.get(root?.id ?? id) ?? nothing, own));
  }
  return sums;
}

const operationOf = { 'remove-inserted': 'deleted', 'restore-deleted': 'inserted', 'restore-updated': 'updated', 'restore-object': 'inserted' } as const;

function isAsPlanned(operations: ReadonlyMap<string, RowCounts>, { tables }: Measured, { parts }: UndoStep): boolean {
  const ids = new Map(tables.map(({ id, table, root }) => [JSON.stringify(Object.values(root?.table ?? table)), root?.id ?? id]));
  const planned = new Map<string, RowCounts>();
  for (const { table, kind, rows } of parts) {
    const id = ids.get(JSON.stringify([table.schema, table.table])) ?? '';
    planned.set(id, addCounts(planned.get(id) ?? nothing, { ...nothing, [operationOf[kind]]: rows }));
  }
  return planned.size === operations.size && [...operations].every(([id, counts]) => (['inserted', 'updated', 'deleted'] as const).every((kind) => counts[kind] === planned.get(id)?.[kind]));
}

async function findDifferent({ lines, touched, transactionId, maxRows, behind }: ProofRequest, tables: readonly ImageTable[]): Promise<{ readonly tables: readonly StillDifferent[] } | { readonly reason: string }> {
  const leaves = tables.flatMap((table) => table.leaves.map(({ id }) => id));
  const [described] = await readApart(lines.own, [{ text: shapesSql, values: [arrayLiteral(tables.map(({ id }) => id)), arrayLiteral(leaves)] }], lines.signal);
  const shapes = parseShapes({ tag: '', rows: described?.rows ?? [] });
  const readable: ReadableTable[] = [];
  for (const table of tables) {
    const shape = shapes.get(table.id);
    if (shape?.canSelect !== true || shape.isFiltered || shape.isTemporary || shape.bytes > maxBytes || table.leaves.some(({ id }) => behind.exclusive.has(id))) return { reason: `taking it back would also write to ${nameOf(table)}, whose rows are not known here.` };
    readable.push({ table, shape });
  }
  const versions = await collectVersions(lines, readable, { maxRows, transactionId });
  const different: StillDifferent[] = [];
  for (const { table, shape } of readable) {
    const found = versions.get(table.id);
    if (!found || found.isCut || found.problem !== undefined) return { reason: `whether all rows of ${nameOf(table)} would come back could not be told.` };
    const count = pairImages({ key: shape.key, before: found.before, after: found.after, updated: 0 }).length;
    if (count > 0) different.push({ id: table.id, table: table.table, rows: count, isOfChange: table.leaves.some(({ id }) => touched.includes(id)) && totalOf(table.counts) > 0 });
  }
  return { tables: different };
}

function nameOf({ table }: ImageTable): string {
  return `${table.schema}.${table.table}`;
}
