/** How a run ended. `runStatement` never rejects; every end is one of these. */
import type { Failure } from './errors.ts';
import type { Preview } from './effect/preview.ts';
import type { DenyReason } from './policy/decision.ts';

export type RollbackReason =
  /** The person chose Roll Back, or closed the panel, or Escape. */
  | 'declined'
  /** The countdown ran out. */
  | 'expired'
  /** The person stopped the run before the preview was ready. */
  | 'cancelled'
  /** The document was closed, or the editor is shutting down. */
  | 'closed'
  /** The server ended the transaction by its own timeout. */
  | 'server-timeout'
  /** The line to the server broke; the server rolls back by itself. */
  | 'connection-lost'
  /** The write privilege ended while the change was open. */
  | 'access-ended'
  /** Others had waited for its locks for longer than policy allows. */
  | 'others-wait'
  /** Run again after consent, it did something else than what was shown. */
  | 'drifted';

export type Outcome =
  | { readonly kind: 'read'; readonly statements: number; readonly rows: number }
  | { readonly kind: 'committed'; readonly preview?: Preview }
  | {
      readonly kind: 'rolled-back';
      readonly why: RollbackReason;
      readonly preview?: Preview;
      /** For `drifted`: what is different from what was shown, one line each. */
      readonly differences?: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reasons: readonly DenyReason[] }
  /** Nothing is open and nothing was changed: others were asked to confirm it, and it runs when they have. */
  | {
      readonly kind: 'awaiting-confirmation';
      readonly request: string;
      /** The person commits it without others: their own signature is all it waits for. */
      readonly emergency?: true;
      readonly preview?: Preview;
      /** Opens it, for whoever is to confirm. Absent: no server has it, and it travels as text. */
      readonly link?: string;
      /** Why no server has it. */
      readonly problem?: string;
    }
  | { readonly kind: 'cancelled'; /** Set when nothing was sent that could change anything. */ readonly sent?: false }
  | { readonly kind: 'failed'; readonly failure: Failure; /** Index of the statement that failed. */ readonly statement?: number }
  /**
   * The answer to COMMIT, or to a statement that the server makes final by itself, was lost, and the server could not be asked
   * what became of it. Nobody may guess.
   */
  | { readonly kind: 'in-doubt'; readonly transactionId?: string; /** Absent: there was none. */ readonly preview?: Preview };

/** What the server said to COMMIT. */
export type CommitResult =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'rejected'; readonly failure: Failure }
  | { readonly kind: 'in-doubt' };

/** What became of a transaction whose COMMIT got no answer. */
export type Settlement = 'committed' | 'rolled-back' | 'in-progress' | 'unknown';
