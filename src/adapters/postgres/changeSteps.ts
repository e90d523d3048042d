/** The batch of a change: what is sent, in which order, and where each answer is found. */
import type { ChangeRequest } from '../../app/ports.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { Step } from './batch.ts';
import type { Context } from './context.ts';
import { costSteps } from './cost.ts';
import { ddlPositions, stepsBefore, stepsBehind, type DdlPositions } from './ddl.ts';
import { guardItem, guardValues } from './guards.ts';
import { apart, apartBefore, baselineStep, emptiesTables, emptyingStep, measureStep, resolveTargetsStep, sizesStep } from './measure.ts';

/** Places in the batch. */
export type Positions = {
  readonly setUp: number;
  readonly baseline: number;
  readonly sizes: number;
  /** Absent when no statement empties tables. */
  readonly emptying: number | undefined;
  /** Each statement, in order. */
  readonly statements: readonly number[];
  /** The reading of the counters behind each statement; empty when there is none between them. */
  readonly readings: readonly number[];
  readonly constraints: number;
  readonly measure: number;
  readonly ddl: DdlPositions;
};

/** More statements than this are measured all together: each reading asks for every table. */
const maxReadings = 100;

/** How much longer the server waits than the countdown: normally the countdown ends the change. */
const idleMarginMs = 1000;

export function changeSteps(context: Context, request: ChangeRequest, countExactly: boolean): readonly Step[] {
  const { statements, limits } = request;
  const before = [baselineStep, sizesStep, ...(statements.some(emptiesTables) ? [emptyingStep(statements, countExactly)] : [])];
  const reading = readsBetween(statements) ? apart([baselineStep]) : [];
  return [
    { text: 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE' },
    setUpStep(context, request),
    resolveTargetsStep(statements),
    ...apart(before),
    ...stepsBefore(statements),
    ...costSteps(request),
    ...statements.flatMap(({ text, returnsRows }): readonly Step[] => [returnsRows && limits.returnedRows !== undefined ? { text, keep: limits.returnedRows } : { text, discard: true }, ...reading]),
    { text: 'SET CONSTRAINTS ALL IMMEDIATE' },
    limitsStep(context, request),
    ...apart([measureStep]),
    ...stepsBehind(statements),
  ];
}

export function positionsOf(request: Pick<ChangeRequest, 'statements' | 'limits'>): Positions {
  const { statements } = request;
  const wrapping = apart([]).length;
  const baseline = 3 + apartBefore;
  const empties = statements.some(emptiesTables);
  const defining = 3 + wrapping + (empties ? 3 : 2);
  const firstStatement = defining + stepsBefore(statements).length + costSteps(request).length;
  const isRead = readsBetween(statements);
  const stride = isRead ? 2 + wrapping : 1;
  const places = statements.map((_, index) => firstStatement + index * stride);
  const constraints = firstStatement + statements.length * stride;
  return {
    setUp: 1,
    baseline,
    sizes: baseline + 1,
    emptying: empties ? baseline + 2 : undefined,
    statements: places,
    readings: isRead ? places.map((place) => place + 1 + apartBefore) : [],
    constraints,
    measure: constraints + 2 + apartBefore,
    ddl: ddlPositions(statements, { before: defining, behind: constraints + 2 + wrapping + 1 }),
  };
}

/** Whether the share of each statement is measured: with one statement it is the whole. */
function readsBetween({ length }: readonly ClassifiedStatement[]): boolean {
  return length > 1 && length <= maxReadings;
}

/** Guard, time limits and the snapshot that the before-images are read under. */
function setUpStep(context: Context, request: ChangeRequest): Step {
  const settings = timeLimits(context, request);
  const items = [
    guardItem(1),
    'pg_catalog.pg_export_snapshot()',
    "pg_catalog.current_setting('track_counts')",
    // In microseconds: as text it would follow the time zone, which a function of the statements may set.
    '(EXTRACT(epoch FROM pg_catalog.transaction_timestamp()) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8::pg_catalog.text',
    ...setLocally(settings, 3),
  ];
  return { text: `SELECT ${items.join(', ')}`, values: [...guardValues(context.guards), ...settings.map(([, value]) => value)] };
}

/** The limits once more: a function that the statements called may have lifted them, and the countdown rests on them. */
function limitsStep(context: Context, request: ChangeRequest): Step {
  const settings = timeLimits(context, request);
  return { text: `SELECT ${setLocally(settings, 1).join(', ')}`, values: settings.map(([, value]) => value) };
}

type Setting = readonly [name: string, milliseconds: string];

function timeLimits({ versionNumber }: Context, { limits, statements }: ChangeRequest): readonly Setting[] {
  const { lockTimeoutMs, statementTimeoutMs, holdMs } = limits;
  // The last resort, should everything else keep the transaction alive.
  const longest = statementTimeoutMs > 0 ? statementTimeoutMs * (statements.length + 8) + holdMs + 60_000 : 0;
  const settings: [string, number][] = [
    ['lock_timeout', lockTimeoutMs],
    ['statement_timeout', statementTimeoutMs],
    ['idle_in_transaction_session_timeout', holdMs + idleMarginMs],
  ];
  if (versionNumber >= 170_000) settings.push(['transaction_timeout', longest]);
  return settings.map(([name, milliseconds]) => [name, String(Math.round(milliseconds))]);
}

/** @param first - number of the first value among the parameters */
function setLocally(settings: readonly Setting[], first: number): readonly string[] {
  return settings.map(([name], index) => `pg_catalog.set_config('${name}', $${String(index + first)}, true)`);
}

/** What `setUpStep` returned. */
export function parseSetUp(row: readonly (string | null)[] | undefined): { readonly snapshot: string; readonly countsRows: boolean; readonly began: string } {
  return { snapshot: row?.[1] ?? '', countsRows: row?.[2] === 'on', began: row?.[3] ?? '' };
}
