/** The way back as it is kept: with what it takes back, so that a person recognises it later. */
import type { EpochMs } from '../brand.ts';
import type { TableEffect } from '../effect/preview.ts';
import type { Outcome } from '../outcome.ts';
import type { UndoSteps } from './undo.ts';

export type UndoEntry = {
  /** The run that made the change. */
  readonly run: string;
  readonly connection: string;
  /** Where it was made, e.g. `app@db-1:5432/shop`. Only there may it be taken back. */
  readonly address: string;
  readonly time: EpochMs;
  /** What ran, as the journal has it. */
  readonly sql: string;
  readonly effects: readonly TableEffect[];
  /** Lets the server be asked whether the change was committed. */
  readonly transactionId?: string;
  readonly undo: UndoSteps;
};

/** How much comes back. */
export type UndoSize = {
  readonly rows: number;
  readonly tables: number;
  /** Tables that come back as a whole, `schema.table`. */
  readonly objects: readonly string[];
};

/** What the person is told before they decide. */
export type UndoNotice =
  | ({ readonly kind: 'kept'; /** The run that it takes back. */ readonly run: string; readonly expiresAt: EpochMs; readonly leaves: readonly string[] } & UndoSize)
  /** The change did nothing that would have to be taken back. */
  | { readonly kind: 'nothing' }
  /** The reason completes “No undo, because …”. */
  | { readonly kind: 'none'; readonly reason: string };

export function noticeOf(run: string, undo: UndoSteps, expiresAt: EpochMs): UndoNotice {
  return { kind: 'kept', run, ...sizeOf(undo), expiresAt, leaves: undo.leaves };
}

export function sizeOf({ steps }: UndoSteps): UndoSize {
  const parts = steps.flatMap((step) => step.parts);
  const names = new Set(parts.map(({ table }) => JSON.stringify([table.schema, table.table])));
  const objects = parts.flatMap(({ table, kind }) => (kind === 'restore-object' ? [`${table.schema}.${table.table}`] : []));
  return { rows: parts.reduce((sum, { rows }) => sum + rows, 0), tables: names.size, objects };
}

/** Rows that a run of a way back did not restore, as the server listed them. */
export function leftAlone(outcome: Outcome): number {
  const preview = 'preview' in outcome ? outcome.preview : undefined;
  return (preview?.statements ?? []).reduce((sum, { returned }) => sum + (returned?.length ?? 0), 0);
}
