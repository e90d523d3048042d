/**
 * A statement that no transaction can take back:
 * intent recorded → looked at, not run → consent, always typed → commit-intent recorded → run alone, final at once → outcome recorded.
 *
 * Nothing that could change anything is sent before the consent. A line that breaks while it runs leaves a doubt, which is said.
 */
import { irreversiblePhrase } from '../core/consent/phrase.ts';
import type { Terms } from '../core/approval/terms.ts';
import type { Inspection } from '../core/effect/inspection.ts';
import { toFailure } from '../core/errors.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Obligation } from '../core/policy/decision.ts';
import { refuseIrreversible, whyIrreversible } from '../core/policy/irreversible.ts';
import type { ClassifiedStatement } from '../core/sql/verdict.ts';
import type { UndoNotice } from '../core/undo/kept.ts';
import type { Approvals } from './approvalPorts.ts';
import { asked, endReview, peerTermsOf, refuseWithoutPeers } from './askPeers.ts';
import { personDecides, type Question } from './decideChange.ts';
import type { AloneEnd, ReadEnd, Review, Reviewer, Session } from './ports.ts';
import { recordOutcome, type Run } from './run.ts';
import { createUndoKeeping } from './undoKeeping.ts';

export type IrreversibleOrder = {
  readonly statement: ClassifiedStatement;
  readonly obligations: readonly Obligation[];
};

export async function runIrreversible(run: Run, session: Session, order: IrreversibleOrder): Promise<Outcome> {
  const way = wayOf(run.ports.reviewer, session);
  if (!way) return await recordOutcome(run, { kind: 'refused', reasons: [refuseIrreversible(order.statement, 1)] });
  if (peerTermsOf(order.obligations) && !run.ports.approvals) return await recordOutcome(run, { kind: 'refused', reasons: [refuseWithoutPeers(run.request.connection.name)] });
  await run.ports.journal.intent(run.record('intent'));
  return await recordOutcome(run, await askAndRun(run, way, order));
}

/** A change that could not be begun: the server says that a rollback would not undo it. Its intent is recorded already. */
export async function runFoundIrreversible(run: Run, session: Session, { statements, obligations, why }: { readonly statements: readonly ClassifiedStatement[]; readonly obligations: readonly Obligation[]; readonly why: string }): Promise<Outcome> {
  const way = wayOf(run.ports.reviewer, session);
  const [statement] = statements;
  if (!way || !statement || statements.length > 1) return await recordOutcome(run, { kind: 'refused', reasons: statements.map((each) => refuseIrreversible(each, statements.length, why)) });
  // Whoever else has to confirm still has to.
  const stronger: readonly Obligation[] = peerTermsOf(obligations) ? obligations : [{ kind: 'consent' }, { kind: 'typed-confirmation' }];
  return await recordOutcome(run, await askAndRun(run, way, { statement, obligations: stronger }, why));
}

type Way = Pick<Session, 'place'> & { readonly inspect: NonNullable<Session['inspect']>; readonly runAlone: NonNullable<Session['runAlone']>; readonly ask: NonNullable<Reviewer['ask']> };

function wayOf(reviewer: Reviewer, session: Session): Way | undefined {
  return session.inspect && session.runAlone && reviewer.ask ? { inspect: session.inspect, runAlone: session.runAlone, ask: reviewer.ask, ...(session.place ? { place: session.place } : {}) } : undefined;
}

async function askAndRun(run: Run, way: Way, { statement, obligations }: IrreversibleOrder, why = whyIrreversible(statement)): Promise<Outcome> {
  const { limits, signal, connection } = run.request;
  const found = await way.inspect({ statement, limits, signal });
  if (signal.aborted) return { kind: 'cancelled', sent: false };
  const inspection = { ...found, facts: [{ label: 'Cannot be rolled back', text: why }, ...found.facts] };
  const phrase = irreversiblePhrase(statement);
  const review = way.ask({ connection, statement, inspection, obligations, phrase });
  // Only a text that brought its way back along has one.
  const undo = createUndoKeeping(run, { preview: { effects: [] }, undo: () => Promise.resolve({ kind: 'none', reason: `${why.charAt(0).toLowerCase()}${why.slice(1)}` }) });
  const notice = await undo.prepare();
  if (notice) review.undo?.(notice);
  const terms = peerTermsOf(obligations);
  const { approvals } = run.ports;
  const outcome = terms && approvals ? await askOthers(run, approvals, way, { review, statement, terms, inspection, notice }) : await decideAndRun(run, way, { statement, question: { review, obligations, phrase, meanwhile: 'Nothing ran.' } });
  await undo.settle(outcome);
  endReview(review, outcome);
  return outcome;
}

type Asking = { readonly review: Review; readonly statement: ClassifiedStatement; readonly terms: Terms; readonly inspection: Inspection; readonly notice: UndoNotice | undefined };

/** Text, place and what is known are all there is to confirm. */
async function askOthers(run: Run, approvals: Approvals, way: Way, { review, statement, terms, inspection, notice }: Asking): Promise<Outcome> {
  try {
    const known = [...inspection.facts.map(({ label, text }) => `${label}: ${text}`), ...inspection.unknown];
    const askable = { statements: [statement], terms, preview: { effects: [], permanent: [] }, images: [], fingerprint: null, known, place: await way.place?.(), notice };
    return (await asked(run, approvals, review, askable)) ?? { kind: 'cancelled', sent: false };
  } catch (thrown) {
    return { kind: 'failed', failure: toFailure(thrown) };
  }
}

async function decideAndRun(run: Run, { runAlone }: Way, { statement, question }: { readonly statement: ClassifiedStatement; readonly question: Question }): Promise<Outcome> {
  try {
    const verdict = await personDecides(question, { notice: undefined }, Promise.resolve());
    if (verdict.kind === 'roll-back') return { kind: 'cancelled', sent: false };
    question.review.committing();
    return await runAloneNow(run, runAlone, statement);
  } catch (thrown) {
    return { kind: 'failed', failure: toFailure(thrown) };
  }
}

/** After consent, and final. Never rejects. */
export async function runAloneNow({ ports, request, record }: Run, runAlone: Way['runAlone'], statement: ClassifiedStatement): Promise<Outcome> {
  const { limits, signal, document, connection } = request;
  try {
    const receipt = await ports.journal.intent(record('commit-intent'));
    const shown = ports.results.begin(document, connection, [statement]);
    const startedAt = ports.clock.now();
    const end = await runAlone(receipt, { statement, limits, signal, sink: shown.sink(0) });
    const outcome = outcomeOf(end);
    shown.ended(0, readEndOf(end), ports.clock.now() - startedAt);
    shown.finished(outcome);
    return outcome;
  } catch (thrown) {
    return { kind: 'failed', failure: toFailure(thrown) };
  }
}

function readEndOf(end: AloneEnd): ReadEnd {
  switch (end.kind) {
    case 'done':
    case 'failed':
      return end;
    case 'cancelled':
      return { kind: 'cancelled', rows: 0 };
    case 'in-doubt':
      return { kind: 'failed', failure: { code: 'connection', message: 'The connection was lost while the statement ran. Whether it took effect is not known.' } };
  }
}

function outcomeOf(end: AloneEnd): Outcome {
  switch (end.kind) {
    case 'done':
      return { kind: 'committed' };
    case 'failed':
      return { kind: 'failed', failure: end.failure };
    case 'cancelled':
      return { kind: 'cancelled', sent: false };
    case 'in-doubt':
      return { kind: 'in-doubt' };
  }
}
