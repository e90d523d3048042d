/** What a rollback would not undo, in words: found in what the statements say, and in what the server locked for them. */
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';

/** A sequence, a foreign table, or the table of large objects, that the transaction wrote to. */
export type UsedJson = { readonly kind: string; readonly schema: string; readonly table: string; readonly quoted: string };

/** The server locks a sequence for whoever takes a number from it, however deep in a function that happens. */
export function permanentByUse(used: readonly UsedJson[], advisoryLocks: number): readonly string[] {
  const of = (kind: string): readonly UsedJson[] => used.filter((each) => each.kind === kind);
  return [
    ...of('S').map(({ quoted }) => `Numbers taken from the sequence ${quoted} stay used after a rollback.`).toSorted(),
    ...of('f').map(({ schema, table }) => `${schema}.${table} lives on another server: its rows are not counted here, and that server decides what a rollback undoes.`).toSorted(),
    ...(used.some(({ kind }) => kind === 'r') ? ['Large objects were changed: a rollback undoes that, but what is in them is not shown here.'] : []),
    ...(advisoryLocks === 0 ? [] : ['Advisory locks were taken that a rollback alone does not release: others may wait for them until this change ends.']),
  ];
}

/** Notices go out with COMMIT, and the server shows nobody beforehand which ones they are. */
export function permanentByText(statements: readonly ClassifiedStatement[]): readonly string[] {
  const notifies = statements.some(({ kind, text }) => kind === 'notify' || /\bpg_notify\b/iu.test(text));
  return notifies ? ['Notifications are sent to whoever listens at COMMIT, not before; once sent, nothing takes them back.'] : [];
}
