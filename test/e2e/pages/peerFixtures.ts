/** What the host says about other people who have to confirm. */
import type { AwaitingModel, PeerModel } from '../../../src/protocol/peerReview.ts';
import type { ReviewEnd } from '../../../src/protocol/review.ts';

export const peer: PeerModel = {
  terms: 'One other member must confirm, with a passkey or a security key.',
  notes: ['The approval is for exactly these rows. If anything else would happen, nothing is committed.', 'They have 15 minutes. The request is sealed: confirm.example.com cannot read it.'],
  members: [
    { id: 'bob', name: 'Bob Okafor', note: 'dba' },
    { id: 'carol', name: 'Carol Lindqvist', note: '' },
    { id: 'dmitri', name: 'Dmitri Petrov', note: 'on-call' },
  ],
};

export const nobody: PeerModel = { ...peer, members: [], problem: 'Nobody else in the team may confirm this: it takes the role dba. An administrator can give it to somebody.' };

export function awaiting(changes: Partial<AwaitingModel> = {}): AwaitingModel {
  const now = Date.now();
  return {
    request: 'r_AAAAAAAAAAAAAAAA',
    stage: 'waiting',
    title: 'Waiting for Bob Okafor or Carol Lindqvist',
    text: 'The link was copied: send it to them. What they approve runs by itself, and is committed only if it does exactly this.',
    lines: [
      { tone: 'calm', text: 'Carol Lindqvist looked at it 2 minutes ago.' },
      { tone: 'ok', text: 'Dmitri Petrov approved: \u201clooks right, the ticket is closed\u201d' },
    ],
    words: 'orbit candle velvet museum ginger tide',
    hasLink: true,
    expires: now + 752_000,
    now,
    ...changes,
  };
}

export const drifted: ReviewEnd = {
  kind: 'drifted',
  title: 'Not committed: it is no longer what was approved',
  text: 'Bob Okafor approved it, and it was run again. It would do something else now, so it was rolled back. Nothing was changed on shop-prod.',
  drift: [
    { table: 'public.customers', approved: { inserted: 0, updated: 0, deleted: 3 }, now: { inserted: 0, updated: 0, deleted: 4 } },
    { table: 'public.sessions', approved: { inserted: 0, updated: 0, deleted: 41 }, now: { inserted: 0, updated: 0, deleted: 41 } },
    { table: 'audit.customer_log', approved: null, now: { inserted: 4, updated: 0, deleted: 0 } },
  ],
  differences: ['public.customers: 3 rows deleted were approved, now it is 4 rows deleted.', 'id 1402: deleted now, and was not approved.'],
  askAgain: 'r_AAAAAAAAAAAAAAAA',
};
