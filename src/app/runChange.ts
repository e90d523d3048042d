/**
 * A write, from intent to outcome:
 * intent recorded → run and measured in an open transaction → shown → consent → commit-intent recorded → COMMIT → outcome recorded.
 *
 * A change whose locks would keep others out is not held while a person thinks: it is rolled back before it is shown, run
 * again after consent, and committed only when it did the same again.
 *
 * The only place in the product that calls `commit`. Whatever happens before COMMIT is sent ends in a rollback.
 */
import { confirmationPhrase, sumEffects } from '../core/consent/phrase.ts';
import { compareRuns, type MeasuredRun } from '../core/effect/sameEffect.ts';
import { toFailure } from '../core/errors.ts';
import type { Preview } from '../core/effect/preview.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Decision } from '../core/policy/decision.ts';
import { mayWait } from '../core/policy/holding.ts';
import type { UndoNotice } from '../core/undo/kept.ts';
import { askPeers, askPeersOfTrial, endReview, peerTermsOf, refuseWithoutPeers } from './askPeers.ts';
import { beginAgain, beginChange, distrustCopy } from './beginChange.ts';
import { decideWhileOpen, personDecides, type Question, type Shown } from './decideChange.ts';
import type { IntentReceipt, OpenChange, ReviewRequest, Session } from './ports.ts';
import { recordOutcome, type Run } from './run.ts';
import { runFoundIrreversible } from './runIrreversible.ts';
import { runOneByOne } from './runOneByOne.ts';
import { createUndoKeeping, type UndoKeeping } from './undoKeeping.ts';

type ChangeDecision = Extract<Decision, { path: 'change' }>;

export async function runChange(run: Run, session: Session, decision: ChangeDecision): Promise<Outcome> {
  const { statements, obligations } = decision;
  const { approvals } = run.ports;
  const terms = peerTermsOf(obligations);
  if (terms && !approvals) return await recordOutcome(run, { kind: 'refused', reasons: [refuseWithoutPeers(run.request.connection.name)] });
  await run.ports.journal.intent(run.record('intent'));
  const begun = await beginChange(run, session, statements);
  switch (begun.kind) {
    case 'ended':
      return await recordOutcome(run, begun.outcome);
    case 'irreversible':
      // Where nothing is protected, nobody is asked.
      if (obligations.length === 0) return await runOneByOne(run, session, statements, 'execute');
      return await runFoundIrreversible(run, session, { statements, obligations, why: begun.why });
    case 'tried':
      if (terms && approvals) return await recordOutcome(run, await askPeersOfTrial(run, approvals, session, { statements, obligations, terms, preview: begun.preview }));
      return await recordOutcome(run, await reviewTrial(run, { session, decision }, begun.preview));
    case 'open':
      break;
  }
  const { change } = begun;
  if (obligations.length === 0) return await recordOutcome(run, await commitUnasked(run, session, change));
  if (terms && approvals) return await recordOutcome(run, await askPeers(run, approvals, change, { statements, obligations, terms }));
  const undo = createUndoKeeping(run, change);
  const reviewed: Reviewed = { session, change, decision, undo };
  return await recordOutcome(run, mayWait(change.preview.locks) ? await holdAndEnd(run, reviewed) : await rehearseAndEnd(run, reviewed));
}

type Reviewed = { readonly session: Session; readonly change: OpenChange; readonly decision: ChangeDecision; readonly undo: UndoKeeping };

/** The transaction stays open until the decision: what is committed is what was seen. */
async function holdAndEnd(run: Run, reviewed: Reviewed): Promise<Outcome> {
  const { undo } = reviewed;
  const question = await openReview(run, reviewed, 'held');
  const outcome = await decideAndEnd(run, reviewed, question);
  await undo.settle(outcome);
  endReview(question.review, outcome);
  return outcome;
}

async function decideAndEnd(run: Run, { session, change, undo }: Reviewed, question: Question): Promise<Outcome> {
  const { review } = question;
  try {
    const shown: Shown = { notice: undefined };
    const showing = change.images().then(async (images) => {
      review.images(images);
      shown.notice = await undo.prepare();
      if (shown.notice) review.undo?.(shown.notice);
    });
    const verdict = await decideWhileOpen(run, change, question, { shown, showing });
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

/** Everything there is to see is fetched first, then the locks are let go, and only then somebody is asked. */
async function rehearseAndEnd(run: Run, reviewed: Reviewed): Promise<Outcome> {
  const { change, undo } = reviewed;
  let question: Question | undefined;
  let outcome: Outcome;
  try {
    const images = await change.images();
    const notice = await undo.prepare();
    const shown = await measuredRun(change);
    await change.rollback();
    question = await openReview(run, reviewed, 'rehearsed');
    const { review } = question;
    review.images(images);
    if (notice) review.undo?.(notice);
    const verdict = await personDecides(question, { notice }, Promise.resolve());
    if (verdict.kind === 'commit') {
      review.committing();
      outcome = await replay(run, reviewed, shown);
    } else {
      outcome = { kind: 'rolled-back', why: verdict.why, preview: change.preview };
    }
  } catch (thrown) {
    await change.rollback();
    outcome = { kind: 'failed', failure: toFailure(thrown) };
  }
  await undo.settle(outcome);
  if (question) endReview(question.review, outcome);
  return outcome;
}

/** What it does was learned on an empty copy: it runs for the first time after consent, and is committed when the table agrees. */
async function reviewTrial(run: Run, { session, decision }: Pick<Reviewed, 'session' | 'decision'>, preview: Preview): Promise<Outcome> {
  const review = { session, decision, change: { preview, rollback: () => Promise.resolve() } };
  const question = await openReview(run, review, 'rehearsed');
  let outcome: Outcome;
  try {
    question.review.images([]);
    const notice: UndoNotice | undefined = run.ports.undo && { kind: 'none', reason: 'it did not run yet, and a definition has no way back.' };
    if (notice) question.review.undo?.(notice);
    const verdict = await personDecides(question, { notice }, Promise.resolve());
    if (verdict.kind === 'commit') {
      question.review.committing();
      outcome = await replay(run, review, { preview });
      if (outcome.kind === 'rolled-back' && outcome.why === 'drifted') distrustCopy(session, decision.statements);
    } else {
      outcome = { kind: 'rolled-back', why: verdict.why, preview };
    }
  } catch (thrown) {
    outcome = { kind: 'failed', failure: toFailure(thrown) };
  }
  endReview(question.review, outcome);
  return outcome;
}

/** Runs it once more and compares: equal is committed at once, anything else is rolled back and told. */
async function replay(run: Run, { session, decision }: Pick<Reviewed, 'session' | 'decision'>, shown: MeasuredRun): Promise<Outcome> {
  const judge: Judge = async (change, undo) => {
    const differences = compareRuns(shown, await measuredRun(change));
    if (differences.length > 0) return { kind: 'rolled-back', why: 'drifted', preview: change.preview, differences };
    await undo.prepare();
    return undefined;
  };
  return await runAgain(run, session, decision.statements, { judge });
}

/** Why an open change must not become final: how the run ends instead. `undefined`: it may. */
export type Judge = (change: OpenChange, undo: UndoKeeping) => Promise<Outcome | undefined>;

export type Again = { readonly judge: Judge; /** What to do instead where the server says that a rollback would not undo it. Absent: nothing. */ readonly irreversibly?: () => Promise<Outcome> };

/** Runs what was shown or approved before, and commits it when the judge has nothing against what it does now. */
export async function runAgain(run: Run, session: Session, statements: ChangeDecision['statements'], { judge, irreversibly }: Again): Promise<Outcome> {
  const begun = await beginAgain(run, session, statements);
  if (begun.kind === 'ended') return begun.outcome;
  if (begun.kind === 'irreversible' && irreversibly) return await irreversibly();
  if (begun.kind === 'irreversible') return { kind: 'failed', failure: { code: 'internal', message: `Not committed: ${begun.why} Nothing is different.` } };
  const { change } = begun;
  const undo = createUndoKeeping(run, change);
  let outcome: Outcome;
  try {
    const instead = await judge(change, undo);
    if (instead) await change.rollback();
    outcome = instead ?? (await commitNow(run, session, change));
  } catch (thrown) {
    await change.rollback();
    await undo.settle({ kind: 'failed', failure: toFailure(thrown) });
    throw thrown;
  }
  await undo.settle(outcome);
  return outcome;
}

async function measuredRun(change: OpenChange): Promise<MeasuredRun> {
  const fingerprint = await change.fingerprint?.();
  return { preview: change.preview, ...(fingerprint ? { fingerprint } : {}) };
}

/** A change nobody can see is one nobody can decide about: when there is no panel, it is rolled back. */
async function openReview(run: Run, { change, decision }: { readonly change: Pick<OpenChange, 'preview' | 'rollback'>; readonly decision: ChangeDecision }, basis: 'held' | 'rehearsed'): Promise<Question> {
  const { ports } = run;
  const { obligations, statements } = decision;
  const { connection, undoOf } = run.request;
  const { preview } = change;
  const isTyped = obligations.some(({ kind }) => kind === 'typed-confirmation');
  const phrase = isTyped ? confirmationPhrase(statements, preview) : undefined;
  const facts: ReviewRequest = { connection, basis, preview, obligations, statements, ...(phrase === undefined ? {} : { phrase }), ...(undoOf === undefined ? {} : { undoOf }) };
  try {
    const meanwhile = basis === 'held' ? 'The change is still open.' : 'Nothing is open meanwhile; you can decide again.';
    const review = ports.reviewer.open(facts);
    // What was on screen, for whoever asks later what the decision was about. Nobody waits for it.
    void ports.journal.outcome(run.record('preview', { effects: preview.effects, ...(preview.transactionId === undefined ? {} : { transactionId: preview.transactionId }) }));
    return { review, obligations, phrase, meanwhile };
  } catch (thrown) {
    await change.rollback();
    throw thrown;
  }
}

/** Nobody is asked on a connection that is not protected. A way back from a small change is made all the same. */
async function commitUnasked(run: Run, session: Session, change: OpenChange): Promise<Outcome> {
  const undo = createUndoKeeping(run, change);
  const { inserted, updated, deleted } = sumEffects(change.preview.effects);
  try {
    if (inserted + updated + deleted <= (run.request.limits.maxUnaskedUndoRows ?? 0)) await undo.prepare();
    const outcome = await commitNow(run, session, change);
    await undo.settle(outcome);
    return outcome;
  } catch (thrown) {
    await undo.settle({ kind: 'failed', failure: toFailure(thrown) });
    throw thrown;
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
    const transactionMark = await change.mark?.();
    return await run.ports.journal.intent(
      run.record('commit-intent', { effects, ...(transactionId === undefined ? {} : { transactionId }), ...(transactionMark === undefined ? {} : { transactionMark }) }),
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
