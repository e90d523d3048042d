/** What policy says about a text before anything is sent. */
import type { Terms } from '../approval/terms.ts';
import type { ByteSpan, ClassifiedStatement } from '../sql/verdict.ts';

/** What must be met before COMMIT. An obligation nobody knows how to meet means the change is refused. */
export type Obligation =
  /** A deliberate click on Commit in the review panel. */
  | { readonly kind: 'consent' }
  /** Typing what the change does, word for word. */
  | { readonly kind: 'typed-confirmation' }
  /** Signed by others, on these terms; checked where it is run. */
  | { readonly kind: 'peer-confirmation'; readonly terms: Terms };

export type DenyCode =
  | 'unparsed'
  | 'empty'
  | 'blocked'
  | 'needs-elevation'
  | 'needs-confirmation'
  | 'transaction-control'
  | 'session-setting'
  | 'cannot-preview'
  | 'outside-database'
  | 'not-alone'
  | 'too-costly'
  /** Others confirmed it, and it is no longer what they confirmed. */
  | 'not-as-approved';

export type DenyReason = {
  readonly code: DenyCode;
  /** What is refused, what that means for the data, what to do next. */
  readonly message: string;
  readonly span?: ByteSpan;
};

export type Decision =
  /** Every statement is a read: run each in a transaction the server keeps read-only. */
  | { readonly effect: 'permit'; readonly path: 'read'; readonly statements: readonly ClassifiedStatement[] }
  /** Run all in one transaction, measure, then meet the obligations before COMMIT. No obligations: commit at once. */
  | {
      readonly effect: 'permit';
      readonly path: 'change';
      readonly statements: readonly ClassifiedStatement[];
      readonly obligations: readonly Obligation[];
    }
  /** No transaction can take it back: nothing runs before the obligations are met, and then it runs alone. */
  | {
      readonly effect: 'permit';
      readonly path: 'consent-first';
      readonly statement: ClassifiedStatement;
      readonly obligations: readonly Obligation[];
    }
  /** Run one by one outside a transaction: unprotected connections only. */
  | { readonly effect: 'permit'; readonly path: 'direct'; readonly statements: readonly ClassifiedStatement[] }
  | { readonly effect: 'deny'; readonly reasons: readonly DenyReason[] };
