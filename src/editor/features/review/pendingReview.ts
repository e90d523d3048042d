/** A request that was asked earlier, in the panel it was asked in: made from what was signed and kept, not from what a server says. Pure. */
import type { PendingRequest } from '../../../app/approvalPorts.ts';
import type { RequestBody } from '../../../core/approval/request.ts';
import { describeRequest, effectsOfRequest } from '../../../core/approval/requestText.ts';
import type { ReviewModel, ReviewToPage } from '../../../protocol/review.ts';
import type { PeerNews } from './openReview.ts';
import { inOrderOf } from './reviewModel.ts';
import type { PanelSource } from './reviewPanel.ts';
import { createShownRows } from './shownRows.ts';

export interface PendingReview extends PanelSource {
  readonly asked: string;
  tell(news: PeerNews): void;
}

/** @param post - to the page, if there is one */
export function createPendingReview({ id, images }: Pick<PendingRequest, 'id' | 'images'>, body: RequestBody, post: (message: ReviewToPage) => void): PendingReview {
  const effects = body.effect === null ? [] : effectsOfRequest(body.effect);
  const tables = inOrderOf(effects, images);
  const shown = createShownRows(tables);
  let news: PeerNews | undefined;
  return {
    asked: id,
    name: body.target.profile,
    tables,
    tell(message) {
      news = message;
      post(message);
    },
    replay: () => [{ type: 'model', model: modelOf(body) }, shown.tablesMessage(), ...(news ? [news] : [])],
    rowsFor: (...window) => shown.rowsFor(...window),
    changeAt: (...place) => shown.changeAt(...place),
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
