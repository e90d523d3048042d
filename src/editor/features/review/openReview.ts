/** One open change and the decision about it: between the use case, which waits, and the page, which asks. */
import type { Terms } from '../../../core/approval/terms.ts';
import type { Consent, Review, ReviewRequest } from '../../../app/ports.ts';
import type { TableEffect, TableImages } from '../../../core/effect/preview.ts';
import type { ClassifiedStatement } from '../../../core/sql/verdict.ts';
import type { RiskRule } from '../../../core/sql/risks.ts';
import type { UndoNotice } from '../../../core/undo/kept.ts';
import { offerSoftDrop, type SoftDrop } from '../../../core/undo/softDrop.ts';
import { epochMs, type EpochMs } from '../../../core/brand.ts';
import type { Inspection } from '../../../core/effect/inspection.ts';
import type { ScreenRules } from '../../../core/masking/screenRules.ts';
import { hidden } from '../../../core/masking/strategy.ts';
import type { Outcome } from '../../../core/outcome.ts';
import type { ReviewModel, ReviewToPage } from '../../../protocol/review.ts';
import { describeOutcome } from '../../../core/outcomeText.ts';
import { describeInstead, describeNotice } from '../undo/undoText.ts';
import { maskFailure } from '../results/runView.ts';
import { createIrreversibleModel } from './irreversibleModel.ts';
import { describeWaiters } from './waitingText.ts';
import { inOrderOf, createReviewModel } from './reviewModel.ts';
import type { PanelSource } from './reviewPanel.ts';
import { createShownRows } from './shownRows.ts';

export type RollBackWhy = Extract<Consent, { kind: 'roll-back' }>['why'];
/** What somebody writes who asks others. */
export type AskedPeer = Omit<Extract<Consent, { kind: 'ask-peer' }>, 'kind'>;
/** What somebody writes who commits without others. */
export type BrokenGlass = Omit<Extract<Consent, { kind: 'break-glass' }>, 'kind'>;
/** What becomes known about others who have to confirm. */
export type PeerNews = Extract<ReviewToPage, { type: 'peer' | 'alone' | 'awaiting' | 'end' }>;
type Phase = 'open' | 'committing' | 'ended';

/** `rules`: about risks, in force for the connection; those of the product when absent. */
export type ReviewedRequest = ReviewRequest & {
  readonly rules?: readonly RiskRule[];
  /** What is masked on screen; absent: nothing. */
  readonly screen?: ScreenRules;
  /** The same name for equal values of this review. */
  readonly pseudonym?: (value: string) => string;
  /** Set for what was not run: what is known all the same. */
  readonly inspection?: Inspection;
};

export interface OpenReview extends Review, PanelSource {
  readonly document: string;
  readonly request: ReviewedRequest;
  readonly phase: Phase;
  /** The request that others decide about since this review ended. */
  readonly asked: string | undefined;
  /** Counts only when it is meant for this change and its rows are on screen. */
  commit(typed: string, review: number): void;
  /** The same holds for asking others. */
  askPeer(asked: AskedPeer, review: number): void;
  /** And for going on without them. */
  breakGlass(wish: BrokenGlass, review: number): void;
  readonly number: number;
  rollBack(why: RollBackWhy): void;
  /** What could be done instead of it. */
  readonly instead: SoftDrop | undefined;
  /** Rolls back because that is to be done. */
  takeInstead(): void;
  readonly isReplaced: boolean;
  tell(news: PeerNews): void;
}

let latestNumber = 0;

/** @param post - to the page, if there is one; @param changed - the phase is another one now */
export function createOpenReview(document: string, request: ReviewedRequest, post: (message: ReviewToPage) => void, changed: () => void): OpenReview {
  latestNumber += 1;
  const number = latestNumber;
  let phase: Phase = 'open';
  let images: readonly TableImages[] | undefined;
  const screen = request.screen && { rules: request.screen, pseudonym: request.pseudonym ?? (() => hidden) };
  let shown = createShownRows([], screen);
  let asked: string | undefined;
  const news = new Map<PeerNews['type'], PeerNews>();
  let undo: UndoNotice | undefined;
  let isReplaced = false;
  let locks = '';
  const instead = insteadOf(request, epochMs(Date.now()));
  /** Made while nobody asked; a rollback takes the place of a commit, never the other way round. */
  let decided: Consent | undefined;
  let answer: ((consent: Consent) => void) | undefined;

  const decide = (consent: Consent): void => {
    if (phase !== 'open' || decided?.kind === 'roll-back') return;
    decided = consent;
    deliver();
  };
  const deliver = (): void => {
    if (!answer || !decided) return;
    answer(decided);
    answer = undefined;
    decided = undefined;
  };
  const tell = (told: PeerNews): void => {
    const message = maskNews(told, (text) => shown.text(text));
    news.set(message.type, message);
    post(message);
  };
  /** Nothing unseen becomes final, or is asked of somebody else. */
  const decideSeen = (consent: Consent, isMeant: boolean, unseen: string): void => {
    if (!isMeant || phase !== 'open') return;
    if (images) decide(consent);
    else post({ type: 'refused', message: `${unseen}: the changed rows were not on screen yet. Look at them first.` });
  };
  const takeInstead = (): void => {
    if (!instead || phase !== 'open') return;
    isReplaced = true;
    decide({ kind: 'roll-back', why: 'declined' });
  };
  const commit = (typed: string, review: number): void => decideSeen({ kind: 'commit', typed }, review === number, 'Not committed');
  const askPeer: OpenReview['askPeer'] = ({ reason, ticket, whom }, review) => decideSeen({ kind: 'ask-peer', reason, whom, ...(ticket === undefined ? {} : { ticket }) }, review === number, 'Nobody was asked');
  const breakGlass: OpenReview['breakGlass'] = ({ reason, typed, withoutUndo }, review) => decideSeen({ kind: 'break-glass', reason, typed, withoutUndo }, review === number, 'Nothing was committed');
  const rollBack: OpenReview['rollBack'] = (why) => decide({ kind: 'roll-back', why });

  return {
    document,
    request,
    number,
    instead,
    name: request.connection.name,
    decide: { commit, rollBack, takeInstead, askPeer, breakGlass },
    commit,
    rollBack,
    takeInstead,
    askPeer,
    breakGlass,
    tell,
    get phase() {
      return phase;
    },
    get asked() {
      return asked;
    },
    get tables() {
      return images ?? [];
    },
    get isReplaced() {
      return isReplaced;
    },
    decision: () =>
      new Promise((resolve) => {
        answer = resolve;
        deliver();
      }),
    images(found) {
      images = inOrderOf(request.preview.effects, found);
      shown = createShownRows(images, screen);
      post(shown.tablesMessage());
      deliver();
    },
    undo(notice) {
      undo = notice;
      post(undoMessage(notice));
    },
    waiting(waiters) {
      const text = describeWaiters(waiters);
      if (text === locks) return;
      locks = text;
      post({ type: 'locks', text });
    },
    refuse: (message) => post({ type: 'refused', message }),
    committing() {
      phase = 'committing';
      post({ type: 'committing' });
      changed();
    },
    end(outcome) {
      phase = 'ended';
      // What others decide about is not over: whoever follows the request tells how it goes on.
      if (outcome.kind === 'awaiting-confirmation') asked = outcome.request;
      else tell({ type: 'end', end: endOf(screen ? maskOutcome(outcome, request) : outcome, request.connection.name, undo?.kind === 'kept' ? undo.run : undefined) });
      changed();
    },
    replay: () => [
      { type: 'model', model: { ...modelOf(request, number), ...(instead ? { instead: describeInstead(instead) } : {}) } },
      ...(images ? [shown.tablesMessage()] : []),
      ...(undo ? [undoMessage(undo)] : []),
      ...(locks === '' ? [] : [{ type: 'locks', text: locks } as const]),
      ...(phase === 'committing' ? [{ type: 'committing' } as const] : []),
      ...news.values(),
    ],
    rowsFor: (...window) => shown.rowsFor(...window),
    changeAt: (...place) => shown.changeAt(...place),
    maskedOf: (table) => shown.maskedOf(table),
    statements: request.statements,
    reveal(table, columns) {
      shown.reveal(table, columns);
      post(shown.tablesMessage());
    },
  };
}

function maskOutcome<Any extends Outcome>(outcome: Any, { statements }: ReviewedRequest): Any {
  return outcome.kind === 'failed' ? { ...outcome, failure: maskFailure(outcome.failure, statements.map(({ text }) => text).join(';')) } : outcome;
}

/** What differs from what was approved is told row by row: with values, where they are not masked. */
export function maskNews(news: PeerNews, mask: (text: string) => string): PeerNews {
  if (news.type !== 'end' || news.end.differences === undefined) return news;
  return { type: 'end', end: { ...news.end, differences: news.end.differences.map(mask) } };
}

function undoMessage(notice: UndoNotice): ReviewToPage {
  return { type: 'undo', text: describeNotice(notice), exists: notice.kind !== 'none' };
}

function insteadOf({ connection, preview, statements, inspection }: ReviewedRequest, now: EpochMs): SoftDrop | undefined {
  const [statement, ...others] = statements;
  if (!statement || others.length > 0) return undefined;
  const effects = inspection ? dropped(statement, connection.database) : preview.effects;
  return offerSoftDrop({ dialect: connection.dialect, statement, effects, ...(preview.computed ? { computed: preview.computed } : {}), now });
}

/** What would be dropped, where nothing ran yet. Emptying is not offered then: it takes two statements, and each would be final alone. */
function dropped({ kind, targets }: ClassifiedStatement, database: string): readonly TableEffect[] {
  if (kind !== 'drop-table') return [];
  return targets.filter(({ access }) => access === 'write').map(({ schema = database, table }) => ({ table: { schema, table }, inserted: 0, updated: 0, deleted: 0, emptied: true, why: 'statement' }));
}

function modelOf(request: ReviewedRequest, number: number): ReviewModel {
  const model = request.inspection ? createIrreversibleModel(request, request.inspection, number) : createReviewModel(request, number, Date.now(), request.rules);
  return peerTerms(request) ? { ...model, needsPeer: true } : model;
}

/** On what terms others have to confirm; `undefined` where nobody has to. */
export function peerTerms({ obligations }: Pick<ReviewedRequest, 'obligations'>): Terms | undefined {
  return obligations.flatMap((each) => (each.kind === 'peer-confirmation' ? [each.terms] : []))[0];
}

/** @param undo - the run, where what it commits can be taken back */
export function endOf(outcome: Exclude<Outcome, { kind: 'awaiting-confirmation' }>, name: string, undo?: string): Extract<ReviewToPage, { type: 'end' }>['end'] {
  const { title, text } = describeOutcome(outcome, name);
  switch (outcome.kind) {
    case 'committed':
      return { kind: outcome.kind, title, text, ...(undo === undefined ? {} : { undo }) };
    case 'rolled-back':
    case 'failed':
    case 'in-doubt':
    case 'refused':
      return { kind: outcome.kind, title, text };
    case 'cancelled':
      return { kind: outcome.sent === false ? 'not-run' : 'rolled-back', title, text };
    case 'read':
      return { kind: 'rolled-back', title, text };
  }
}
