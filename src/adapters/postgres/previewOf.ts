/** From the answers of a change's batch to its preview. */
import type { ChangeRequest } from '../../app/ports.ts';
import { epochMs, type EpochMs } from '../../core/brand.ts';
import { diffCounters, type TableCounters } from '../../core/effect/counters.ts';
import type { EmptiedTable } from '../../core/effect/measurement.ts';
import type { Preview, RanStatement, TableEffect } from '../../core/effect/preview.ts';
import type { Failure } from '../../core/errors.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { StepResult } from './batch.ts';
import { parseSetUp, positionsOf } from './changeSteps.ts';
import type { Context } from './context.ts';
import { readDefinitions } from './ddl.ts';
import { effectsOfChange, effectsOfStatements, type Counted } from './effectsOf.ts';
import { emptiesTables, findEmptied, parseBaseline, parseFormer, parseMeasured, parseSizes, type FormerTable, type Measured } from './measure.ts';
import { formerSql } from './measureSql.ts';
import { movedRows } from './movedRows.ts';
import { permanentByText } from './permanent.ts';
import { arrayLiteral } from './quote.ts';
import type { TouchedLeaf } from './imageTables.ts';

export type MeasuredChange = {
  readonly preview: Preview;
  /** Name under which another transaction sees what was there before. */
  readonly snapshot: string;
  /** Every table whose rows were counted, partitions each by itself. */
  readonly touched: readonly TouchedLeaf[];
  /** As they were read behind the statements, leftovers of earlier transactions included. */
  readonly counters: TableCounters;
  /** How many advisory locks the session holds behind the statements. */
  readonly advisoryLocks: number;
  /** The server's process behind the change. */
  readonly processId: string;
};

type Ran = { readonly results: readonly StepResult[]; readonly notices: readonly string[]; readonly openedAt: EpochMs };

export async function createPreview(context: Context, request: ChangeRequest, ran: Ran): Promise<MeasuredChange | { readonly failure: Failure }> {
  const { statements, limits } = request;
  const at = positionsOf(request);
  const { snapshot, countsRows, began } = parseSetUp(ran.results[at.setUp]?.rows[0]);
  if (!countsRows) return { failure: notCounting };
  const measured = parseMeasured(ran.results[at.measure]);
  if (measured.began !== began) return { failure: leftTransaction };
  if (measured.hasUnseen) return { failure: madeMeanwhile };
  const before = parseBaseline(ran.results[at.baseline]);
  const former = at.emptying === undefined ? [] : parseFormer(ran.results[at.emptying]);
  const late = await lateTables(context, measured, former);
  const emptied = [...findEmptied(former, measured), ...findEmptied(late, measured).filter(({ id }) => measured.exclusive.get(id) === undefined || !mayRewrite(statements))];
  const counts = diffCounters(before, measured.counters);
  const estimated = new Set([...former.filter(({ rows }) => rows === undefined), ...late].map(({ id }) => id));
  const answers = at.statements.map((place) => ran.results[place]);
  const readings = at.readings.map((place) => parseBaseline(ran.results[place]));
  const counted: Counted = { statements, answers, before, readings, measured, emptied, estimated, sizes: parseSizes(ran.results[at.sizes]) };
  const shares = effectsOfStatements(counted);
  const texts = statements.map(({ text }) => text);
  const { definition, locks, permanent, advisoryLocks, processId } = await readDefinitions(context, { results: ran.results, at: at.ddl, transaction: measured.transactionId, emptying: new Set(former.map(({ id }) => id)), texts });
  const preview: Preview = {
    statements: statements.map((statement, index) => toRan(statement, answers[index], shares?.[index])),
    effects: effectsOfChange(counted),
    permanent: [...new Set([...permanentOf(measured, counts), ...permanent, ...permanentByText(statements)])],
    ...(definition ? { definition } : {}),
    ...(locks.length === 0 ? {} : { locks }),
    ...(measured.computed.length === 0 ? {} : { computed: measured.computed }),
    notices: [...ran.notices, ...(measured.firesTriggers ? [] : [switchedOff]), ...estimateNotices(emptied, estimated), ...movedRows({ statements, definition, counts, measured, sizes: counted.sizes })],
    ...(measured.transactionId === undefined ? {} : { transactionId: measured.transactionId }),
    openedAt: ran.openedAt,
    expiresAt: epochMs(context.clock.now() + limits.holdMs),
  };
  const touched = measured.tables.flatMap((table): TouchedLeaf[] => {
    const own = counts.get(table.id);
    return own ? [{ ...table, counts: own, isLocked: measured.exclusive.has(table.id) }] : [];
  });
  return { preview, snapshot, touched, counters: measured.counters, advisoryLocks, processId };
}

/** Tables that were emptied or removed although no statement says so: by a function, a trigger, a schema that went. */
async function lateTables(context: Context, { exclusive }: Measured, former: readonly FormerTable[]): Promise<readonly FormerTable[]> {
  const known = new Set(former.map(({ id }) => id));
  const unknown = [...exclusive.keys()].filter((id) => !known.has(id));
  if (unknown.length === 0) return [];
  const line = await context.metadata();
  const end = await line?.run([{ text: formerSql, values: [arrayLiteral(unknown)] }], { deadlineMs: 10_000 });
  if (end?.kind !== 'complete') throw new Error('Not run to its end: which tables the change empties could not be learned, so it was rolled back. Run it again.');
  return parseFormer(end.results[0]);
}

/** True when a statement may give a table new storage and keep its rows. */
function mayRewrite(statements: readonly ClassifiedStatement[]): boolean {
  return statements.some((statement) => !emptiesTables(statement) && ['ddl', 'admin', 'destructive'].includes(statement.class) && !['delete', 'update'].includes(statement.kind));
}

function toRan({ text }: ClassifiedStatement, result: StepResult | undefined, effects: readonly TableEffect[] | undefined): RanStatement {
  const commandTag = result?.tag ?? '';
  const returned = result?.rows ?? [];
  return { text, commandTag, rows: Number(/ (\d+)$/.exec(commandTag)?.[1] ?? 0), ...(returned.length > 0 ? { returned } : {}), ...(effects ? { effects } : {}) };
}

function permanentOf({ tables, sequences, foreignTables, outside }: Measured, counts: TableCounters): readonly string[] {
  const grown = new Set(tables.filter(({ id }) => (counts.get(id)?.inserted ?? 0) > 0).flatMap(({ id, root }) => [id, root?.id ?? id]));
  const names = new Set(sequences.filter(({ table }) => grown.has(table)).map(({ name }) => name));
  return [
    ...[...names].toSorted().map((name) => `Numbers taken from the sequence ${name} stay used after a rollback.`),
    ...outsideOf({ tables, outside }, counts),
    ...foreignTables.map(({ schema, table }) => `${schema}.${table} lives on another server: its rows are not counted here, and that server decides what a rollback undoes.`),
  ];
}

/** Whether the code came by that call nobody can see; that its trigger is on a table that changed can be. */
function outsideOf({ tables, outside }: Pick<Measured, 'tables' | 'outside'>, counts: TableCounters): readonly string[] {
  return outside.flatMap(({ table: id, name, calls }) => {
    const on = tables.find((each) => each.id === id && counts.has(id));
    if (!on) return [];
    const trigger = `The trigger ${name} on ${on.table.schema}.${on.table.table}`;
    return [calls.endsWith('notify') ? `${trigger} may send notifications: they go out at COMMIT, and nothing takes them back.` : `${trigger} calls ${calls}, which may act outside of this transaction: a rollback does not undo that.`];
  });
}

const switchedOff = 'Triggers and foreign keys were switched off while this ran (session_replication_role = replica): nothing cascaded, nothing was checked, and rows may now refer to rows that are gone.';

function estimateNotices(emptied: readonly EmptiedTable[], estimated: ReadonlySet<string>): readonly string[] {
  return emptied
    .filter(({ id }) => estimated.has(id))
    .map(({ table }) => `The number of rows lost in ${table.schema}.${table.table} is the server's estimate: it could not be counted.`);
}

const notCounting: Failure = {
  code: 'sql',
  message: 'The change was rolled back: this server does not count row changes (track_counts is off), so its effect cannot be shown. Ask its administrator to turn track_counts on.',
};

/** As the server itself says it when the state the change began with is no longer the state of things: begin anew. */
const madeMeanwhile: Failure = {
  code: 'sql',
  sqlState: '40001',
  message: 'The change was rolled back: while it ran, somebody made a table or a partition that it wrote to, so its effect could not be measured. Nothing is different; run it again.',
};

/** The statements ended the transaction they were to be measured in. Refused beforehand for all we know of. */
export const leftTransaction: Failure = {
  code: 'sql',
  message: 'The statements ended their own transaction, so what they did before that is final and was not shown. Look at the data before you go on.',
};
