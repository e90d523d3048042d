/**
 * The way back from an open change: every touched row is read in full on both sides, and the statement that brings the old
 * ones back is tried at once, in the change's own transaction, and taken back. What the server then refuses, it would refuse
 * later too, so it is said before anything is committed.
 */
import { totalOf } from '../../core/effect/counters.ts';
import { pairImages } from '../../core/effect/pairImages.ts';
import type { Row, TableEffect } from '../../core/effect/preview.ts';
import { isOfStatement } from '../../core/effect/why.ts';
import { toFailure } from '../../core/errors.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import { findFiredAgain, type FiredAgain, type TouchedByChange } from '../../core/undo/firedAgain.ts';
import { planPostgresUndo } from '../../core/undo/postgres/planPostgres.ts';
import type { Undo } from '../../core/undo/undo.ts';
import type { UndoTable } from '../../core/undo/undoTable.ts';
import type { Context } from './context.ts';
import { beginFormer, maxBytes, type ImageLines } from './images.ts';
import { groupLeaves, type ImageShape, type ImageTable } from './imageTables.ts';
import { collectVersions, type Versions } from './imageVersions.ts';
import type { MeasuredChange } from './previewOf.ts';
import { arrayLiteral } from './quote.ts';
import { readApart, type Settings } from './readApart.ts';
import { parseUndoFacts, undoFactsSql, type UndoFacts } from './undoFacts.ts';
import { proveUndo } from './undoProof.ts';
import { tryUndo } from './undoTry.ts';

export type UndoRequest = MeasuredChange & {
  readonly statements: readonly ClassifiedStatement[];
  /** Rows of all tables together. */
  readonly maxRows: number;
  readonly signal: AbortSignal;
};

/** Under these every value of every type is printed so that it is read the same under any. Money keeps the session's own form. */
const printing: Settings = {
  datestyle: 'ISO, YMD',
  intervalstyle: 'iso_8601',
  extra_float_digits: '1',
  bytea_output: 'hex',
  timezone: 'UTC',
};

const none = (reason: string): Undo => ({ kind: 'none', reason });

/** Never rejects. */
export async function makeUndo(context: Context, request: UndoRequest): Promise<Undo> {
  try {
    return await make(context, request);
  } catch (thrown) {
    return none(`it could not be made: ${toFailure(thrown).message.replace(/\.$/u, '')}.`);
  }
}

async function make(context: Context, request: UndoRequest): Promise<Undo> {
  const obstacle = obstacleIn(request);
  if (obstacle !== undefined) return none(obstacle);
  const tables = groupLeaves(request.touched);
  const former = await context.metadata();
  if (!former) return none('there is no second connection to read the rows as they were.');
  const begun = await beginFormer(former, request.snapshot, tables);
  if ('problem' in begun) return none(`the rows as they were could not be read: ${begun.problem}.`);
  try {
    const lines: ImageLines = { own: context.line, former, signal: request.signal, settings: printing };
    return await readAndPlan(lines, request, { tables, shapes: begun.shapes });
  } finally {
    void former.run([{ text: 'ROLLBACK' }], { deadlineMs: 5000 });
  }
}

/** What can be said without looking at any row. */
function obstacleIn({ preview, touched, statements, maxRows }: UndoRequest): string | undefined {
  const defines = (preview.definition?.changes.length ?? 0) > 0 || statements.some(({ class: kind, kind: verb }) => kind === 'ddl' || kind === 'admin' || kind === 'privilege' || definesAnyhow(verb));
  const emptied = preview.effects.find((effect) => effect.emptied === true && effect.deleted > 0);
  if (emptied) return `the rows of ${nameOf(emptied)} are dropped without being kept.`;
  if (defines) return 'the change alters definitions, and only rows can be brought back.';
  const altered = touched.find(({ isLocked }) => isLocked);
  if (altered) return `the change also alters or locks ${altered.table.schema}.${altered.table.table}.`;
  const operations = touched.reduce((sum, { counts }) => sum + totalOf(counts), 0);
  return operations > maxRows ? `more than ${String(maxRows)} rows changed.` : undefined;
}

/** Statements that can be destructive for what they define away. */
function definesAnyhow(kind: string): boolean {
  return /^(?:alter|drop|create|truncate|rename|cluster|reindex|refresh|reassign|comment|security|import)\b/u.test(kind);
}

type Found = { readonly tables: readonly ImageTable[]; readonly shapes: ReadonlyMap<string, ImageShape> };

async function readAndPlan(lines: ImageLines, request: UndoRequest, { tables, shapes }: Found): Promise<Undo> {
  const leaves = tables.flatMap((table) => table.leaves.map(({ id }) => id));
  const [answer] = await readApart(lines.own, [{ text: undoFactsSql, values: [arrayLiteral(tables.map(({ id }) => id)), arrayLiteral(leaves)] }], request.signal);
  if (!answer || answer.problem || answer.rows.length === 0) return none(`the tables could not be examined: ${answer?.problem?.message ?? 'there was no answer'}.`);
  const facts = parseUndoFacts({ tag: '', rows: answer.rows });
  if (facts.beyond !== undefined) return none(beyondReasons[facts.beyond]);
  const again = findFiredAgain(tables.map((table) => touchedByChange(table, facts, request.preview.effects)), facts.triggers);
  const wanted = tables.filter(({ id }) => !again.left.has(id));
  const readable: { readonly table: ImageTable; readonly shape: ImageShape }[] = [];
  for (const table of wanted) {
    const shape = shapes.get(table.id);
    const reason = unreadable(table, shape, facts);
    if (!shape || reason !== undefined) return none(reason ?? `${nameOf(table)} is new.`);
    readable.push({ table, shape });
  }
  const versions = await collectVersions(lines, readable, { maxRows: request.maxRows, transactionId: request.preview.transactionId ?? '0' });
  const undoTables: UndoTable[] = [];
  for (const { table, shape } of readable) {
    const found = versions.get(table.id);
    const read = found && toUndoTable(table, shape, found, facts);
    if (!read || 'reason' in read) return none(read?.reason ?? `the rows of ${nameOf(table)} could not be read.`);
    undoTables.push(read);
  }
  return await planAndTry(lines, request, undoTables, { again, leaves: leavesOf(again, wanted, facts) });
}

type Around = { readonly again: FiredAgain; readonly leaves: readonly string[] };

async function planAndTry(lines: ImageLines, request: UndoRequest, tables: readonly UndoTable[], { again, leaves }: Around): Promise<Undo> {
  const { maxRows, signal, counters, touched, preview } = request;
  if (tables.reduce((sum, { changes }) => sum + changes.length, 0) > maxRows) return none(`more than ${String(maxRows)} rows changed.`);
  const planned = planPostgresUndo(tables);
  if (planned.kind === 'none') return planned;
  const { step } = planned;
  if (!step) return { kind: 'steps', dialect: 'postgresql', settings: {}, steps: [], leaves };
  const proof = { lines, step, before: counters, touched: touched.map(({ id }) => id), left: again.left, transactionId: preview.transactionId ?? '0', maxRows };
  const remaining = await tryUndo({ line: lines.own, step, signal, prove: async (behind) => await proveUndo({ ...proof, behind }) });
  if (remaining.reason !== undefined) return none(remaining.reason);
  return { kind: 'steps', dialect: 'postgresql', settings: {}, steps: [step], leaves: [...leaves, ...remaining.leaves] };
}

function touchedByChange({ id, table, counts }: ImageTable, { tables }: UndoFacts, effects: readonly TableEffect[]): TouchedByChange {
  const isNamed = effects.some((effect) => isOfStatement(effect.why) && effect.table.schema === table.schema && effect.table.table === table.table);
  return { id, table, counts, isOwn: isNamed || tables.get(id)?.isCascaded === true };
}

function leavesOf({ leaves }: FiredAgain, tables: readonly ImageTable[], { tables: facts }: UndoFacts): readonly string[] {
  const numbered = tables.filter(({ id, counts }) => counts.inserted > 0 && facts.get(id)?.takesNumbers === true);
  return [...numbered.map((table) => `Numbers that new rows of ${nameOf(table)} took stay used.`), ...leaves];
}

const beyondReasons = {
  'foreign-table': 'a table of another server may have changed, and its rows are not known here.',
  'large-object': 'large objects changed, and their content is not kept.',
} as const;

function unreadable(table: ImageTable, shape: ImageShape | undefined, facts: UndoFacts): string | undefined {
  if (!shape) return `the change made ${nameOf(table)}.`;
  const kind = facts.tables.get(table.id)?.kind;
  if (kind !== 'r' && kind !== 'p') return `${nameOf(table)} is no ordinary table.`;
  if (shape.isTemporary) return `${nameOf(table)} is a temporary table, whose rows as they were nobody can read.`;
  if (!shape.canSelect) return `you have no SELECT right on ${nameOf(table)}.`;
  if (shape.isFiltered) return `row security may hide changed rows of ${nameOf(table)} from you.`;
  return shape.bytes > maxBytes ? `${nameOf(table)} is larger than 5 GB, so its rows are not read.` : undefined;
}

function toUndoTable(table: ImageTable, shape: ImageShape, { before, after, isCut, problem }: Versions<Row>, facts: UndoFacts): UndoTable | { readonly reason: string } {
  if (problem !== undefined) return { reason: `not all rows of ${nameOf(table)} could be read: ${problem.toLowerCase()}` };
  if (isCut) return { reason: `too many rows of ${nameOf(table)} changed.` };
  const known = facts.tables.get(table.id);
  if (known?.columns.length !== shape.columns.length) return { reason: `the change altered the columns of ${nameOf(table)}.` };
  // Without a key nothing says which version became which: each is taken back by itself.
  const changes = pairImages({ key: shape.key, before, after, updated: 0 }).filter((change) => change.kind !== 'updated' || !sameRow(change.before, change.after));
  return { table: table.table, isPartitioned: known.kind === 'p', columns: known.columns, key: shape.key, uniques: known.uniques, isReferenced: known.isReferenced, changes };
}

function sameRow(a: Row, b: Row): boolean {
  return a.every((value, index) => value === b[index]);
}

function nameOf({ table }: { readonly table: { readonly schema: string; readonly table: string } }): string {
  return `${table.schema}.${table.table}`;
}
