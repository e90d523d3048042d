/**
 * Rows before and after a change. A second transaction, under the snapshot the change began with, reads the old versions;
 * the change's own transaction reads the new ones. Neither is disturbed: every read is taken back.
 */
import { totalOf } from '../../core/effect/counters.ts';
import { totalsOf, type NetRows } from '../../core/effect/netRows.ts';
import { pairImages, withoutKey } from '../../core/effect/pairImages.ts';
import type { Preview, Row, TableEffect, TableImages } from '../../core/effect/preview.ts';
import type { Step, StepResult } from './batch.ts';
import type { Context } from './context.ts';
import { collectVersions, type Versions } from './imageVersions.ts';
import { groupLeaves, parseShapes, shapesSql, type ImageShape, type ImageTable, type TouchedLeaf } from './imageTables.ts';
import { addedRows } from './imageAdded.ts';
import { completeByKey } from './imageCompletion.ts';
import { countDistinctRows } from './imageTotals.ts';
import type { BatchEnd, Line } from './line.ts';
import type { Settings } from './readApart.ts';
import { arrayLiteral } from './quote.ts';

export type ImagesRequest = {
  readonly preview: Preview;
  readonly snapshot: string;
  readonly touched: readonly TouchedLeaf[];
  /** Rows per table. */
  readonly maxRows: number;
  /** Larger tables are not read. */
  readonly maxTableBytes?: number;
  readonly signal: AbortSignal;
};

/** What reading images needs: both transactions, when to stop, and settings that decide how values are printed. */
export type ImageLines = { readonly own: Line; readonly former: Line; readonly signal: AbortSignal; readonly settings?: Settings };

/** Above this, reading all of a table twice would burden the server, unless somebody says otherwise. */
export const maxBytes = 5 * 1024 ** 3;

/** Never rejects: what cannot be read is said in `incomplete`. */
export async function fetchImages(context: Context, request: ImagesRequest): Promise<readonly TableImages[]> {
  const images = await readImages(context, request);
  const touched = groupLeaves(request.touched);
  const nameOf = ({ schema, table }: TableEffect['table']): string => JSON.stringify([schema, table]);
  const { effects, definition } = request.preview;
  const gone = new Set([...effects.filter((effect) => effect.emptied === true).map(({ table }) => nameOf(table)), ...(definition?.rewritten ?? []).map(nameOf)]);
  const tables = touched.filter(({ table, leaves }) => gone.has(nameOf(table)) || leaves.some(({ isLocked }) => isLocked));
  const added = await addedRows({
    own: context.line,
    tables,
    gone: new Set(tables.filter(({ table }) => gone.has(nameOf(table))).map(({ id }) => id)),
    maxRows: request.maxRows,
    maxBytes: request.maxTableBytes ?? maxBytes,
    signal: request.signal,
  });
  const byName = new Map(tables.flatMap(({ id, table }) => (added.has(id) ? [[nameOf(table), added.get(id)] as const] : [])));
  return images.map((image) => byName.get(nameOf(image.table)) ?? image);
}

async function readImages(context: Context, request: ImagesRequest): Promise<readonly TableImages[]> {
  const emptied = request.preview.effects.filter((effect) => effect.emptied === true);
  const touched = groupLeaves(request.touched);
  const isSame = (a: TableEffect['table'], b: TableEffect['table']) => a.schema === b.schema && a.table === b.table;
  const tables = touched.filter(({ table }) => !emptied.some((other) => isSame(other.table, table)));
  const unread = emptied.map((effect) => withoutLostRows(effect, touched.find(({ table }) => isSame(table, effect.table))?.counts.deleted ?? 0));
  if (tables.length === 0) return unread;
  const former = await context.metadata();
  const begun: Begun = former ? await beginFormer(former, request.snapshot, tables) : { problem: 'there is no second connection' };
  if (!former || 'problem' in begun) {
    const problem = 'problem' in begun ? begun.problem : '';
    return inOrder([...unread, ...tables.map((table) => withoutRows(table, undefined, `The rows could not be read: ${problem}.`))], request.preview);
  }
  const lines: ImageLines = { own: context.line, former, signal: request.signal };
  const images = await readTables(lines, request, tables, begun.shapes);
  // Locks and the snapshot are not kept while a person thinks; whoever needs the line next waits for this.
  void former.run([{ text: 'ROLLBACK' }], { deadlineMs: 5000 });
  return inOrder([...unread, ...images], request.preview);
}

/**
 * Their rows cannot be read any more: whoever would read them waits for the change. Rows that came afterwards may equal lost ones.
 *
 * @param deletedOneByOne - counted as deleted as well, and among those the table had, or put back before it was emptied
 */
function withoutLostRows({ table, inserted, updated, deleted, exactness = 'exact' }: TableEffect, deletedOneByOne: number): TableImages {
  const isKnown = exactness === 'exact' && inserted === 0 && updated === 0;
  return { table, columns: [], key: [], changes: [], ...(isKnown ? { totals: { inserted, updated, deleted: deleted - deletedOneByOne } } : {}), incomplete: 'Every row is lost; they are not listed.' };
}

/** In the order of the effects. */
function inOrder(images: readonly TableImages[], { effects }: Preview): readonly TableImages[] {
  return effects.flatMap(({ table }) => images.filter((image) => image.table.schema === table.schema && image.table.table === table.table));
}

type Begun = { readonly shapes: ReadonlyMap<string, ImageShape> } | { readonly problem: string };

/** Learns the shapes of the tables and begins the reading transaction. */
export async function beginFormer(former: Line, snapshot: string, tables: readonly ImageTable[]): Promise<Begun> {
  // The only text of the server's that goes into a statement: SET TRANSACTION takes no parameters.
  if (!/^[0-9A-F-]+$/i.test(snapshot)) return { problem: 'the server gave no snapshot' };
  const leaves = tables.flatMap((table) => table.leaves);
  const shapes = await askCatalog(former, { text: shapesSql, values: [arrayLiteral(tables.map(({ id }) => id)), arrayLiteral(leaves.map(({ id }) => id))] });
  if ('problem' in shapes) return shapes;
  const end = await former.run([{ text: 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY' }, { text: `SET TRANSACTION SNAPSHOT '${snapshot}'` }, { text: lockTimeout }], { deadlineMs: 15_000 });
  if (end.kind === 'complete') return { shapes: parseShapes(shapes) };
  return await noAnswer(former, end);
}

/**
 * Asks the catalogue as it is now, not as it was: somebody may have added a column after the change began and before it
 * came to the table. From then on the change's own lock keeps it as it is.
 */
export async function askCatalog(former: Line, step: Step): Promise<StepResult | { readonly problem: string }> {
  const steps: readonly Step[] = [{ text: 'BEGIN TRANSACTION READ ONLY' }, { text: 'SET LOCAL search_path = pg_catalog, pg_temp' }, { text: lockTimeout }, step, { text: 'ROLLBACK' }];
  const end = await former.run(steps, { deadlineMs: 15_000 });
  return end.kind === 'complete' ? (end.results[3] ?? { tag: '', rows: [] }) : await noAnswer(former, end);
}

const lockTimeout = "SET LOCAL lock_timeout = '300ms'";

async function noAnswer(former: Line, end: BatchEnd): Promise<{ readonly problem: string }> {
  if (end.kind !== 'error') return { problem: 'the second connection was lost' };
  await former.run([{ text: 'ROLLBACK' }], { deadlineMs: 5000 });
  return { problem: end.error.message };
}

async function readTables(
  lines: ImageLines,
  { preview, maxRows, maxTableBytes }: ImagesRequest,
  tables: readonly ImageTable[],
  shapes: ReadonlyMap<string, ImageShape>,
): Promise<readonly TableImages[]> {
  const planned = tables.map((table) => {
    const shape = shapes.get(table.id);
    return { table, shape, obstacle: obstacleFor(table, shape, maxTableBytes) };
  });
  const readable = planned.flatMap(({ table, shape, obstacle }) => (shape && obstacle === undefined ? [{ table, shape }] : []));
  const transactionId = preview.transactionId ?? '0';
  const versions = await collectVersions(lines, readable, { maxRows, transactionId });
  const complete = await completeByKey(lines, readable, versions, maxRows);
  const unlisted = readable.filter(({ table, shape }) => !shape.isFiltered && isPartial(complete.get(table.id)));
  const counted = await countDistinctRows(lines, unlisted, transactionId);
  return planned.map(({ table, shape, obstacle }) => {
    if (!shape || obstacle !== undefined) return withoutRows(table, shape, obstacle ?? '');
    return toImages({ table, shape, versions: complete.get(table.id) ?? { before: [], after: [], isCut: false }, maxRows, counted: counted.get(table.id) });
  });
}

/** Why the rows of a table are not read at all. */
export function obstacleFor({ leaves }: ImageTable, shape: ImageShape | undefined, maxTableBytes = maxBytes): string | undefined {
  if (!shape) return 'The change made this table; its rows are not listed.';
  if (leaves.some(({ isLocked }) => isLocked)) return 'The change also alters this table; its rows are not listed.';
  if (shape.isTemporary) return 'This is a temporary table: its rows as they were can be read by nobody, and only the counts are known.';
  if (!shape.canSelect) return 'You have no SELECT right on this table: only the counts are known.';
  return shape.bytes > maxTableBytes ? `This table is larger than ${describeBytes(maxTableBytes)}: its rows are not read, only the counts are known.` : undefined;
}

function describeBytes(bytes: number): string {
  return bytes >= 1024 ** 3 ? `${String(Math.round((bytes / 1024 ** 3) * 10) / 10)} GB` : `${String(Math.round(bytes / 1024 ** 2))} MB`;
}

function withoutRows({ table }: ImageTable, shape: ImageShape | undefined, incomplete: string): TableImages {
  return { table, columns: shape?.columns ?? [], key: shape?.key ?? [], changes: [], incomplete };
}

function isPartial(versions: Versions<Row> | undefined): boolean {
  return versions?.isCut === true || versions?.problem !== undefined;
}

type Read = { readonly table: ImageTable; readonly shape: ImageShape; readonly versions: Versions<Row>; readonly maxRows: number; readonly counted: NetRows | undefined };

function toImages({ table: { table, counts }, shape, versions, maxRows, counted }: Read): TableImages {
  const { before, after, problem } = versions;
  const hasOnlyUpdates = counts.inserted === 0 && counts.deleted === 0;
  const { key, identity, columns } = shape;
  const all = pairImages({ key, before, after, updated: hasOnlyUpdates ? counts.updated : 0, ...(identity ? { identity } : {}) });
  const changes = all.slice(0, maxRows);
  const isPart = isPartial(versions);
  const totals = isPart ? counted : totalsOf(all, key.length > 0, counts);
  const cut = versions.isCut || all.length > maxRows ? [describeCut(changes.length, totals)] : [];
  const hidden = shape.isFiltered ? ['Row security hides rows from you: some that changed may be missing.'] : [];
  const isUnpaired = key.length === 0 && hasOnlyUpdates && all.some(({ kind }) => kind !== 'updated');
  const unpaired = isUnpaired ? [withoutKey] : [];
  const notes = [...cut, ...unpaired, ...hidden, ...(problem === undefined ? [] : [problem])];
  return { table, columns, key, changes, ...(totals && !shape.isFiltered ? { totals } : {}), ...(notes.length === 0 ? {} : { incomplete: notes.join(' ') }) };
}

function describeCut(listed: number, totals: NetRows | undefined): string {
  if (!totals) return `Only ${String(listed)} rows are listed; how many differ in all could not be counted.`;
  return `Only ${String(listed)} of ${String(totalOf(totals))} changed rows are listed.`;
}
