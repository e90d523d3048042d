/** How the run of an approved request ended, for its panel. Pure. */
import type { ApprovedEnd } from '../../../app/runApproved.ts';
import type { RequestBody } from '../../../core/approval/request.ts';
import type { TableEffect } from '../../../core/effect/preview.ts';
import type { Outcome } from '../../../core/outcome.ts';
import { describeOutcome } from '../../../core/outcomeText.ts';
import type { DriftCounts, DriftRow } from '../../../protocol/peerReview.ts';
import type { ReviewEnd } from '../../../protocol/review.ts';
import { endOf as endOfOutcome } from '../review/openReview.ts';
import { endOfAfterwards, type OwnRequest } from './ownRequest.ts';

export type Ending =
  | { readonly kind: 'waiting' }
  /** Nothing was changed, and it can still be run. */
  | { readonly kind: 'later'; readonly why: string }
  /** Another window runs it, or did. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'ended'; readonly end: ReviewEnd };

export function endOfApproved(approved: ApprovedEnd, own: OwnRequest): Ending {
  const { entry, body, nameOf } = own;
  const unchanged = `Nothing was changed on ${body.target.profile}.`;
  switch (approved.kind) {
    case 'waiting':
      return { kind: 'waiting' };
    case 'rejected': {
      const { comment } = approved.by.body;
      return { kind: 'ended', end: { kind: 'rejected', title: `Rejected by ${nameOf(approved.by.reviewer)}`, text: `${comment === '' ? '' : `\u201c${comment}\u201d\n`}${unchanged}`, askAgain: entry.id } };
    }
    case 'refused':
      if (approved.code === 'taken-elsewhere' || approved.code === 'request-over') return { kind: 'elsewhere' };
      if (body.afterwards !== undefined && approved.isOver) return { kind: 'ended', end: endOfAfterwards({ state: 'expired' }, own.verdict, nameOf) };
      if (!approved.isOver) return { kind: 'later', why: approved.message };
      if (approved.code === 'request-expired') return { kind: 'ended', end: { kind: 'expired', title: 'Expired before enough had approved', text: unchanged, askAgain: entry.id } };
      return { kind: 'ended', end: { kind: 'failed', title: 'It cannot be confirmed any more', text: approved.message, askAgain: entry.id } };
    case 'reviewed': {
      const note = approved.by.map(({ body: { comment } }) => comment).filter((text) => text !== '').join(' ');
      return { kind: 'ended', end: endOfAfterwards({ state: approved.isRight ? 'reviewed' : 'rejected', note }, own.verdict, nameOf) };
    }
    case 'ran':
      return { kind: 'ended', end: endOfRun(approved.outcome, own) };
  }
}

function endOfRun(outcome: Outcome, { entry, body, verdict, nameOf }: OwnRequest): ReviewEnd {
  const name = body.target.profile;
  const by = verdict.kind === 'approved' ? [...new Set(verdict.by.map(({ reviewer }) => nameOf(reviewer)))].join(' and ') : '';
  if (outcome.kind === 'awaiting-confirmation') return { kind: 'failed', title: 'Not committed', text: `Nothing was changed on ${name}.`, askAgain: entry.id };
  if (outcome.kind === 'rolled-back' && outcome.why === 'drifted') {
    return {
      kind: 'drifted',
      title: `Not committed: it is no longer what was ${body.emergency === undefined ? 'approved' : 'shown'}`,
      text: `${body.emergency !== undefined ? 'You signed it' : by === '' ? 'It was approved' : `${by} approved it`}, and it was run again. It would do something else now, so it was rolled back. Nothing was changed on ${name}.`,
      drift: driftRows(body.effect, outcome.preview?.effects ?? []),
      differences: outcome.differences ?? [],
      askAgain: entry.id,
    };
  }
  const end = endOfOutcome(outcome, name, body.facts.undo.kind === 'none' ? undefined : entry.run);
  if (outcome.kind === 'committed' && body.emergency !== undefined) return { ...end, title: 'Committed without confirmation', text: `${end.text} Others are asked to review it now; until somebody has, it stays red.` };
  if (outcome.kind === 'committed') return { ...end, title: by === '' ? 'Committed' : `Committed, confirmed by ${by}` };
  return outcome.kind === 'in-doubt' ? end : { ...end, text: describeOutcome(outcome, name).text, askAgain: entry.id };
}

function driftRows(approved: RequestBody['effect'], effects: readonly TableEffect[]): readonly DriftRow[] {
  const then = new Map((approved?.tables ?? []).map(({ name, ins, upd, del }) => [name, { inserted: ins, updated: upd, deleted: del }]));
  const now = new Map<string, DriftCounts>(effects.map(({ table, inserted, updated, deleted }) => [`${table.schema}.${table.table}`, { inserted, updated, deleted }]));
  return [...new Set([...then.keys(), ...now.keys()])].map((table) => ({ table, approved: then.get(table) ?? null, now: now.get(table) ?? null }));
}
