/** What the use cases need from the outside. Adapters implement these; tests have in-memory ones. */
import type { Brand, EpochMs } from '../core/brand.ts';
import type { ServerPlace } from '../core/approval/targetOf.ts';
import type { AuditRecord } from '../core/audit/record.ts';
import type { Fingerprint } from '../core/effect/fingerprint.ts';
import type { Inspection } from '../core/effect/inspection.ts';
import type { Preview, TableImages, Waiter } from '../core/effect/preview.ts';
import type { Failure } from '../core/errors.ts';
import type { CommitResult, Outcome, RollbackReason, Settlement } from '../core/outcome.ts';
import type { Obligation } from '../core/policy/decision.ts';
import type { ConnectionProfile } from '../core/profile/connection.ts';
import type { NameAnswer } from '../core/sql/settleNames.ts';
import type { Calls, ClassifiedStatement, Dialect, ScriptVerdict } from '../core/sql/verdict.ts';
import type { UndoNotice } from '../core/undo/kept.ts';
import type { Undo } from '../core/undo/undo.ts';
import type { ResultSink } from './resultSink.ts';

export interface Clock {
  now(): EpochMs;
  /** Calls back once after `milliseconds`; the returned function cancels. */
  after(milliseconds: number, callback: () => void): () => void;
}

export interface SqlAnalyser {
  /** Never rejects: what cannot be understood comes back as class `unknown`. */
  analyse(text: string, dialect: Dialect): Promise<ScriptVerdict>;
}

/** Who the server says it is, read after the connection was made. */
export type ServerIdentity = {
  readonly dialect: Dialect;
  /** e.g. `18.4`. */
  readonly version: string;
  readonly database: string;
  readonly user: string;
  /** False when the server runs without TLS on this line. */
  readonly encrypted: boolean;
};

export type ReadRequest = {
  readonly statement: ClassifiedStatement;
  readonly sink: ResultSink;
  readonly rowLimit: number;
  /** Upper bound of the bytes kept for one result. */
  readonly byteLimit: number;
  readonly statementTimeoutMs: number;
  readonly signal: AbortSignal;
};

export type ReadEnd =
  | {
      readonly kind: 'done';
      readonly rows: number;
      readonly commandTag: string;
      /** Why the server was stopped before its last row, if it was. */
      readonly truncated?: 'row-limit' | 'byte-limit';
    }
  | { readonly kind: 'cancelled'; readonly rows: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type ChangeLimits = {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** How long the transaction may wait for a person; the server enforces it too. */
  readonly holdMs: number;
  /** Rows fetched per table for the before/after view. */
  readonly maxRows: number;
  /** Tables larger than this are not read for it: only their counts are known. Absent: what the server's adapter thinks right. */
  readonly maxTableBytes?: number;
  /**
   * Row operations the server may expect before the person is asked whether to run at all: a rolled-back change of a million rows
   * still costs the server a million rows. Absent: do not ask.
   */
  readonly maxExpectedRows?: number;
  /** How long others may wait for its locks before an open change gives way. Absent: as long as it takes. */
  readonly giveWayAfterMs?: number;
  /** Rows of all tables that a way back may have; above, there is none. Absent: the adapter decides. */
  readonly maxUndoRows?: number;
  /** The same where nobody is asked: making one costs about as much as the change itself. Absent: none is made there. */
  readonly maxUnaskedUndoRows?: number;
  /** Schema in which empty copies of tables may be made, to learn how the server would carry out a definition. Absent: none are made. */
  readonly scratchSchema?: string;
  /** Rows to keep of what each statement of a change returns. Absent: none. */
  readonly returnedRows?: number;
};

export type ChangeRequest = {
  readonly statements: readonly ClassifiedStatement[];
  readonly limits: ChangeLimits;
  readonly signal: AbortSignal;
};

/** A write that ran and is not final. Exactly one of `commit` and `rollback` ends it. */
export interface OpenChange {
  readonly preview: Preview;
  /** Rows before and after, fetched on other round trips than the counts. Never rejects. */
  images(): Promise<readonly TableImages[]>;
  /** Who waits for locks of this change, right now. Never rejects; empty when it cannot be learned. Absent: the server cannot tell. */
  waiters?(): Promise<readonly Waiter[]>;
  /**
   * What the change did, as a value two runs can be compared by. Reads in the change's own transaction, so it is taken before
   * its end. Never rejects.
   */
  fingerprint?(): Promise<Fingerprint>;
  /** Read in the change's own transaction. Never rejects; `undefined` when it cannot be learned. */
  place?(): Promise<ServerPlace | undefined>;
  /** The way back, made in the change's own transaction. Never rejects: `none` with the reason where there is no way back. */
  undo?(): Promise<Undo>;
  /** Where its transaction's number counts, for whoever settles it later; asked right before COMMIT. Never rejects. */
  mark?(): Promise<string | undefined>;
  /** Settles when the transaction ended without us. */
  readonly ended: Promise<Extract<RollbackReason, 'server-timeout' | 'connection-lost'>>;
  /** One caller in the whole product: `runStatement`. Needs proof that the intent was recorded. */
  commit(intent: IntentReceipt): Promise<CommitResult>;
  /** Never rejects: when ROLLBACK cannot be sent, the line is cut and the server rolls back. */
  rollback(): Promise<void>;
}

export type ChangeStart =
  | { readonly kind: 'open'; readonly change: OpenChange }
  /**
   * Nothing ran: the server expects more row operations than `maxExpectedRows`. Begin again without that limit to run it.
   * `trial`: what a definition did to an empty copy of the table, where that could be tried.
   */
  | { readonly kind: 'costly'; readonly expectedRows: number; readonly statement: number; readonly trial?: Preview }
  /** Nothing ran: what only the server knows says that a rollback would not undo it, e.g. a table that keeps no transactions. In words. */
  | { readonly kind: 'irreversible'; readonly why: string }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly statement?: number }
  | { readonly kind: 'cancelled' };

/** A statement that runs alone, in a transaction of the server's own making or in none. */
export type AloneRequest = {
  readonly statement: ClassifiedStatement;
  readonly limits: Pick<ChangeLimits, 'lockTimeoutMs' | 'statementTimeoutMs' | 'scratchSchema'>;
  /** Where rows and notices go, if there are any. */
  readonly sink: ResultSink;
  readonly signal: AbortSignal;
};

export type AloneEnd =
  | { readonly kind: 'done'; readonly rows: number; readonly commandTag: string }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Stopped before it was sent. */
  | { readonly kind: 'cancelled' }
  /** It was sent and the line broke: it may have taken effect, or may still run. */
  | { readonly kind: 'in-doubt' };

/** One pinned server session for one document, with a second one beside it for metadata and before-images. */
export interface Session {
  readonly server: ServerIdentity;
  /** Settles when the line ended without `close`, with the reason. Never rejects. */
  readonly lost: Promise<Failure>;
  /** Read from the protocol, never guessed. */
  transactionState(): TransactionState;
  /** Runs one statement in a transaction that the server keeps read-only, and always rolls back. Never rejects. */
  read(request: ReadRequest): Promise<ReadEnd>;
  /** Runs the statements in one transaction and measures them. On any failure the transaction is rolled back first. Never rejects. */
  beginChange(request: ChangeRequest): Promise<ChangeStart>;
  /** Runs one statement in autocommit. For unprotected connections only. Never rejects. */
  execute(request: ReadRequest): Promise<ReadEnd>;
  /**
   * Asks the server's catalogue which of the names lead to code of users, as this session finds them. Remembered for a
   * moment. Never rejects. Absent where no name can lead there.
   */
  lookUp?(calls: readonly Calls[], signal: AbortSignal): Promise<NameAnswer>;
  /** What can be known about a statement without running it. Changes nothing. Never rejects. Absent: this server is not asked. */
  inspect?(request: Omit<AloneRequest, 'sink'>): Promise<Inspection>;
  /** Where a statement would run now. Never rejects; `undefined` when it cannot be learned. */
  place?(): Promise<ServerPlace | undefined>;
  /**
   * Runs one statement that no transaction can take back, alone and final. Needs proof that the intent was recorded, and that is
   * given after consent only. Never rejects.
   */
  runAlone?(intent: IntentReceipt, request: AloneRequest): Promise<AloneEnd>;
  /**
   * Asks the server, on a new line if need be, what became of a transaction. Never rejects.
   * `mark`: as it was recorded, for a transaction of another session; absent for one of this session.
   */
  settle(transactionId: string, mark?: string): Promise<Settlement>;
  close(): Promise<void>;
}

/** `open`: waiting for its end; `failed`: the server refuses everything but a rollback; `lost`: the line is gone. */
export type TransactionState = 'none' | 'open' | 'failed' | 'lost';

export type SessionStart =
  | {
      readonly kind: 'open';
      readonly session: Session;
      /** True when the document had a session before and its line was lost: settings made in it are gone. */
      readonly reopened?: boolean;
    }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Sessions {
  /** The pinned session of a document, opened when there is none. A lost one is never silently replaced during a change. */
  acquire(document: string, connection: ConnectionProfile, signal: AbortSignal): Promise<SessionStart>;
}

/** Proof that an intent record is durable. Only a journal can make one. */
export type IntentReceipt = Brand<{ readonly id: string }, 'IntentReceipt'>;

export interface Journal {
  /**
   * Durable when it resolves; rejects when it cannot be, and then nothing may run or commit.
   *
   * @param demand - `receipt`: on another machine too, whatever the settings say
   */
  intent(record: AuditRecord, demand?: 'spool' | 'receipt'): Promise<IntentReceipt>;
  /** Never rejects: what it tells already happened. Keeps trying on its own. */
  outcome(record: AuditRecord): Promise<void>;
}

export type ReviewRequest = {
  readonly connection: ConnectionProfile;
  /**
   * `held`: the change is open and waits. `rehearsed`: it ran, was measured and rolled back, because its locks wait for nobody;
   * after consent it runs again, and is committed only when it does the same. Absent: `held`.
   */
  readonly basis?: 'held' | 'rehearsed';
  readonly preview: Preview;
  readonly obligations: readonly Obligation[];
  /** What must be typed, when an obligation asks for it. */
  readonly phrase?: string;
  readonly statements: readonly ClassifiedStatement[];
  /** The run this change takes back, if it does. */
  readonly undoOf?: string;
};

export type Consent =
  | { readonly kind: 'commit'; /** What was typed, verbatim; empty when nothing had to be. */ readonly typed: string }
  /** Only where another person has to confirm. `whom`: ids of members to tell; the link can be given to anybody. */
  | { readonly kind: 'ask-peer'; readonly reason: string; readonly ticket?: string; readonly whom: readonly string[] }
  /** The same, without waiting for them. `typed`: the connection's name, verbatim; `withoutUndo`: they know that there is no way back. */
  | { readonly kind: 'break-glass'; readonly reason: string; readonly typed: string; readonly withoutUndo: boolean }
  | { readonly kind: 'roll-back'; readonly why: Extract<RollbackReason, 'declined' | 'closed' | 'access-ended'> };

/** The panel a person decides in. */
export interface Review {
  /** The next decision of the person. Never rejects. */
  decision(): Promise<Consent>;
  images(images: readonly TableImages[]): void;
  /** Who waits for the locks of the open change now; nobody, when it is empty. */
  waiting?(waiters: readonly Waiter[]): void;
  /** Whether there will be a way back. Not called where none is kept. */
  undo?(notice: UndoNotice): void;
  /** The last decision did not meet the obligations: says why, and the next call of `decision` waits again. */
  refuse(message: string): void;
  /** COMMIT is on its way: nothing can be decided any more. */
  committing(): void;
  /** Shows how it ended and accepts no decision any more. */
  end(outcome: Outcome): void;
}

/** A statement that would be final at once. */
export type IrreversibleRequest = {
  readonly connection: ConnectionProfile;
  readonly statement: ClassifiedStatement;
  readonly inspection: Inspection;
  readonly obligations: readonly Obligation[];
  readonly phrase: string;
};

export type CostlyRequest = {
  readonly connection: ConnectionProfile;
  /** Row operations the server expects. */
  readonly expectedRows: number;
  readonly statement: ClassifiedStatement;
};

export interface Reviewer {
  open(request: ReviewRequest): Review;
  /** Consent before anything ran. Absent: nobody can be asked, and such statements are refused. */
  ask?(request: IrreversibleRequest): Review;
  /** Whether a change is worth its cost. Absent: nobody can be asked, and it is not run. */
  worthIt?(request: CostlyRequest, signal: AbortSignal): Promise<boolean>;
}

/** Where results of reads go: one sink for each statement. */
export interface Results {
  /** A run begins: earlier results of the document give way. */
  begin(document: string, connection: ConnectionProfile, statements: readonly ClassifiedStatement[]): RunResults;
}

export interface RunResults {
  sink(statement: number): ResultSink;
  ended(statement: number, end: ReadEnd, durationMs: number): void;
  /** The whole run ended. Not called for statements that never ran. */
  finished(outcome: Outcome): void;
}
