/** The one JSON document of a run. */
import type { RowCounts } from '../../core/effect/counters.ts';
import type { Inspection } from '../../core/effect/inspection.ts';
import type { Row, TableEffect, TableImages, TableRef } from '../../core/effect/preview.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { ScriptVerdict } from '../../core/sql/verdict.ts';
import { toJson } from '../jsonReport.ts';
import type { UndoSteps } from '../../core/undo/undo.ts';
import type { ReadResult, ShownChange } from './collect.ts';

export type Ran = {
  readonly outcome: Outcome;
  readonly verdict: ScriptVerdict;
  readonly reads: readonly ReadResult[];
  readonly change?: ShownChange;
  /** The way back, where one was made. */
  readonly undo?: UndoSteps;
  /** What was known about a statement that cannot be rolled back. */
  readonly inspection?: Inspection;
  /** Row changes the server expected; the change was not run because of them. */
  readonly tooCostly?: number;
};

export function toDocument({ outcome, verdict, reads, change, undo, inspection, tooCostly }: Ran): object {
  const { class: scriptClass, statements } = toJson(verdict);
  return {
    outcome: outcomeOf(outcome),
    class: scriptClass,
    statements: statements.map((statement, index) => ({ ...statement, ...answerTo(index, reads[index], change) })),
    ...(change ? { effect: effectOf(change), undo: undoOf(change, undo) } : {}),
    ...(inspection ? { inspection } : {}),
    ...(tooCostly === undefined ? {} : { tooCostly: { expectedRows: tooCostly } }),
    ...(verdict.error ? { error: verdict.error.message } : {}),
  };
}

function undoOf({ undo: notice }: ShownChange, undo: UndoSteps | undefined): object {
  if (undo) return { kind: 'steps', rows: undo.steps.flatMap(({ parts }) => parts).reduce((sum, { rows }) => sum + rows, 0), statements: undo.steps.map(({ sql }) => sql), leaves: undo.leaves };
  return notice ?? { kind: 'none', reason: 'the change ended before it was made.' };
}

/** Without the preview it carries: that is `effect`. */
function outcomeOf(outcome: Outcome): object {
  return 'preview' in outcome ? { ...outcome, preview: undefined } : outcome;
}

function answerTo(index: number, read: ReadResult | undefined, change: ShownChange | undefined): object {
  const ran = change?.preview.statements[index];
  if (ran) return { commandTag: ran.commandTag, rowCount: ran.rows };
  if (!read) return {};
  const { columns, rows, notices, end: ended } = read;
  return { columns, rows, notices, ended };
}

function effectOf({ preview, images }: ShownChange): object {
  const named = new Map(images.map((image) => [nameOf(image.table), image]));
  return {
    tables: preview.effects.map((effect) => tableOf(effect, named.get(nameOf(effect.table)))),
    rows: images.flatMap(rowsOf),
    capped: images.some(({ incomplete }) => incomplete !== undefined),
    incomplete: images.flatMap(({ table, incomplete }) => (incomplete === undefined ? [] : [{ table: nameOf(table), reason: incomplete }])),
    notUndoable: preview.permanent,
    locks: (preview.locks ?? []).map(({ table, mode, blocks }) => ({ table: nameOf(table), mode, blocks })),
    notices: preview.notices,
    ...(preview.unlisted === undefined ? {} : { unlisted: preview.unlisted }),
    ...(preview.definition ? { definition: preview.definition } : {}),
  };
}

/** `inserted`, `updated`, `deleted`: distinct rows that differ; `operations`: what the server counted. */
function tableOf(effect: TableEffect, image: TableImages | undefined): object {
  const { inserted, updated, deleted } = effect;
  const operations: RowCounts = { inserted, updated, deleted };
  return {
    name: nameOf(effect.table),
    ...(image?.totals ?? operations),
    operations,
    exactness: effect.exactness ?? 'exact',
    cause: effect.cause ?? 'unknown',
    why: effect.why,
  };
}

function rowsOf({ table, columns, key, changes }: TableImages): readonly object[] {
  const named = (row: Row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]));
  const keyOf = (row: Row) => Object.fromEntries(key.map((position) => [columns[position]?.name ?? '', row[position] ?? null]));
  return changes.map((change) => {
    const before = change.kind === 'inserted' ? null : change.before;
    const after = change.kind === 'deleted' ? null : change.after;
    return { table: nameOf(table), kind: change.kind, key: keyOf(before ?? after ?? []), before: before && named(before), after: after && named(after) };
  });
}

export function nameOf({ schema, table }: TableRef): string {
  return `${schema}.${table}`;
}
