/** Finds the row versions a change ended and the ones it made, table by table, in as few round trips as there are questions. */
import { totalOf } from '../../core/effect/counters.ts';
import type { Row } from '../../core/effect/preview.ts';
import type { Step } from './batch.ts';
import { endedPlaces, newVersions, oldVersions, versionsAt, visiblePlaces } from './imageSql.ts';
import type { ImageShape, ImageTable, TouchedLeaf } from './imageTables.ts';
import type { ImageLines } from './images.ts';
import type { Line } from './line.ts';
import { readApart, type ApartResult } from './readApart.ts';

export type Versions<Version> = {
  readonly before: readonly Version[];
  readonly after: readonly Version[];
  /** True when there are more than were asked for. */
  readonly isCut: boolean;
  /** Why some are missing, as a sentence. */
  readonly problem?: string;
};

export type ReadableTable = { readonly table: ImageTable; readonly shape: ImageShape };

/** A version with its place, which identifies it within its table. */
type Placed = { readonly place: string; readonly row: Row };

type LeafVersions = { readonly leaf: TouchedLeaf; readonly shape: ImageShape; old: ApartResult; fresh: ApartResult; before: Placed[]; after: Placed[]; isCut: boolean; problem?: string };

/** Places looked at when the quick search did not find all old versions. */
const maxPlaces = 100_000;

export async function collectVersions(
  lines: ImageLines,
  tables: readonly ReadableTable[],
  { maxRows, transactionId }: { readonly maxRows: number; readonly transactionId: string },
): Promise<ReadonlyMap<string, Versions<Row>>> {
  const targets = tables.flatMap(({ table, shape }) => table.leaves.map((leaf) => ({ leaf, shape })));
  const limit = maxRows + 1;
  const [old, fresh] = await Promise.all([
    ask(lines, lines.former, targets.map(({ leaf, shape }) => oldVersions(leaf.table, shape, transactionId, limit))),
    ask(lines, lines.own, targets.map(({ leaf, shape }) => newVersions(leaf.table, shape, limit))),
  ]);
  const leaves = targets.map((target, index) => toLeaf(target, old[index], fresh[index]));
  await dropForeign(lines, leaves);
  await findMissing(lines, leaves, limit);
  return new Map(tables.map(({ table }) => [table.id, gather(leaves.filter(({ leaf }) => table.leaves.includes(leaf)), maxRows)]));
}

/** What can still be seen by the change was not ended by it, and what could be seen before was not made by it. */
async function dropForeign(lines: ImageLines, leaves: readonly LeafVersions[]): Promise<void> {
  const [alive, present] = await Promise.all([
    ask(lines, lines.own, leaves.map(({ leaf, before }) => visiblePlaces(leaf.table, before.map(({ place }) => place)))),
    ask(lines, lines.former, leaves.map(({ leaf, after }) => visiblePlaces(leaf.table, after.map(({ place }) => place)))),
  ]);
  leaves.forEach((leaf, index) => {
    leaf.before = withoutPlaces(leaf.before, alive[index]);
    leaf.after = withoutPlaces(leaf.after, present[index]);
    noteProblem(leaf, alive[index], present[index]);
  });
}

/**
 * Old versions that a concurrent reader's lock hides behind a shared mark. Looked for when fewer versions were found than
 * operations counted; that also happens when a row was changed twice, and then nothing more is found.
 */
async function findMissing(lines: ImageLines, all: readonly LeafVersions[], limit: number): Promise<void> {
  const isFull = ({ before, old }: LeafVersions) => old.rows.length >= limit && before.length === old.rows.length;
  const leaves = all.filter((each) => each.problem === undefined && !isFull(each) && each.before.length < totalOf(each.leaf.counts) - each.leaf.counts.inserted);
  if (leaves.length === 0) return;
  const ended = await ask(lines, lines.former, leaves.map(({ leaf }) => endedPlaces(leaf.table, maxPlaces)));
  const candidates = leaves.map(({ before }, index) => {
    const known = new Set(before.map(({ place }) => place));
    return placesOf(ended[index]).filter((place) => !known.has(place));
  });
  const alive = await ask(lines, lines.own, leaves.map(({ leaf }, index) => visiblePlaces(leaf.table, candidates[index] ?? [])));
  const missing = candidates.map((places, index) => {
    const living = new Set(placesOf(alive[index]));
    return places.filter((place) => !living.has(place)).slice(0, limit);
  });
  const found = await ask(lines, lines.former, leaves.map(({ leaf, shape }, index) => versionsAt(leaf.table, shape, missing[index] ?? [])));
  leaves.forEach((leaf, index) => {
    leaf.before.push(...toPlaced(found[index]));
    leaf.isCut ||= (ended[index]?.rows.length ?? 0) >= maxPlaces;
    noteProblem(leaf, ended[index], alive[index], found[index]);
  });
}

function gather(leaves: readonly LeafVersions[], maxRows: number): Versions<Row> {
  const before = leaves.flatMap((leaf) => leaf.before.map(({ row }) => row));
  const after = leaves.flatMap((leaf) => leaf.after.map(({ row }) => row));
  const problem = leaves.find((leaf) => leaf.problem !== undefined)?.problem;
  const isCut = before.length > maxRows || after.length > maxRows || leaves.some((leaf) => leaf.isCut);
  return { before: before.slice(0, maxRows), after: after.slice(0, maxRows), isCut, ...(problem === undefined ? {} : { problem }) };
}

function ask({ signal, settings }: ImageLines, line: Line, steps: readonly Step[]): Promise<readonly ApartResult[]> {
  return readApart(line, steps, signal, settings);
}

function toLeaf(target: { leaf: TouchedLeaf; shape: ImageShape }, old: ApartResult | undefined, fresh: ApartResult | undefined): LeafVersions {
  const nothing: ApartResult = { rows: [], tooLarge: false };
  const leaf: LeafVersions = { ...target, old: old ?? nothing, fresh: fresh ?? nothing, before: toPlaced(old), after: toPlaced(fresh), isCut: false };
  noteProblem(leaf, old, fresh);
  return leaf;
}

function noteProblem(leaf: LeafVersions, ...results: readonly (ApartResult | undefined)[]): void {
  for (const result of results) {
    if (result?.problem) leaf.problem ??= describeProblem(result.problem);
    else if (result?.tooLarge === true) leaf.problem ??= 'Some rows are too large to be shown here.';
  }
}

function describeProblem({ sqlState, message }: { readonly sqlState?: string; readonly message: string }): string {
  if (sqlState === '55P03') return 'Somebody else holds a lock on this table: its rows could not be read.';
  if (sqlState === '57014') return 'Reading the rows took too long, so not all are listed.';
  return `The rows could not be read: ${message}.`;
}

function toPlaced(result: ApartResult | undefined): Placed[] {
  return (result?.rows ?? []).map(([place, ...row]) => ({ place: place ?? '', row }));
}

function placesOf(result: ApartResult | undefined): readonly string[] {
  return (result?.rows ?? []).map(([place]) => place ?? '');
}

function withoutPlaces(versions: readonly Placed[], result: ApartResult | undefined): Placed[] {
  const places = new Set(placesOf(result));
  return versions.filter(({ place }) => !places.has(place));
}
