/**
 * A change that others have to confirm: it ran, was measured and rolled back before anybody is asked, because people take their
 * time and locks do not wait for them.
 */
import type { Terms } from '../core/approval/terms.ts';
import { toFailure } from '../core/errors.ts';
import type { Outcome } from '../core/outcome.ts';
import type { DenyReason, Obligation } from '../core/policy/decision.ts';
import type { Preview } from '../core/effect/preview.ts';
import type { ClassifiedStatement } from '../core/sql/verdict.ts';
import type { UndoNotice } from '../core/undo/kept.ts';
import type { Approvals } from './approvalPorts.ts';
import type { OpenChange, Review, ReviewRequest, Session } from './ports.ts';
import { requestApproval, type Askable } from './requestApproval.ts';
import { requestEmergency } from './requestEmergency.ts';
import type { Run } from './run.ts';
import { createUndoKeeping } from './undoKeeping.ts';

/** The terms, when others have to confirm. */
export function peerTermsOf(obligations: readonly Obligation[]): Terms | undefined {
  return obligations.flatMap((each) => (each.kind === 'peer-confirmation' ? [each.terms] : []))[0];
}

/** Where nobody can be asked, as in a terminal. */
export function refuseWithoutPeers(name: string): DenyReason {
  return { code: 'needs-confirmation', message: `Nothing was run: on ${name} another person has to confirm this, and here nobody can be asked. Open it in the editor, where “Ask a Peer to Confirm” takes the place of Commit.` };
}

export type PeerOrder = { readonly statements: readonly ClassifiedStatement[]; readonly obligations: readonly Obligation[]; readonly terms: Terms };

/** Never rejects, and leaves nothing open. */
export async function askPeers(run: Run, approvals: Approvals, change: OpenChange, order: PeerOrder): Promise<Outcome> {
  const undo = createUndoKeeping(run, change);
  const { preview } = change;
  let outcome: Outcome;
  let review: Review | undefined;
  try {
    const images = await change.images();
    const notice = await undo.prepare();
    const fingerprint = (await change.fingerprint?.()) ?? { kind: 'none', reason: 'This server has none.' };
    const place = await change.place?.();
    await change.rollback();
    review = openReview(run, order, preview);
    review.images(images);
    if (notice) review.undo?.(notice);
    outcome = (await asked(run, approvals, review, { ...order, preview, images, fingerprint, known: [], place, notice })) ?? { kind: 'rolled-back', why: 'declined', preview };
  } catch (thrown) {
    await change.rollback();
    outcome = { kind: 'failed', failure: toFailure(thrown) };
  }
  // The way back is made anew when it runs.
  await undo.settle(outcome);
  endReview(review, outcome);
  return outcome;
}

/** A definition that was tried on an empty copy only: nothing of the table itself was measured, so its text is what is confirmed. */
export async function askPeersOfTrial(run: Run, approvals: Approvals, session: Pick<Session, 'place'>, { preview, ...order }: PeerOrder & { readonly preview: Preview }): Promise<Outcome> {
  let outcome: Outcome;
  let review: Review | undefined;
  try {
    const place = await session.place?.();
    const notice: UndoNotice | undefined = run.ports.undo && { kind: 'none', reason: 'it did not run yet, and a definition has no way back.' };
    review = openReview(run, order, preview);
    review.images([]);
    if (notice) review.undo?.(notice);
    const known = ['It was tried on an empty copy of the table. On the table itself nothing was measured.'];
    outcome = (await asked(run, approvals, review, { ...order, preview, images: [], fingerprint: null, known, place, notice })) ?? { kind: 'rolled-back', why: 'declined', preview };
  } catch (thrown) {
    outcome = { kind: 'failed', failure: toFailure(thrown) };
  }
  endReview(review, outcome);
  return outcome;
}

function openReview({ ports, request, record }: Run, { statements, obligations }: PeerOrder, preview: ReviewRequest['preview']): Review {
  const { connection, undoOf } = request;
  const review = ports.reviewer.open({ connection, basis: 'rehearsed', preview, obligations, statements, ...(undoOf === undefined ? {} : { undoOf }) });
  void ports.journal.outcome(record('preview', { effects: preview.effects }));
  return review;
}

/** Waits until somebody was asked, or the person does not want to: `undefined`. */
export async function asked(run: Run, approvals: Approvals, review: Review, askable: Askable): Promise<Outcome | undefined> {
  for (;;) {
    const consent = await review.decision();
    switch (consent.kind) {
      case 'roll-back':
        return consent.why === 'declined' ? undefined : { kind: 'rolled-back', why: consent.why };
      case 'commit':
        review.refuse('Not committed: another person has to confirm this. Ask them; nothing is open meanwhile.');
        break;
      case 'ask-peer':
      case 'break-glass': {
        const answer = consent.kind === 'ask-peer' ? await requestApproval(run, approvals, askable, consent) : await requestEmergency(run, approvals, askable, consent);
        if (answer.kind === 'asked') return answer.outcome;
        review.refuse(answer.message);
      }
    }
  }
}

export function endReview(review: Review | undefined, outcome: Outcome): void {
  try {
    review?.end(outcome);
  } catch {
    // What happened to the data is decided, and the record says it.
  }
}
