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

/** What happens on a database. */
export type AuditKind =
  | 'connect'
  | 'read'
  | 'intent'
  /** The effect was measured and is on screen. */
  | 'preview'
  | 'commit-intent'
  | 'outcome'
  | 'refused'
  /** What an approved or shown change does is no longer what was approved or shown. */
  | 'effect-changed'
  | 'elevation'
  /** Rows left the results: to the clipboard or a file. */
  | 'export'
  | 'settled'
  /** Rules were put aside in an emergency. */
  | 'break-glass'
  /** Values that are hidden were shown. */
  | 'mask-revealed'
  | 'agent-proposed'
  | 'agent-revoked';

/** Who answered, as it says itself, and how the line to it is protected. */
export type SessionFacts = {
  readonly version: string;
  readonly database: string;
  readonly user: string;
  readonly encrypted: boolean;
};

export type AuditRecord = {
  readonly kind: AuditKind;
  /** Joins the records of one run. */
  readonly run: string;
  readonly time: EpochMs;
  readonly actor: Actor;
  readonly target: AuditTarget;
  readonly sql?: string;
  readonly class?: StatementClass;
  /** Of all statements, each once. */
  readonly tags?: readonly StatementTag[];
  /** Codes of the rules that decided the class, each once. */
  readonly rules?: readonly string[];
  /** The run whose change this one takes back. */
  readonly undoOf?: string;
  readonly effects?: readonly TableEffect[];
  readonly transactionId?: string;
  /** Where that number counts; only the adapter that made it can read it. */
  readonly transactionPlace?: string;
  readonly outcome?: Outcome['kind'];
  /** In words: why it ended like that. */
  readonly reason?: string;
  readonly rows?: number;
  readonly durationMs?: number;
  /** Of a `connect` that went well. */
  readonly session?: SessionFacts;
  /** How the connection wants its line protected. */
  readonly tls?: string;
  /** Where exported rows went, and as what: `clipboard, csv`. */
  readonly to?: string;
};

/** Something that decides what may happen, or what is recorded, was changed. Belongs to no run on a database. */
export type ControlRecord = {
  readonly kind: 'profile-changed' | 'settings-changed' | 'team-changed' | 'endpoints-changed';
  readonly run: string;
  readonly time: EpochMs;
  readonly actor: Actor;
  /** What changed, one line each; names and words, never a secret: `shop-prod: host db-1 → db-2`. */
  readonly changes: readonly string[];
  /** The connection it is about, where it is about one. */
  readonly target?: AuditTarget;
};

/** Of the journal about itself. */
export type UpkeepKind =
  | 'stream-begin'
  /** Records waited in memory, because they could not be written. */
  | 'spool-gap'
  /** Still here, and nothing was recorded since but what is there. */
  | 'heartbeat'
  /** Delivered records were removed from this machine. */
  | 'pruned'
  /** An endpoint takes nothing while others do. */
  | 'endpoint-silent';
