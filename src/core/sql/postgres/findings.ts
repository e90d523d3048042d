/** What the rules tell about a statement. */
import type { StatementClass, StatementTag } from '../verdict.ts';

/** One observation. Those of class `read` do not raise the class: they carry a tag or a warning. */
export type Finding = {
  readonly class: StatementClass;
  readonly code: string;
  /** A sentence without full stop. */
  readonly message: string;
  readonly tags?: readonly StatementTag[];
  /** Byte offset of the word it is about. */
  readonly location?: number | undefined;
  /**
   * True for what the server calls without being asked by name (casts, operators). It makes a read `unknown`; a write
   * calls triggers, defaults and checks of that sort anyway.
   */
  readonly hidden?: true;
  /** True when planning alone does it. */
  readonly whilePlanning?: true;
  /** True when a rollback does not undo it, so that nothing can be shown before it is final. */
  readonly permanent?: true;
};

/** A statement at its head, whatever is inside. */
export type StatementFacts = {
  /** Kebab-case verb. */
  readonly kind: string;
  readonly findings: readonly Finding[];
  /** False when running it and rolling back shows nothing or undoes nothing. */
  readonly canPreview?: boolean;
  /** False when the server refuses it inside a transaction. */
  readonly canRunInTransaction?: boolean;
  readonly returnsRows?: boolean;
};

/** A finding at the head of a statement whose code is its kind. */
export function fact(kind: string, statementClass: StatementClass, message: string, tags: readonly StatementTag[] = []): Finding {
  return { class: statementClass, code: kind, message, tags };
}
