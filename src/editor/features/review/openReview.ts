/** One open change and the decision about it: between the use case, which waits, and the page, which asks. */
import type { Consent, Review, ReviewRequest } from '../../../app/ports.ts';
import type { RowChange, TableEffect, TableImages } from '../../../core/effect/preview.ts';
import type { ClassifiedStatement } from '../../../core/sql/verdict.ts';
import type { RiskRule } from '../../../core/sql/risks.ts';
import { offerSoftDrop, type SoftDrop } from '../../../core/undo/softDrop.ts';
import { epochMs, type EpochMs } from '../../../core/brand.ts';
import type { Inspection } from '../../../core/effect/inspection.ts';
import type { Outcome } from '../../../core/outcome.ts';
import type { KindFilter, ReviewModel, ReviewToPage } from '../../../protocol/review.ts';
import { describeOutcome } from '../../../core/outcomeText.ts';
import { describeInstead, describeNotice } from '../undo/undoText.ts';
import { createIrreversibleModel } from './irreversibleModel.ts';
import { describeWaiters } from './waitingText.ts';
import { inOrderOf, createReviewModel, createReviewRow, createReviewTables } from './reviewModel.ts';

export type RollBackWhy = Extract<Consent, { kind: 'roll-back' }>['why'];
type Phase = 'open' | 'committing' | 'ended';

/** `rules`: about risks, in force for the connection; those of the product when absent. */
export type ReviewedRequest = ReviewRequest & {
  readonly rules?: readonly RiskRule[];
  /** Set for what was not run: what is known all the same. */
  readonly inspection?: Inspection;
};

export interface OpenReview extends Review {
  readonly document: string;
  readonly request: ReviewedRequest;
  readonly phase: Phase;
  /** Whole rows, for opening a value. */
  readonly tables: readonly TableImages[];
  /** Everything a page needs that begins now. */
  replay(): readonly ReviewToPage[];
  rowsFor(table: number, start: number, count: number, kind?: KindFilter): ReviewToPage;
  /** The change a page means by a row number. */
  changeAt(table: number, row: number, kind?: KindFilter): RowChange | undefined;
  /** Counts only when it is meant for this change and its rows are on screen. */
  commit(typed: string, review: number): void;
  readonly number: number;
  rollBack(why: RollBackWhy): void;
  /** What could be done instead of it. */
  readonly instead: SoftDrop | undefined;
  /** Rolls back because that is to be done. */
  takeInstead(): void;
  readonly isReplaced: boolean;
}

const longestWindow = 500;
let latestNumber = 0;

/** @param post - to the page, if there is one; @param changed - the phase is another one now */
export function createOpenReview(document: string, request: ReviewedRequest, post: (message: ReviewToPage) => void, changed: () => void): OpenReview {
  latestNumber += 1;
  const number = latestNumber;
  let phase: Phase = 'open';
  let images: readonly TableImages[] | undefined;
  let end: ReviewToPage | undefined;
  let undo: ReviewToPage | undefined;
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
  /** Chosen once: a page asks for many windows of the same rows. */
  const byKind = new Map<string, readonly RowChange[]>();
  const changesOf = (table: TableImages | undefined, kind: KindFilter | undefined): readonly RowChange[] => {
    if (!table || kind === undefined) return table?.changes ?? [];
    const key = JSON.stringify([table.table, kind]);
    const chosen = byKind.get(key) ?? table.changes.filter((change) => change.kind === kind);
    byKind.set(key, chosen);
    return chosen;
  };
  const tablesMessage = (): ReviewToPage => ({ type: 'tables', tables: createReviewTables(images ?? []) });

  return {
    document,
    request,
    get phase() {
      return phase;
    },
    get tables() {
      return images ?? [];
    },
    decision: () =>
      new Promise((resolve) => {
        answer = resolve;
        deliver();
      }),
    images(found) {
      images = inOrderOf(request.preview.effects, found);
      post(tablesMessage());
      deliver();
    },
    undo(notice) {
      undo = { type: 'undo', text: describeNotice(notice), exists: notice.kind !== 'none' };
      post(undo);
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
      end = { type: 'end', end: endOf(outcome, request.connection.name) };
      post(end);
      changed();
    },
    replay: () => [
      { type: 'model', model: { ...modelOf(request, number), ...(instead ? { instead: describeInstead(instead) } : {}) } },
      ...(images ? [tablesMessage()] : []),
      ...(undo ? [undo] : []),
      ...(locks === '' ? [] : [{ type: 'locks', text: locks } as const]),
      ...(phase === 'committing' ? [{ type: 'committing' } as const] : []),
      ...(end ? [end] : []),
    ],
    rowsFor(table, start, count, kind) {
      const changes = changesOf(images?.[table], kind).slice(start, start + Math.min(count, longestWindow));
      return { type: 'rows', table, start, rows: changes.map(createReviewRow), ...(kind === undefined ? {} : { kind }) };
    },
    changeAt: (table, row, kind) => changesOf(images?.[table], kind)[row],
    number,
    commit: (typed, review) => {
      if (review !== number || phase !== 'open') return;
      // Nothing unseen becomes final.
      if (images) decide({ kind: 'commit', typed });
      else post({ type: 'refused', message: 'Not committed: the changed rows were not on screen yet. Look at them first.' });
    },
    rollBack: (why) => decide({ kind: 'roll-back', why }),
    instead,
    takeInstead() {
      if (!instead || phase !== 'open') return;
      isReplaced = true;
      decide({ kind: 'roll-back', why: 'declined' });
    },
    get isReplaced() {
      return isReplaced;
    },
  };
}

function insteadOf({ connection, preview, statements, inspection }: ReviewedRequest, now: EpochMs): SoftDrop | undefined {
  const [statement, ...others] = statements;
  if (!statement || others.length > 0) return undefined;
  const effects = inspection ? dropped(statement, connection.database) : preview.effects;
  return offerSoftDrop({ dialect: connection.dialect, statement, effects, now });
}

/** What would be dropped, where nothing ran yet. Emptying is not offered then: it takes two statements, and each would be final alone. */
function dropped({ kind, targets }: ClassifiedStatement, database: string): readonly TableEffect[] {
  if (kind !== 'drop-table') return [];
  return targets.filter(({ access }) => access === 'write').map(({ schema = database, table }) => ({ table: { schema, table }, inserted: 0, updated: 0, deleted: 0, emptied: true, why: 'statement' }));
}

function modelOf(request: ReviewedRequest, number: number): ReviewModel {
  return request.inspection ? createIrreversibleModel(request, request.inspection, number) : createReviewModel(request, number, Date.now(), request.rules);
}

function endOf(outcome: Outcome, name: string): Extract<ReviewToPage, { type: 'end' }>['end'] {
  const { title, text } = describeOutcome(outcome, name);
  switch (outcome.kind) {
    case 'committed':
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
