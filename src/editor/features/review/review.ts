/** All open changes of this window: a panel for each document, and what is to happen when something else ends them. */
import { EventEmitter } from 'vscode';
import type { Disposable, Event, Uri } from 'vscode';
import type { Reviewer, ReviewRequest } from '../../../app/ports.ts';
import type { ScreenRules } from '../../../core/masking/screenRules.ts';
import type { Environment } from '../../../core/profile/connection.ts';
import type { SoftDrop } from '../../../core/undo/softDrop.ts';
import type { RiskRule } from '../../../core/sql/risks.ts';
import type { Dialect } from '../../../core/sql/verdict.ts';
import type { PendingRequest } from '../../../app/approvalPorts.ts';
import type { RequestBody } from '../../../core/approval/request.ts';
import type { RequestAction } from '../../../protocol/peerReview.ts';
import type { ReviewToPage } from '../../../protocol/review.ts';
import type { ValueDocuments } from '../../valueDocuments.ts';
import { askWorthIt } from './askWorthIt.ts';
import { asReviewedRequest } from './irreversibleModel.ts';
import { createOpenReview, type OpenReview, type PeerNews, type ReviewedRequest, type RollBackWhy } from './openReview.ts';
import { createPendingReview, type PendingReview } from './pendingReview.ts';
import { createPseudonyms } from '../results/resultSink.ts';
import { createReviewPanel, type ReviewPanel, type WantedColumns } from './reviewPanel.ts';

export type ReviewListeners = {
  /** A change was rolled back because this is to be done instead. */
  onInstead?: (request: ReviewRequest, instead: SoftDrop) => void;
  /** The person wants something done with a request. */
  onRequestAction?: (request: string, action: RequestAction) => void;
  onSetUpTeam?: () => void;
  /** A change that was committed is to be taken back. */
  onUndo?: (run: string) => void;
  /** Rows of a change went to the clipboard. */
  onCopied?: (document: string, rows: number) => void;
  /** The person wants to see what is masked. Resolves when it may be shown, or not. */
  onReveal?: (document: string, wanted: WantedColumns) => Promise<boolean>;
};

export interface ReviewHost extends Disposable {
  /** The port for runs of one document. */
  reviewerFor(document: string, screen?: ScreenRules): Required<Reviewer>;
  /** Changes that are not final yet. */
  open(): readonly OpenReview[];
  openOf(document: string): OpenReview | undefined;
  reveal(document: string): void;
  /** The document whose panel is in front, if any. */
  visible(): string | undefined;
  rollBackAll(why: RollBackWhy): void;
  /** Shows a request that was asked, in the panel of its document. */
  showRequest(pending: PendingRequest, body: RequestBody): void;
  /** What became of a request, for the panel that shows it. */
  tell(request: string, news: PeerNews): void;
  /** True while the panel with the request is in view. */
  isShown(request: string): boolean;
  readonly listeners: ReviewListeners;
  readonly onDidChange: Event<void>;
}

export type ReviewOptions = {
  readonly extensionUri: Uri;
  readonly values: ValueDocuments;
  /** The rules about risks in force for a dialect. */
  readonly rulesFor: (dialect: Dialect) => readonly RiskRule[];
  /** What is masked on the person's screen. */
  readonly screenFor: (environment: Environment) => Promise<ScreenRules | undefined>;
};

export function createReviews({ extensionUri, values, rulesFor, screenFor }: ReviewOptions): ReviewHost {
  const changed = new EventEmitter<void>();
  const reviews = new Map<string, OpenReview>();
  const panels = new Map<string, ReviewPanel>();
  const listeners: ReviewListeners = {};
  /** Requests that a panel shows or showed. */
  const asked = new Map<string, OpenReview | PendingReview>();

  const panelFor = (document: string): ReviewPanel => {
    const present = panels.get(document);
    if (present) return present;
    const panel = createReviewPanel({
      extensionUri,
      values,
      closed() {
        const shown = panels.get(document)?.source;
        panels.delete(document);
        for (const [request, source] of asked) if (source === shown) asked.delete(request);
        reviews.get(document)?.rollBack('closed');
      },
      onRequestAction: (request, action) => listeners.onRequestAction?.(request, action),
      onSetUpTeam: () => listeners.onSetUpTeam?.(),
      onUndo: (run) => listeners.onUndo?.(run),
      onCopied: (rows) => listeners.onCopied?.(document, rows),
      onReveal: async (wanted) => (await listeners.onReveal?.(document, wanted)) === true,
    });
    panels.set(document, panel);
    return panel;
  };

  const openReview = (document: string, request: ReviewedRequest): OpenReview => {
    const review = createOpenReview(
      document,
      { ...request, rules: rulesFor(request.connection.dialect) },
      (message) => postTo(document, review, message),
      () => {
        if (review.phase === 'ended') reviews.delete(document);
        if (review.asked !== undefined) asked.set(review.asked, review);
        if (review.phase === 'ended' && review.isReplaced && review.instead) listeners.onInstead?.(request, review.instead);
        changed.fire();
      },
    );
    reviews.set(document, review);
    showIn(document, review);
    changed.fire();
    return review;
  };

  const showIn = (document: string, source: OpenReview | PendingReview): void => {
    const panel = panelFor(document);
    panel.reveal();
    panel.show(source);
  };
  /** A panel shows one thing at a time; the others keep what they were told. */
  const postTo = (document: string, source: OpenReview | PendingReview, message: ReviewToPage): void => {
    const panel = panels.get(document);
    if (panel?.source === source) panel.post(message);
  };
  const panelOf = (request: string): ReviewPanel | undefined => {
    const source = asked.get(request);
    return source && [...panels.values()].find((panel) => panel.source === source);
  };

  return {
    listeners,
    onDidChange: changed.event,
    reviewerFor: (document, screen) => ({
      open: (request) => openReview(document, { ...request, ...masking(screen) }),
      ask(request) {
        const review = openReview(document, { ...asReviewedRequest(request), ...masking(screen) });
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
    showRequest(pending, body) {
      const present = panelOf(pending.id);
      if (present) return present.reveal();
      // A change of the document that waits for its decision is not pushed aside: the request gets a panel of its own.
      const document = reviews.has(pending.document) ? pending.id : pending.document;
      const source = createPendingReview(pending, body, {
        post: (message) => postTo(document, source, message),
        screen: screenFor(body.facts.environment).then((rules) => rules && { rules, pseudonym: createPseudonyms() }),
      });
      asked.set(pending.id, source);
      showIn(document, source);
    },
    tell: (request, news) => asked.get(request)?.tell(news),
    isShown: (request) => panelOf(request)?.visible === true,
    rollBackAll(why) {
      for (const review of reviews.values()) review.rollBack(why);
    },
    dispose() {
      changed.dispose();
      for (const panel of [...panels.values()]) panel.dispose();
    },
  };
}

function masking(screen: ScreenRules | undefined): Pick<ReviewedRequest, 'screen' | 'pseudonym'> {
  return screen ? { screen, pseudonym: createPseudonyms() } : {};
}
