/**
 * Whether what was committed is what others were asked about, by everything on record about the request: the records of asking, of
 * taking, and those that reviewers made on their own machines. Pure.
 */
import { compareEffects } from '../approval/effectMatch.ts';
import type { Terms } from '../approval/terms.ts';
import { clockSkewMs } from '../approval/verifyApproval.ts';
import type { TableEffect } from '../effect/preview.ts';
import type { AuditRecord } from './record.ts';
import { endOfLine } from './recordedPlace.ts';

export type AskedProblem = 'other-text' | 'other-place' | 'other-effect' | 'too-late';
export type AskedDifference = { readonly problem: AskedProblem; readonly message: string };

type Told = Partial<AuditRecord>;

/** @param said - records about the same request, of whatever run and machine */
export function differencesFromAsked(committed: Told, said: readonly Told[], { terms, taken }: { readonly terms: Terms; readonly taken: number }): readonly AskedDifference[] {
  const asked = said.filter(({ kind }) => kind === 'request');
  const found: readonly (readonly [boolean, AskedDifference])[] = [
    [said.some((each) => isOtherText(committed, each)), { problem: 'other-text', message: 'was committed with another text than the one that was confirmed' }],
    [said.some((each) => isOtherPlace(committed, each)), { problem: 'other-place', message: 'was committed in another place than the one that was confirmed' }],
    [asked.some((each) => isOtherEffect(committed, each, terms)), { problem: 'other-effect', message: 'was committed with another effect than the one that was confirmed' }],
    [asked.some(({ time = 0 }) => taken > time + terms.ttlMinutes * 60_000 + clockSkewMs), { problem: 'too-late', message: `was run later than the ${String(terms.ttlMinutes)} minutes for which the team’s rules let a confirmation count` }],
  ];
  return found.flatMap(([holds, difference]) => (holds ? [difference] : []));
}

/** Texts that were not recorded cannot be compared; their digests can. */
function isOtherText(committed: Told, said: Told): boolean {
  const [own, other] = [digestOf(committed), digestOf(said)];
  if (own !== undefined && other !== undefined) return own !== other;
  const statements = said.confirmation?.statements;
  if (statements !== undefined && committed.sql !== undefined) return !isMadeOf(committed.sql, statements);
  return committed.sql !== undefined && said.sql !== undefined && committed.sql !== said.sql;
}

function digestOf(record: Told): unknown {
  return (record as { readonly sqlSha256?: unknown }).sqlSha256;
}

/** What may stand between statements; comments that a server executes are no comments. */
const between = /^(?:\s|;|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|\/\*(?!M?!)(?:[^*]|\*(?!\/))*\*\/|delimiter[ \t]+\S+)*$/iu;

/** These statements, in this order, and nothing else that would run. */
export function isMadeOf(text: string, statements: readonly string[]): boolean {
  let rest = text;
  for (const statement of statements) {
    const at = rest.indexOf(statement);
    if (at < 0 || !between.test(rest.slice(0, at))) return false;
    rest = rest.slice(at + statement.length);
  }
  return between.test(rest);
}

function isOtherPlace({ target }: Told, { target: other }: Told): boolean {
  if (target === undefined || other === undefined) return false;
  return target.environment !== other.environment || endOfLine(target) !== endOfLine(other);
}

/** What a request that binds no effect says of it binds nothing here either. */
function isOtherEffect({ effects: committed }: Told, { effects: asked }: Told, { effectMatch }: Terms): boolean {
  if (committed === undefined || asked === undefined) return false;
  return compareEffects({ tables: asked.map(countsOf), rows: null, complete: false, count: 0 }, { tables: committed.map(countsOf), rows: null, complete: false }, effectMatch).kind === 'drifted';
}

function countsOf({ table, inserted, updated, deleted }: TableEffect): { readonly name: string; readonly ins: number; readonly upd: number; readonly del: number } {
  return { name: `${table.schema}.${table.table}`, ins: inserted, upd: updated, del: deleted };
}
