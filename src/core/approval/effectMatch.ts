/** V18: whether what was measured again is what was approved. */
import type { RequestEffect } from './request.ts';
import type { EffectMatch } from './terms.ts';

type TableCount = RequestEffect['tables'][number];
export type MeasuredEffect = Pick<RequestEffect, 'tables' | 'rows' | 'complete'>;

/** One difference, for people: what was approved and what would happen now. */
export type EffectDifference = { readonly table: string; readonly approved: TableCount | undefined; readonly measured: TableCount | undefined };

export type EffectComparison =
  | { readonly kind: 'same' }
  /** `differences` is empty when the same numbers of other rows are affected. */
  | { readonly kind: 'drifted'; readonly differences: readonly EffectDifference[] };

/**
 * `exact`: same tables, same counts, same rows. Where the approved effect binds no rows, counts are all that can be compared, and the
 * reviewer was told. `counts`: same tables and counts. `atMost`: no table more, no count higher.
 */
export function compareEffects(approved: RequestEffect, measured: MeasuredEffect, match: EffectMatch): EffectComparison {
  const differences = differingTables(approved.tables, measured.tables, match === 'atMost' ? isWithin : isEqual);
  if (differences.length > 0 || (match === 'exact' && approved.complete && !measured.complete)) return { kind: 'drifted', differences };
  const isOther = match === 'exact' && approved.rows !== null && approved.rows !== measured.rows;
  return isOther ? { kind: 'drifted', differences: [] } : { kind: 'same' };
}

type Fits = (approved: TableCount, measured: TableCount) => boolean;

function differingTables(approved: readonly TableCount[], measured: readonly TableCount[], fits: Fits): readonly EffectDifference[] {
  const names = [...new Set([...approved, ...measured].map(({ name }) => name))].toSorted();
  const total = (tables: readonly TableCount[], name: string): TableCount | undefined => tables.filter((table) => table.name === name).reduce<TableCount | undefined>(sum, undefined);
  return names.flatMap((name) => {
    const [before, now] = [total(approved, name), total(measured, name)];
    return fits(before ?? none(name), now ?? none(name)) ? [] : [{ table: name, approved: before, measured: now }];
  });
}

function sum(a: TableCount | undefined, b: TableCount): TableCount {
  return a === undefined ? b : { name: b.name, ins: a.ins + b.ins, upd: a.upd + b.upd, del: a.del + b.del };
}

function none(name: string): TableCount {
  return { name, ins: 0, upd: 0, del: 0 };
}

function isEqual(approved: TableCount, measured: TableCount): boolean {
  return approved.ins === measured.ins && approved.upd === measured.upd && approved.del === measured.del;
}

function isWithin(approved: TableCount, measured: TableCount): boolean {
  return measured.ins <= approved.ins && measured.upd <= approved.upd && measured.del <= approved.del;
}
