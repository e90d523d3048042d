/** A statement's verdict while it is being worked out. */

import { worseClass } from '../verdict.ts';
import type { StatementClass, StatementTag, Target } from '../verdict.ts';
import type { MysqlDialect, Tokens } from './tokens.ts';

/** What earlier statements of the same script tell about this one. */
export type ScriptContext = {
  readonly dialect: MysqlDialect;
  /** Database chosen by the last USE of the script. */
  schema: string | undefined;
};

/** A reason whose place is still counted in tokens. */
export type DraftReason = { readonly code: string; readonly message: string; readonly first: number; readonly last: number };

/** The statement under examination: tokens `first` up to `last`. */
export type Draft = {
  readonly tokens: Tokens;
  readonly first: number;
  readonly last: number;
  readonly context: ScriptContext;
  kind: string;
  class: StatementClass;
  readonly tags: Set<StatementTag>;
  /** The same without what happens to rows only when it is executed: servers evaluate functions and variables to make a plan. */
  readonly planned: { class: StatementClass; readonly tags: Set<StatementTag> };
  readonly targets: Target[];
  readonly reasons: DraftReason[];
  implicitCommit: boolean;
  canRunInTransaction: boolean;
  /** A rollback takes back everything it does. */
  canPreview: boolean;
  returnsRows: boolean;
};

export function createDraft(tokens: Tokens, first: number, last: number, context: ScriptContext): Draft {
  return {
    tokens, first, last, context, kind: 'unparsed', class: 'read', tags: new Set(), planned: { class: 'read', tags: new Set() }, targets: [], reasons: [],
    implicitCommit: false, canRunInTransaction: true, canPreview: false, returnsRows: false,
  };
}

/** Where in the statement a finding points; half-open token range. */
export type Place = { readonly first: number; readonly last: number };

export type Finding = { readonly code: string; readonly message: string; readonly tags?: readonly StatementTag[] };

/** Makes the statement at least as severe as `to`, and says why. */
export function raise(draft: Draft, to: StatementClass, finding: Finding, place: Place): void {
  for (const verdict of happensToRows(finding.code) ? [draft] : [draft, draft.planned]) {
    verdict.class = worseClass(verdict.class, to);
    for (const tag of finding.tags ?? []) verdict.tags.add(tag);
  }
  const isKnown = draft.reasons.some(({ code, message }) => code === finding.code && message === finding.message);
  // A thousand equal findings are one reason with the place of the first.
  if (!isKnown && draft.reasons.length < maxReasons) draft.reasons.push({ code: finding.code, message: finding.message, first: place.first, last: place.last });
}

const maxReasons = 20;

const rowFindings = new Set([
  'adds-rows', 'replaces-rows', 'changes-rows', 'removes-rows', 'locks-rows', 'no-where', 'always-true-where', 'where-without-column', 'never-true-where', 'condition-not-understood',
  'unordered-limit', 'edits-system-table', 'changes-log', 'changes-instrumentation',
]);

/** Whether what was found is about the rows of the statement: a plan neither changes nor locks them. */
export function happensToRows(code: string): boolean {
  return rowFindings.has(code);
}

/** The statement is not what the grammar expects: whatever the server makes of it, nobody here knows. */
export function notUnderstood(draft: Draft, message: string, at: number): void {
  draft.kind = 'unparsed';
  const first = Math.min(at, draft.last - 1);
  raise(draft, 'unknown', { code: 'not-understood', message }, { first, last: first + 1 });
}

export function only(at: number): Place {
  return { first: at, last: at + 1 };
}

export function whole(draft: Draft): Place {
  return { first: draft.first, last: draft.last };
}

/** MySQL and MariaDB commit the open transaction before such a statement, and the statement itself cannot be taken back. */
export function commitsImplicitly(draft: Draft): void {
  draft.implicitCommit = true;
  draft.tags.add('implicit_commit');
}
