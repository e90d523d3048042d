/**
 * All row versions a change ended, and all it made, as sets that a query can be asked about however many there are. Which
 * marks on old versions are not the change's own is learned first, and again afterwards: somebody may have locked a row meanwhile.
 */
import { totalOf } from '../../core/effect/counters.ts';
import type { Step, StepResult } from './batch.ts';
import { aliasFor, qualified, type ImageShape, type ImageTable, type TouchedLeaf } from './imageTables.ts';
import type { ImageLines } from './images.ts';
import type { ReadableTable } from './imageVersions.ts';
import { quoteName, arrayLiteral } from './quote.ts';
import { readApart, type ApartResult, type Settings } from './readApart.ts';

/** Under these, equal values are printed alike by both connections, and by every later run. */
export const comparable: Settings = { datestyle: 'ISO, YMD', intervalstyle: 'iso_8601', extra_float_digits: '1', bytea_output: 'hex', timezone: 'UTC', xmloption: 'content' };

/** Places whose marks are not the change's doing, for each leaf of a table. */
type Exclusions = ReadonlyMap<string, { readonly alive: readonly string[]; readonly foreign: readonly string[] }>;

/** Which marks are looked at: those young enough to be ours, or every one, since a lock that is shared hides whose it is. */
type Marks = 'young' | 'all';

/** A select over the versions of one side of a table. `from`: a table expression to select from. */
export type SideQuery = (from: (columns: readonly string[]) => string, table: ReadableTable) => string;

export type SideRows = { readonly old: StepResult['rows']; readonly fresh: StepResult['rows'] };

/** More places than this are not sent back and forth. */
const maxPlaces = 100_000;
const maxAttempts = 3;

type Asked = { readonly transactionId: string; readonly query: SideQuery; /** How many rows an answer is about. */ readonly countRows: (rows: StepResult['rows']) => number };

/** Answers of both sides, by table; `undefined` where not all rows can be told from others'. Never rejects. */
export async function askBothSides(lines: ImageLines, tables: readonly ReadableTable[], asked: Asked): Promise<ReadonlyMap<string, SideRows | undefined>> {
  const answers = new Map<string, SideRows | undefined>();
  for (const readable of tables) answers.set(readable.table.id, await askTable(lines, readable, asked));
  return answers;
}

async function askTable(lines: ImageLines, readable: ReadableTable, asked: Asked): Promise<SideRows | undefined> {
  const quick = await askStable(lines, readable, asked, 'young');
  if (quick && asked.countRows(quick.old) >= endedIn(readable.table)) return quick;
  // Fewer than were counted: rows were changed twice, or somebody's lock hides some.
  return await askStable(lines, readable, asked, 'all');
}

/** Operations that ended a version. */
function endedIn({ counts }: ImageTable): number {
  return totalOf(counts) - counts.inserted;
}

async function askStable(lines: ImageLines, readable: ReadableTable, asked: Asked, marks: Marks): Promise<SideRows | undefined> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const known = await findExclusions(lines, readable, asked.transactionId, marks);
    if (!known) return undefined;
    const answer = await askOnce(lines, readable, { ...asked, marks, exclusions: known });
    const again = await findExclusions(lines, readable, asked.transactionId, marks);
    if (!answer || !again) return undefined;
    if (isCovered(again, known)) return answer;
  }
  return undefined;
}

/** True when no mark was added. One that went says nothing about what was read. */
function isCovered(later: Exclusions, earlier: Exclusions): boolean {
  return [...later].every(([id, { alive }]) => {
    const before = new Set(earlier.get(id)?.alive ?? []);
    return alive.every((place) => before.has(place));
  });
}

async function findExclusions(lines: ImageLines, { table, shape }: ReadableTable, transactionId: string, marks: Marks): Promise<Exclusions | undefined> {
  const [alive, foreign] = await Promise.all([
    readApart(lines.own, table.leaves.map((leaf) => alivePlaces(leaf, shape, transactionId, marks)), lines.signal),
    readApart(lines.former, table.leaves.map((leaf) => foreignPlaces(leaf, shape, transactionId)), lines.signal),
  ]);
  if ([...alive, ...foreign].some(isUnusable)) return undefined;
  return new Map(table.leaves.map(({ id }, index) => [id, { alive: placesOf(alive[index]), foreign: placesOf(foreign[index]) }]));
}

function isUnusable({ problem, tooLarge, rows }: ApartResult): boolean {
  return problem !== undefined || tooLarge || rows.length > maxPlaces;
}

function placesOf(result: ApartResult | undefined): readonly string[] {
  return (result?.rows ?? []).map(([place]) => place ?? '');
}

async function askOnce(lines: ImageLines, readable: ReadableTable, { transactionId, query, marks, exclusions }: Asked & { readonly marks: Marks; readonly exclusions: Exclusions }): Promise<SideRows | undefined> {
  const { table, shape } = readable;
  const values = (side: 'alive' | 'foreign') => table.leaves.map(({ id }) => arrayLiteral(exclusions.get(id)?.[side] ?? []));
  const source = (condition: (alias: string) => string) => (columns: readonly string[]) => sourceOf(table.leaves, shape, columns, condition);
  const [[old], [fresh]] = await Promise.all([
    readApart(lines.former, [{ text: query(source((alias) => marked(alias, transactionId, marks)), readable), values: values('alive') }], lines.signal, comparable),
    readApart(lines.own, [{ text: query(source(isNew), readable), values: values('foreign') }], lines.signal, comparable),
  ]);
  if (!old || !fresh || [old, fresh].some(({ problem, tooLarge }) => problem !== undefined || tooLarge)) return undefined;
  return { old: old.rows, fresh: fresh.rows };
}

/** The versions of all leaves; parameter n holds the places to leave out of leaf n. */
function sourceOf(leaves: readonly TouchedLeaf[], shape: ImageShape, columns: readonly string[], condition: (alias: string) => string): string {
  const alias = aliasFor(shape.columns);
  const names = columns.map((name) => `${alias}.${quoteName(name)}`).join(', ');
  const each = leaves.map(({ table }, index) => {
    const left = `${alias}.ctid NOT IN (SELECT unnest($${String(index + 1)}::tid[]))`;
    return `SELECT ${names} FROM ONLY ${qualified(table)} AS ${alias} WHERE ${condition(alias)} AND ${left}`;
  });
  return `(${each.join(' UNION ALL ')}) AS ${alias}`;
}

function isNew(alias: string): string {
  return `age(${alias}.xmin) <= 0`;
}

function marked(alias: string, transactionId: string, marks: Marks): string {
  const isMarked = `${alias}.xmax <> '0'::xid`;
  return marks === 'all' ? isMarked : `${isMarked} AND age(${alias}.xmax) <= age('${xidOf(transactionId)}'::xid)`;
}

/** Old versions that carry a mark and are still there for the change: locked only, or somebody else's doing. */
function alivePlaces({ table }: TouchedLeaf, shape: ImageShape, transactionId: string, marks: Marks): Step {
  const alias = aliasFor(shape.columns);
  const condition = `${marked(alias, transactionId, marks)} AND NOT ${isNew(alias)}`;
  return { text: `SELECT ${alias}.ctid FROM ONLY ${qualified(table)} AS ${alias} WHERE ${condition} LIMIT ${String(maxPlaces + 1)}` };
}

/** Versions that were there before and only look new: their transaction's number came round again. */
function foreignPlaces({ table }: TouchedLeaf, shape: ImageShape, transactionId: string): Step {
  const alias = aliasFor(shape.columns);
  return { text: `SELECT ${alias}.ctid FROM ONLY ${qualified(table)} AS ${alias} WHERE age(${alias}.xmin) <= age('${xidOf(transactionId)}'::xid) LIMIT ${String(maxPlaces + 1)}` };
}

/** Row versions carry the lower 32 bits of a transaction's id. */
function xidOf(transactionId: string): string {
  return String(BigInt(transactionId) & 0xffffffffn);
}
