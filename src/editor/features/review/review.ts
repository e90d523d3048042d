/** All open changes of this window: a panel for each document, and what is to happen when something else ends them. */
import { EventEmitter } from 'vscode';
import type { Disposable, Event, Uri } from 'vscode';
import type { Reviewer, ReviewRequest } from '../../../app/ports.ts';
import type { SoftDrop } from '../../../core/undo/softDrop.ts';
import type { RiskRule } from '../../../core/sql/risks.ts';
import type { Dialect } from '../../../core/sql/verdict.ts';
import type { ValueDocuments } from '../../valueDocuments.ts';
import { askWorthIt } from './askWorthIt.ts';
import { asReviewedRequest } from './irreversibleModel.ts';
import { createOpenReview, type OpenReview, type ReviewedRequest, type RollBackWhy } from './openReview.ts';
import { createReviewPanel, type ReviewPanel } from './reviewPanel.ts';

export type ReviewListeners = { /** A change was rolled back because this is to be done instead. */ onInstead?: (request: ReviewRequest, instead: SoftDrop) => void };

export interface ReviewHost extends Disposable {
  /** The port for runs of one document. */
  reviewerFor(document: string): Required<Reviewer>;
  /** Changes that are not final yet. */
  open(): readonly OpenReview[];
  openOf(document: string): OpenReview | undefined;
  reveal(document: string): void;
  /** The document whose panel is in front, if any. */
  visible(): string | undefined;
  rollBackAll(why: RollBackWhy): void;
  readonly listeners: ReviewListeners;
  readonly onDidChange: Event<void>;
}

/** @param rulesFor - the rules about risks in force for a dialect */
export function createReviews(extensionUri: Uri, values: ValueDocuments, rulesFor: (dialect: Dialect) => readonly RiskRule[]): ReviewHost {
  const changed = new EventEmitter<void>();
  const reviews = new Map<string, OpenReview>();
  const panels = new Map<string, ReviewPanel>();
  const listeners: ReviewListeners = {};

  const panelFor = (document: string): ReviewPanel => {
    const present = panels.get(document);
    if (present) return present;
    const panel = createReviewPanel({
      extensionUri,
      values,
      closed() {
        panels.delete(document);
        reviews.get(document)?.rollBack('closed');
      },
    });
    panels.set(document, panel);
    return panel;
  };

  const openReview = (document: string, request: ReviewedRequest): OpenReview => {
    const review = createOpenReview(
      document,
      { ...request, rules: rulesFor(request.connection.dialect) },
      (message) => panels.get(document)?.post(message),
      () => {
        if (review.phase === 'ended') reviews.delete(document);
        if (review.phase === 'ended' && review.isReplaced && review.instead) listeners.onInstead?.(request, review.instead);
        changed.fire();
      },
    );
    reviews.set(document, review);
    const panel = panelFor(document);
    panel.reveal();
    panel.show(review);
    changed.fire();
    return review;
  };

  return {
    listeners,
    onDidChange: changed.event,
    reviewerFor: (document) => ({
      open: (request) => openReview(document, request),
      ask(request) {
        const review = openReview(document, asReviewedRequest(request));
        // There are no rows to wait for.
        review.images([]);
        return review;
      },
      worthIt: askWorthIt,
    }),
    open: () => [...reviews.values()],
    openOf: (document) => reviews.get(document),
    reveal: (document) => panels.get(document)?.reveal(),
    visible: () => [...panels].find(([, panel]) => panel.active)?.[0],
    rollBackAll(why) {
      for (const review of reviews.values()) review.rollBack(why);
    },
    dispose() {
      changed.dispose();
      for (const panel of [...panels.values()]) panel.dispose();
    },
  };
}
