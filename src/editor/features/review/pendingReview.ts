/** A request that was asked earlier, in the panel it was asked in: made from what was signed and kept, not from what a server says. Pure. */
import type { PendingRequest } from '../../../app/approvalPorts.ts';
import type { RequestBody } from '../../../core/approval/request.ts';
import { describeRequest, effectsOfRequest } from '../../../core/approval/requestText.ts';
import type { ReviewModel, ReviewToPage } from '../../../protocol/review.ts';
import { hidden } from '../../../core/masking/strategy.ts';
import { maskNews, type PeerNews } from './openReview.ts';
import { inOrderOf } from './reviewModel.ts';
import type { PanelSource } from './reviewPanel.ts';
import { createShownRows, type ScreenMasking, type ShownRows } from './shownRows.ts';

export interface PendingReview extends PanelSource {
  readonly asked: string;
  tell(news: PeerNews): void;
}

export type PendingReviewOptions = {
  /** To the page, if there is one. */
  readonly post: (message: ReviewToPage) => void;
  /** What is masked on screen: until it is known, no row is shown. */
  readonly screen: Promise<ScreenMasking | undefined>;
};

export function createPendingReview({ id, images }: Pick<PendingRequest, 'id' | 'images'>, body: RequestBody, { post, screen }: PendingReviewOptions): PendingReview {
  const effects = body.effect === null ? [] : effectsOfRequest(body.effect);
  const tables = inOrderOf(effects, images);
  let shown: ShownRows | undefined;
  let news: PeerNews | undefined;
  const told = (message: PeerNews): PeerNews => maskNews(message, (text) => shown?.text(text) ?? hidden);
  void screen.then((masking) => {
    shown = createShownRows(tables, masking);
    post(shown.tablesMessage());
    if (news) post(told(news));
  });
  return {
    asked: id,
    name: body.target.profile,
    tables,
    tell(message) {
      news = message;
      post(told(message));
    },
    replay: () => [{ type: 'model', model: modelOf(body) }, ...(shown ? [shown.tablesMessage()] : []), ...(news ? [told(news)] : [])],
    rowsFor: (table, start, count, kind) => shown?.rowsFor(table, start, count, kind) ?? { type: 'rows', table, start, rows: [] },
    changeAt: (...place) => shown?.changeAt(...place),
    maskedOf: (table) => shown?.maskedOf(table) ?? [],
    statements: [],
    reveal(table, columns) {
      if (!shown) return;
      shown.reveal(table, columns);
      post(shown.tablesMessage());
    },
  };
}

const undoLevels = { planned: 'ok', partial: 'medium', none: 'high' } as const;

function modelOf(body: RequestBody): ReviewModel {
  const { facts, target, statements, effect, reason, ticket } = body;
  return {
    // No change that is open has it: nothing can be decided here.
    review: 0,
    environment: facts.environment,
    connection: target.profile,
    where: `${target.role}@${target.host}/${target.database}`,
    title: describeRequest(body),
    subtitle: '',
    statements: statements.map(({ sql }) => ({ text: sql, commandTag: '', rows: 0 })),
    risks: [...facts.risks, { level: undoLevels[facts.undo.kind], text: facts.undo.text }],
    effects: effect === null ? [] : effectsOfRequest(effect),
    facts: [{ label: 'Reason', text: reason }, ...(ticket === undefined ? [] : [{ label: 'Ticket', text: ticket }]), ...facts.permanent.map((text) => ({ label: 'Cannot be rolled back', text }))],
    basis: effect === null ? 'not-run' : 'rehearsed',
    needsPeer: true,
    expiresAt: 0,
    holdMs: 0,
  };
}
