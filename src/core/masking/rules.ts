/** Which columns are masked: rules of the team file, then what names say, then what the person wants hidden in addition. Pure. */
import { closed, listOf, oneOf, pattern } from '../approval/guards.ts';
import type { Guarded } from '../approval/guards.ts';
import type { Column, TableRef } from '../effect/preview.ts';
import { matchesGlob } from '../glob.ts';
import { sensitiveStrategy } from './sensitiveColumn.ts';
import { strategies, stricter, type Strategy } from './strategy.ts';

/** `schema.table.column`. All three parts, so that no pattern means less than it seems to: `*.*.email`, `public.users.*`. */
const globText = /^[^.\p{Cc}]{1,128}\.[^.\p{Cc}]{1,128}\.[^.\p{Cc}]{1,128}$/u;
const isColumnGlob = pattern(globText);

/** One entry of `policy.masking` in a team file. */
export const isMaskingRule = closed({ columns: listOf(isColumnGlob, 100, 1), strategy: oneOf(...strategies) });
export type MaskingRule = Guarded<typeof isMaskingRule>;

export type MaskingPolicy = {
  /** Of the accepted team file, signed by its administrators: only these can show what a name speaks against. The first that fits counts. */
  readonly team: readonly MaskingRule[];
  /** The person's own globs of columns that are hidden whatever the team says. One that is no glob hides everything: it was meant to hide. */
  readonly hidden: readonly string[];
};

export function strategyOf(policy: MaskingPolicy, table: TableRef, column: Column): Strategy {
  return explicitStrategy(policy, table, column) ?? sensitiveStrategy(table.table, column);
}

/** What rules and globs say about a column; `undefined` where only its name is left to judge by. */
export function explicitStrategy(policy: MaskingPolicy, table: TableRef, column: Column): Strategy | undefined {
  const fits = (glob: string): boolean => matchesColumn(glob, table, column);
  const ruled = policy.team.find(({ columns }) => columns.some(fits))?.strategy;
  return policy.hidden.some((glob) => !isColumnGlob(glob) || fits(glob)) ? stricter(ruled ?? 'show', 'hide') : ruled;
}

/** Part by part and in any case: a table whose name holds a dot is no other schema. */
function matchesColumn(glob: string, { schema, table }: TableRef, { name }: Column): boolean {
  const parts = glob.toLowerCase().split('.');
  return [schema, table, name].every((part, index) => matchesGlob(part.toLowerCase(), parts[index] ?? ''));
}
