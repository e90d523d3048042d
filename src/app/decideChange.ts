/** The decision about a change that was shown: a person's, unless something else ends the change first. */
import { meetsObligations } from '../core/consent/phrase.ts';
import type { RollbackReason } from '../core/outcome.ts';
import type { Obligation } from '../core/policy/decision.ts';
import type { UndoNotice } from '../core/undo/kept.ts';
import type { OpenChange, Review } from './ports.ts';
import type { Run } from './run.ts';

export type Verdict = { readonly kind: 'commit' } | { readonly kind: 'roll-back'; readonly why: RollbackReason };

/** What a person is asked. */
export type Question = {
  readonly review: Review;
  readonly obligations: readonly Obligation[];
  readonly phrase: string | undefined;
  /** What stands while they think, as the end of a sentence: `The change is still open.` */
  readonly meanwhile: string;
};

/** What the person has been told so far. */
export type Shown = { notice: UndoNotice | undefined };

const pollMs = 1000;

/** The first of: a person's valid decision, the countdown, the server ending the transaction, others waiting, rows that cannot be shown. */
export async function decideWhileOpen(run: Run, change: OpenChange, question: Question, told: { readonly shown: Shown; readonly showing: Promise<void> }): Promise<Verdict> {
  const { clock } = run.ports;
  let stopClock: (() => void) | undefined;
  const expired = new Promise<Verdict>((resolve) => {
    stopClock = clock.after(Math.max(0, change.preview.expiresAt - clock.now()), () => {
      resolve({ kind: 'roll-back', why: 'expired' });
    });
  });
  const ended = change.ended.then((why): Verdict => ({ kind: 'roll-back', why }));
  const unshown = told.showing.then(() => new Promise<never>(() => undefined));
  const others = watchWaiters(run, change, question.review);
  try {
    return await Promise.race([personDecides(question, told.shown, told.showing), expired, ended, unshown, others.waited]);
  } finally {
    stopClock?.();
    others.stop();
  }
}

/**
 * Waits until a decision meets the obligations. Commit waits for the rows and the way back to be on screen: nothing unseen
 * becomes final, and who decided before it was known that there is no way back is asked once more.
 */
export async function personDecides({ review, obligations, phrase, meanwhile }: Question, shown: Shown, showing: Promise<void>): Promise<Verdict> {
  for (;;) {
    const consent = await review.decision();
    if (consent.kind === 'roll-back') return { kind: 'roll-back', why: consent.why };
    if (consent.kind === 'ask-peer' || consent.kind === 'break-glass') {
      review.refuse(`Nobody else has to confirm this. ${meanwhile}`);
      continue;
    }
    if (!meetsObligations(obligations, phrase, consent.typed)) {
      review.refuse(`Not committed: what was typed is not “${phrase ?? ''}”. ${meanwhile}`);
      continue;
    }
    const knew = shown.notice;
    await showing;
    if (knew || shown.notice?.kind !== 'none') return { kind: 'commit' };
    review.refuse(`Not committed yet: no undo, because ${shown.notice.reason} ${meanwhile.replace(/\.$/u, '')}; commit again to go on without a way back.`);
  }
}

/** Tells the panel every second who waits, and gives way when somebody has waited for too long. */
function watchWaiters({ ports, request }: Run, change: OpenChange, review: Review): { readonly waited: Promise<Verdict>; stop(): void } {
  const { giveWayAfterMs } = request.limits;
  let isOver = false;
  let stopTimer: (() => void) | undefined;
  const waited = new Promise<Verdict>((resolve) => {
    const look = async (): Promise<void> => {
      const waiters = (await change.waiters?.()) ?? [];
      if (isOver) return;
      review.waiting?.(waiters);
      if (giveWayAfterMs !== undefined && waiters.some(({ waitingMs }) => waitingMs >= giveWayAfterMs)) return resolve({ kind: 'roll-back', why: 'others-wait' });
      lookLater();
    };
    const lookLater = (): void => {
      stopTimer = ports.clock.after(pollMs, () => void look().catch(lookLater));
    };
    if (change.waiters) lookLater();
  });
  return {
    waited,
    stop() {
      isOver = true;
      stopTimer?.();
    },
  };
}
