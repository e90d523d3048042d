/** One line of the journal. Never holds row values or secrets. */
import type { EpochMs } from '../brand.ts';
import type { TableEffect } from '../effect/preview.ts';
import type { Outcome } from '../outcome.ts';
import type { StatementClass, StatementTag } from '../sql/verdict.ts';

export type Actor = { readonly kind: 'human' | 'agent'; readonly osUser: string; readonly host: string };

export type AuditTarget = {
  readonly connection: string;
  readonly environment: string;
  readonly address: string;
};

export type AuditRecord = {
  readonly kind: 'read' | 'intent' | 'commit-intent' | 'outcome' | 'refused' | 'elevation' | 'connect' | 'settled';
  /** Joins the records of one run. */
  readonly run: string;
  readonly time: EpochMs;
  readonly actor: Actor;
  readonly target: AuditTarget;
  readonly sql?: string;
  readonly class?: StatementClass;
  /** Of all statements, each once. */
  readonly tags?: readonly StatementTag[];
  /** The run whose change this one takes back. */
  readonly undoOf?: string;
  readonly effects?: readonly TableEffect[];
  readonly transactionId?: string;
  readonly outcome?: Outcome['kind'];
  /** In words: why it ended like that. */
  readonly reason?: string;
  readonly rows?: number;
  readonly durationMs?: number;
};
