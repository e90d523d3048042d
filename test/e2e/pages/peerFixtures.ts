/** What the host says about other people who have to confirm. */
import type { AwaitingModel, PeerModel } from '../../../src/protocol/peerReview.ts';
import { b64u } from '../../../src/core/approval/bytes.ts';
import type { RequestBody } from '../../../src/core/approval/request.ts';
import type { ConfirmToPage } from '../../../src/protocol/confirmPage.ts';
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

/** The rules let somebody go on without the others. */
export const emergency: PeerModel = {
  ...peer,
  emergency: {
    phrase: 'shop-prod',
    shortestReason: 20,
    notes: [
      'Your signature goes into the record: your passkey makes it, in the browser. An alert goes out at once to every place that gets alerts, before anything runs.',
      'Then it runs again, and is committed only if it does exactly what is shown here. Where there is a way back, it is kept first, or nothing is committed.',
      'Others are asked to review it afterwards. Until one of them has signed, it stays red.',
    ],
  },
};

export const nobody: PeerModel = { ...peer, members: [], problem: 'Nobody else in the team may confirm this: it takes the role dba. An administrator can give it to somebody.' };

export function awaiting(changes: Partial<AwaitingModel> = {}): AwaitingModel {
  const now = Date.now();
  return {
    request: 'r_AAAAAAAAAAAAAAAA',
    stage: 'waiting',
    title: '1 of 2 approved, waiting for Bob Okafor or Carol Lindqvist',
    text: 'The link is on the clipboard: send it to whom you want to ask. Once it is approved it runs by itself, and is committed only if it does what was shown.',
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

const digest = b64u(new Uint8Array(32));

/** A request that somebody else asks about, as the host hands it to the page. */
export function asked(changes: Partial<Extract<ConfirmToPage, { type: 'show' }>> = {}): ConfirmToPage {
  const now = Date.now();
  const request: RequestBody = {
    v: 1,
    id: 'r_AAAAAAAAAAAAAAAA',
    nonce: digest,
    team: digest,
    requester: 'alice',
    origin: 'human',
    created: now - 180_000,
    expires: now + 720_000,
    reason: 'Trial accounts idle for 90 days, as agreed in the retention policy.',
    ticket: 'OPS-412',
    target: { engine: 'postgresql', system: '7431/16384', database: 'shop', role: 'app_rw', host: 'db-1:5432', profile: 'shop-prod' },
    session: { search_path: '"$user", public', TimeZone: 'UTC' },
    statements: [{ sql: "DELETE FROM customers\nWHERE plan = 'trial'\n  AND last_seen < now() - interval '90 days';", params: [], class: 'destructive' }],
    effect: {
      tables: [
        { name: 'public.customers', ins: 0, upd: 0, del: 3, why: 'statement' },
        { name: 'public.sessions', ins: 0, upd: 0, del: 41, why: 'cascade from customers' },
        { name: 'public.orders', ins: 0, upd: 12, del: 0, why: 'set null from customers' },
      ],
      rows: digest,
      count: 56,
      complete: true,
    },
    preview: {
      masked: true,
      tables: [
        {
          name: 'public.customers',
          columns: ['id', 'name', 'email', 'plan', 'last_seen', 'credit'].map((name) => ({ name, type: 'text' })),
          key: [0],
          masked: [2],
          changes: [
            { kind: 'deleted', before: ['1042', 'Marta Kowalska', 'm\u2022\u2022\u2022@\u2022\u2022\u2022.pl', 'trial', '2026-06-02 08:14:09+00', '0.00'] },
            { kind: 'deleted', before: ['1077', 'J. Okafor', 'j\u2022\u2022\u2022@\u2022\u2022\u2022.ng', 'trial', '2026-07-19 21:40:55+00', null] },
          ],
        },
      ],
    },
    facts: { environment: 'production', risks: [{ level: 'high', text: 'Destructive: the deletion cascades to sessions and clears orders.customer_id.' }], permanent: [], undo: { kind: 'planned', text: 'Undo will be saved: 56 rows in 3 tables.' } },
    runOnce: true,
  };
  const words = ['orbit', 'candle', 'velvet', 'museum', 'ginger', 'tide'];
  return { type: 'show', shown: { request, requester: { id: 'alice', name: 'Alice Adams' }, words, team: { name: 'shop', version: 4, words } }, reviewer: { name: 'Bob Okafor' }, browser: true, now, ...changes };
}

/** The same, committed before anybody was asked. */
export function askedAfterwards(): ConfirmToPage {
  const message = asked();
  if (message.type !== 'show') throw new Error('there is nothing to show');
  const { shown } = message;
  return { ...message, shown: { ...shown, request: { ...shown.request, afterwards: { run: 'run-1', committed: Date.now() - 240_000 } } } };
}
