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
  /** Whether the connection was protected; absent in older records, and where it does not matter. */
  readonly protected?: boolean;
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
  /** Another person was asked to confirm. */
  | 'request'
  /** What others decided, as it counted. */
  | 'decision'
  /** What a reviewer answered, recorded where they answered. */
  | 'answer'
  /** An approved request was taken for execution, once. */
  | 'claim'
  | 'elevation'
  /** Rows left the results: to the clipboard or a file. */
  | 'export'
  | 'settled'
  /** Rules were put aside in an emergency. */
  | 'break-glass'
  /** What others said afterwards. */
  | 'break-glass-review'
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

/** About a request for confirmation: enough to check later, from the record alone, who approved what. */
export type ConfirmationFacts = {
  readonly request: string;
  /** Of the request's bytes, and of the team file it was asked under. */
  readonly digest: string;
  readonly team: string;
  /** Member who asked: nobody confirms their own request. */
  readonly requester?: string;
  /** Members it was put to. */
  readonly whom?: readonly string[];
  readonly reason?: string;
  readonly ticket?: string;
  /** Digest of the request this one takes the place of. */
  readonly supersedes?: string;
  /** What a reviewer had before them when they answered, statement by statement. Of records on the reviewer’s own machine. */
  readonly statements?: readonly string[];
  /** It is, or follows on, a commit without others; absent for a usual one. */
  readonly purpose?: 'emergency' | 'afterwards';
  /** Signed answers that counted, whole. */
  readonly decisions?: readonly object[];
  /** Why others did not count. */
  readonly notCounted?: readonly string[];
  /** Of the server, signed. Absent: no server was asked, and this machine remembers. */
  readonly receipt?: object;
  /** What differs from what was approved: tables and numbers, no values. */
  readonly differences?: readonly string[];
};

export type AuditRecord = {
  readonly kind: AuditKind;
  /** Joins the records of one run. */
  readonly run: string;
  readonly time: EpochMs;
  readonly actor: Actor;
  readonly target: AuditTarget;
  readonly sql?: string;
  /** The gravest. */
  readonly class?: StatementClass;
  /** Of all statements, each once; absent where there is only one. */
  readonly classes?: readonly StatementClass[];
  /** Of all statements, each once. */
  readonly tags?: readonly StatementTag[];
  /** Codes of the rules that decided the class, each once. */
  readonly rules?: readonly string[];
  /** The run whose change this one takes back. */
  readonly undoOf?: string;
  readonly effects?: readonly TableEffect[];
  readonly transactionId?: string;
  /** Where that number counts; only the adapter that made it can read it. */
  readonly transactionMark?: string;
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
  /** Of `request`, `decision`, `answer`, `claim`, `effect-changed`, `break-glass` and `break-glass-review`. */
  readonly confirmation?: ConfirmationFacts;
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
  | 'endpoint-silent'
  /** A log does not contain what it signed before, or is another one. */
  | 'log-untrusted';

export type UpkeepRecord =
  | { readonly kind: 'heartbeat'; readonly time: EpochMs; readonly actor: Actor; /** Events of this program so far. */ readonly records: number }
  | { readonly kind: 'endpoint-silent'; readonly time: EpochMs; readonly actor: Actor; /** Its name. */ readonly endpoint: string; readonly since: EpochMs }
  | { readonly kind: 'log-untrusted'; readonly time: EpochMs; readonly actor: Actor; readonly endpoint: string; /** What it did, in words. */ readonly reason: string };
