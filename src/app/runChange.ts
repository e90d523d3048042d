/**
 * A write, from intent to outcome:
 * intent recorded → run and measured in an open transaction → shown → consent → commit-intent recorded → COMMIT → outcome recorded.
 *
 * The only place in the product that calls `commit`. Whatever happens before COMMIT is sent ends in a rollback.
 */
import { confirmationPhrase, meetsObligations } from '../core/consent/phrase.ts';
import { toFailure } from '../core/errors.ts';
import type { Outcome, RollbackReason } from '../core/outcome.ts';
import type { Decision } from '../core/policy/decision.ts';
import type { UndoNotice } from '../core/undo/kept.ts';
import type { ChangeLimits, IntentReceipt, OpenChange, Review, Session } from './ports.ts';
import type { Run } from './run.ts';
import { createUndoKeeping, type UndoKeeping } from './undoKeeping.ts';

type ChangeDecision = Extract<Decision, { path: 'change' }>;
type Verdict = { readonly kind: 'commit' } | { readonly kind: 'roll-back'; readonly why: RollbackReason };

export async function runChange(run: Run, session: Session, decision: ChangeDecision): Promise<Outcome> {
  const { ports, request } = run;
  const { statements } = decision;
  await ports.journal.intent(run.record('intent'));
  const start = await session.beginChange({ statements, limits: limitsOf(request), signal: request.signal });
  if (start.kind !== 'open') return await recordOutcome(run, start.kind === 'failed' ? start : { kind: 'cancelled' });
  const { change } = start;
  if (decision.obligations.length === 0) return await recordOutcome(run, await commitNow(run, session, change));

  const phrase = decision.obligations.some(({ kind }) => kind === 'typed-confirmation')
    ? confirmationPhrase(statements, change.preview)
    : undefined;
  const review = await openReview(run, change, { decision, phrase });
  const undo = createUndoKeeping(run, change);
  const outcome = await reviewAndEnd(run, { session, change, review, decision, phrase, undo });
  await undo.settle(outcome);
  try {
    review.end(outcome);
  } catch {
    // What happened to the data is decided, and the record below says it.
  }
  return await recordOutcome(run, outcome);
}

/** A way back says itself which rows it leaves alone. */
function limitsOf({ limits, undoOf }: Run['request']): ChangeLimits {
  return undoOf === undefined ? limits : { ...limits, returnedRows: 1000 };
}

/** A change nobody can see is one nobody can decide about: when there is no panel, it is rolled back. */
async function openReview({ ports, request }: Run, change: OpenChange, { decision, phrase }: Pick<Reviewed, 'decision' | 'phrase'>): Promise<Review> {
  const { obligations, statements } = decision;
  const { connection, undoOf } = request;
  try {
    return ports.reviewer.open({ connection, preview: change.preview, obligations, statements, ...(phrase === undefined ? {} : { phrase }), ...(undoOf === undefined ? {} : { undoOf }) });
  } catch (thrown) {
    await change.rollback();
    throw thrown;
  }
}

type Reviewed = {
  readonly session: Session;
  readonly change: OpenChange;
  readonly review: Review;
  readonly decision: ChangeDecision;
  readonly phrase: string | undefined;
  readonly undo: UndoKeeping;
};

async function reviewAndEnd(run: Run, reviewed: Reviewed): Promise<Outcome> {
  const { session, change, review, undo } = reviewed;
  try {
    const shown: Shown = { notice: undefined };
    const showing = change.images().then(async (images) => {
      review.images(images);
      shown.notice = await undo.prepare();
      if (shown.notice) review.undo?.(shown.notice);
    });
    const verdict = await decideTogether(run, reviewed, { shown, showing });
    if (verdict.kind === 'commit') {
      review.committing();
      return await commitNow(run, session, change);
    }
    await change.rollback();
    return { kind: 'rolled-back', why: verdict.why, preview: change.preview };
  } catch (thrown) {
    await change.rollback();
    return { kind: 'failed', failure: toFailure(thrown) };
  }
}

/** The first of: a person's valid decision, the countdown, the server ending the transaction, rows that cannot be shown. */
async function decideTogether(run: Run, reviewed: Reviewed, { shown, showing }: { readonly shown: Shown; readonly showing: Promise<void> }): Promise<Verdict> {
  const { change } = reviewed;
  const { clock } = run.ports;
  let stopClock: (() => void) | undefined;
  const expired = new Promise<Verdict>((resolve) => {
    stopClock = clock.after(Math.max(0, change.preview.expiresAt - clock.now()), () => {
      resolve({ kind: 'roll-back', why: 'expired' });
    });
  });
  const ended = change.ended.then((why): Verdict => ({ kind: 'roll-back', why }));
  const unshown = showing.then(() => new Promise<never>(() => undefined));
  try {
    return await Promise.race([personDecides(reviewed, shown, showing), expired, ended, unshown]);
  } finally {
    stopClock?.();
  }
}

/** What the person has been told so far. */
type Shown = { notice: UndoNotice | undefined };

/**
 * Waits until a decision meets the obligations. Commit waits for the rows and the way back to be on screen: nothing unseen
 * becomes final, and who decided before it was known that there is no way back is asked once more.
 */
async function personDecides({ review, decision, phrase }: Reviewed, shown: Shown, showing: Promise<void>): Promise<Verdict> {
  for (;;) {
    const consent = await review.decision();
    if (consent.kind === 'roll-back') return { kind: 'roll-back', why: consent.why };
    if (!meetsObligations(decision.obligations, phrase, consent.typed)) {
      review.refuse(`Not committed: what was typed is not “${phrase ?? ''}”. The change is still open.`);
      continue;
    }
    const knew = shown.notice;
    await showing;
    if (knew || shown.notice?.kind !== 'none') return { kind: 'commit' };
    review.refuse(`Not committed yet: no undo, because ${shown.notice.reason} The change is still open; commit again to go on without a way back.`);
  }
}

async function commitNow(run: Run, session: Session, change: OpenChange): Promise<Outcome> {
  const { preview } = change;
  const receipt = await recordCommitIntent(run, change);
  const result = await change.commit(receipt);
  switch (result.kind) {
    case 'acknowledged':
      return { kind: 'committed', preview };
    case 'rejected':
      return { kind: 'failed', failure: result.failure };
    case 'in-doubt':
      return await settleDoubt(session, change);
  }
}

/** No record, no write: when the record cannot be made durable, the change is rolled back and the run fails. */
async function recordCommitIntent(run: Run, change: OpenChange): Promise<IntentReceipt> {
  const { effects, transactionId } = change.preview;
  try {
    return await run.ports.journal.intent(
      run.record('commit-intent', { effects, ...(transactionId === undefined ? {} : { transactionId }) }),
    );
  } catch (thrown) {
    await change.rollback();
    throw thrown;
  }
}

async function settleDoubt(session: Session, { preview }: OpenChange): Promise<Outcome> {
  const { transactionId } = preview;
  if (transactionId === undefined) return { kind: 'in-doubt', preview };
  switch (await session.settle(transactionId)) {
    case 'committed':
      return { kind: 'committed', preview };
    case 'rolled-back':
      return { kind: 'rolled-back', why: 'connection-lost', preview };
    case 'in-progress':
    case 'unknown':
      return { kind: 'in-doubt', transactionId, preview };
  }
}

async function recordOutcome(run: Run, outcome: Outcome): Promise<Outcome> {
  const preview = 'preview' in outcome ? outcome.preview : undefined;
  await run.ports.journal.outcome(
    run.record('outcome', {
      outcome: outcome.kind,
      ...(preview ? { effects: preview.effects } : {}),
      ...(preview?.transactionId === undefined ? {} : { transactionId: preview.transactionId }),
      ...(outcome.kind === 'rolled-back' ? { reason: outcome.why } : {}),
      ...(outcome.kind === 'failed' ? { reason: outcome.failure.message } : {}),
    }),
  );
  return outcome;
}
