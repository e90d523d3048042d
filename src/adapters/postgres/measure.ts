/** The steps that measure a change, and what their answers mean. */
import type { TableCounters } from '../../core/effect/counters.ts';
import type { EmptiedTable, MeasuredTable } from '../../core/effect/measurement.ts';
import type { Preview, TableRef } from '../../core/effect/preview.ts';
import type { Causes, ReferentialAction, Trigger } from '../../core/effect/why.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { Step, StepResult } from './batch.ts';
import { baselineSql, emptyingSql, measureSql, resolveTargetsSql, sizesSql } from './measureSql.ts';
import { arrayLiteral, quoteName } from './quote.ts';

type TableJson = TableRef & { readonly id: string; readonly root: (TableRef & { readonly id: string }) | null };

/** What `measureSql` returns. */
type MeasureJson = {
  readonly transaction: string | null;
  readonly replicationRole: string;
  readonly began: string;
  readonly tables: readonly (TableJson & { readonly inserted: number; readonly updated: number; readonly deleted: number; readonly rows: number | null; readonly readable: boolean })[] | null;
  readonly targets: readonly { readonly id: string; readonly kind: string | null; readonly schema: string | null; readonly table: string | null }[] | null;
  readonly foreignKeys: readonly { readonly child: string; readonly parent: string; readonly onDelete: string; readonly onUpdate: string }[] | null;
  readonly triggers: readonly { readonly table: string; readonly name: string; readonly type: number; readonly outside: string | null; readonly mentions: readonly string[] }[] | null;
  readonly inheritance: readonly { readonly child: string; readonly parent: string }[] | null;
  readonly sequences: readonly { readonly table: string; readonly name: string }[] | null;
  readonly computed: readonly (TableRef & { readonly writable: readonly string[] })[] | null;
  readonly exclusive: readonly { readonly id: string; readonly storage: string | null }[] | null;
  readonly unseen: number;
};

/** A table that may have been emptied, with what it held before. */
export type FormerTable = MeasuredTable & {
  readonly storage: string;
  /** Counted under the change's own snapshot; absent when only the estimate is known. */
  readonly rows?: number;
  readonly estimate: number;
  readonly via?: TableRef;
};

export type Measured = {
  readonly transactionId: string | undefined;
  /** When the transaction began, by the server's clock: tells it from any other. */
  readonly began: string;
  readonly tables: readonly MeasuredTable[];
  readonly counters: TableCounters;
  readonly causes: Causes;
  /** What the name at that place of the statements' targets means; `undefined` when it means nothing. */
  readonly targetAt: (position: number) => string | undefined;
  /** What the targets are called, by their identity. */
  readonly targetNames: ReadonlyMap<string, TableRef>;
  /** Touched tables and roots → rows, as well as the server knows. */
  readonly estimates: ReadonlyMap<string, number>;
  /** Touched tables of which rows, or all columns, are hidden from us. */
  readonly hidden: ReadonlySet<string>;
  /** Sequences that a row inserted into `table` takes numbers from. */
  readonly sequences: readonly { readonly table: string; readonly name: string }[];
  /** Of tables in which the server computes columns: those that can be written. */
  readonly computed: NonNullable<Preview['computed']>;
  /** Targets that live on another server. */
  readonly foreignTables: readonly TableRef[];
  /** Tables locked for this transaction alone → their storage now; `undefined` when they are gone. */
  readonly exclusive: ReadonlyMap<string, string | undefined>;
  /** False when triggers and foreign keys were switched off. */
  readonly firesTriggers: boolean;
  /** Triggers whose code names something that acts where no rollback reaches. */
  readonly outside: readonly { readonly table: string; readonly name: string; readonly calls: string }[];
  /** It wrote to tables that did not exist yet when it began, so their rows are in no counter we read. */
  readonly hasUnseen: boolean;
};

export const baselineStep: Step = { text: baselineSql };
export const sizesStep: Step = { text: sizesSql };
export const measureStep: Step = { text: measureSql };

/**
 * A query of ours must mean the same whatever the session's search path; nothing of it stays behind. Temporary objects are
 * named last: left out, they would come first, and a temporary `pg_class` could hide what a change did.
 */
export function apart(steps: readonly Step[]): readonly Step[] {
  return [
    { text: 'SAVEPOINT countersign_apart' },
    { text: 'SET LOCAL search_path = pg_catalog, pg_temp' },
    ...steps,
    { text: 'ROLLBACK TO SAVEPOINT countersign_apart' },
    { text: 'RELEASE SAVEPOINT countersign_apart' },
  ];
}

/** How many of the steps that `apart` returns come before those it was given. */
export const apartBefore = 2;

export function resolveTargetsStep(statements: readonly ClassifiedStatement[]): Step {
  return { text: resolveTargetsSql, values: [arrayLiteral(targetNames(statements))] };
}

/** Everything the statements name as changed, each once, quoted. */
export function targetNames(statements: readonly ClassifiedStatement[]): readonly string[] {
  const names = statements.flatMap(({ targets }) => targets.filter(({ access }) => access === 'write'));
  return [...new Set(names.map(({ schema, table }) => (schema === undefined ? quoteName(table) : `${quoteName(schema)}.${quoteName(table)}`)))];
}

/** True for statements whose lost rows no counter shows. */
export function emptiesTables({ kind }: ClassifiedStatement): boolean {
  return kind === 'truncate' || kind.startsWith('drop-');
}

export function emptyingStep(statements: readonly ClassifiedStatement[], exact: boolean): Step {
  const reachesReferences = statements.some(({ kind, text }) => kind === 'truncate' && /\bcascade\b/i.test(text));
  return { text: emptyingSql, values: [String(reachesReferences), String(exact)] };
}

export function parseBaseline(result: StepResult | undefined): TableCounters {
  return new Map((result?.rows ?? []).map(([id, inserted, updated, deleted]) => [id ?? '', { inserted: Number(inserted), updated: Number(updated), deleted: Number(deleted) }]));
}

/** Rows the targets had, by table. */
export function parseSizes(result: StepResult | undefined): ReadonlyMap<string, number> {
  return new Map((result?.rows ?? []).flatMap(([id, rows]) => (id == null || rows == null ? [] : [[id, Number(rows)]])));
}

export function parseFormer(result: StepResult | undefined): readonly FormerTable[] {
  const parsed = JSON.parse(result?.rows[0]?.[0] ?? 'null') as readonly (TableJson & { storage: string; rows?: number | null; estimate: number; via?: TableRef | null })[] | null;
  return (parsed ?? []).map(({ rows, via, storage, estimate, ...table }) => ({
    ...toTable(table),
    storage,
    estimate,
    ...(rows == null ? {} : { rows }),
    ...(via == null ? {} : { via }),
  }));
}

export function parseMeasured(result: StepResult | undefined): Measured {
  const json = JSON.parse(result?.rows[0]?.[0] ?? '') as MeasureJson;
  const tables = json.tables ?? [];
  const named = json.targets ?? [];
  const targets = named.filter(({ id }) => id !== '0');
  return {
    transactionId: json.transaction ?? undefined,
    began: json.began,
    tables: tables.map(toTable),
    counters: new Map(tables.map(({ id, inserted, updated, deleted }) => [id, { inserted, updated, deleted }])),
    causes: {
      targets: targets.map(({ id }) => id),
      views: targets.filter(({ kind }) => kind === 'v').map((view) => ({ id: view.id, ...toRef(view) })),
      foreignKeys: (json.foreignKeys ?? []).map((key) => ({ ...key, onDelete: actionOf(key.onDelete), onUpdate: actionOf(key.onUpdate) })),
      triggers: (json.triggers ?? []).map(({ type, outside: _outside, ...trigger }) => ({ ...trigger, events: eventsOf(type), ...((type & 64) === 0 ? {} : { isInstead: true }) })),
      inheritance: json.inheritance ?? [],
    },
    targetAt: (position) => targets.find((target) => target === named[position])?.id,
    targetNames: new Map(targets.map((target) => [target.id, toRef(target)])),
    estimates: new Map(tables.flatMap(({ id, root, rows }) => (rows === null ? [] : [[root?.id ?? id, rows]]))),
    hidden: new Set(tables.filter(({ readable }) => !readable).map(({ id, root }) => root?.id ?? id)),
    sequences: json.sequences ?? [],
    computed: (json.computed ?? []).map(({ schema, table, writable }) => ({ table: { schema, table }, writable })),
    foreignTables: targets.filter(({ kind }) => kind === 'f').map(toRef),
    firesTriggers: json.replicationRole !== 'replica',
    outside: (json.triggers ?? []).flatMap(({ table, name, outside }) => (outside === null ? [] : [{ table, name, calls: outside.toLowerCase() }])),
    hasUnseen: json.unseen > 0,
    exclusive: new Map((json.exclusive ?? []).map(({ id, storage }) => [id, storage ?? undefined])),
  };
}

/** Those of the tables that lost all their rows: gone, or with other storage than before. */
export function findEmptied(former: readonly FormerTable[], { exclusive }: Measured): readonly EmptiedTable[] {
  return former
    .filter(({ id, storage }) => exclusive.has(id) && exclusive.get(id) !== storage)
    .map(({ storage: _storage, estimate, rows, ...table }) => ({ ...table, rows: rows ?? estimate }));
}

function toTable({ id, schema, table, root }: TableJson): MeasuredTable {
  return { id, table: { schema, table }, ...(root ? { root: { id: root.id, table: { schema: root.schema, table: root.table } } } : {}) };
}

function toRef({ schema, table }: { readonly schema: string | null; readonly table: string | null }): TableRef {
  return { schema: schema ?? '', table: table ?? '' };
}

/** pg_constraint.confdeltype and confupdtype. */
function actionOf(code: string): ReferentialAction {
  switch (code) {
    case 'c':
      return 'cascade';
    case 'n':
      return 'set null';
    case 'd':
      return 'set default';
    default:
      return 'none';
  }
}

/** pg_trigger.tgtype is a set of bits. */
function eventsOf(type: number): Trigger['events'] {
  const bits = [[4, 'insert'], [8, 'delete'], [16, 'update']] as const;
  return bits.filter(([bit]) => (type & bit) !== 0).map(([, event]) => event);
}
