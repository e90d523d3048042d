/** What people asked for a confirmation rarely see and must still be able to read: many members, long texts, every end. */
import { asked, awaiting, drifted, peer } from './peerFixtures.ts';
import { deleteModel, deleteRows, deleteTables } from './reviewFixtures.ts';
import type { Message, OpenPage } from './harness.ts';
import type { Picture } from './pictures.ts';
import type { ReviewEnd } from '../../../src/protocol/review.ts';

const both = [
  [980, 900],
  [420, 820],
] as const;
const phone = [
  [980, 900],
  [390, 844],
] as const;

function answer(message: Message): object | undefined {
  if (message.type !== 'pull') return undefined;
  const { table, start, count } = message as unknown as { table: number; start: number; count: number };
  return { type: 'rows', table, start, rows: deleteRows(table, start, count) };
}

const { phrase: _, ...model } = deleteModel();
const measured = { ...model, basis: 'rehearsed', needsPeer: true, expiresAt: 0, holdMs: 0, subtitle: 'Ran, was measured and rolled back at once. Nothing is open now.' };
const showChange = async (open: OpenPage, ...more: readonly object[]): Promise<void> => {
  await open.send({ type: 'model', model: measured }, { type: 'tables', tables: deleteTables }, ...more);
  await open.page.waitForFunction(() => document.querySelectorAll('.grid-row:not([hidden]).pending').length === 0);
};
const openForm = async (open: OpenPage): Promise<void> => await open.page.getByRole('button', { name: 'Ask a Peer to Confirm' }).click();

const names = ['Bob Okafor', 'Carol Lindqvist', 'Dmitri Petrov', 'Maximiliane Freifrau von und zu Hohenstein-Wittelsbach', 'Li', 'Nguy\u1ec5n Th\u1ecb Minh Khai', 'Aino-Kaisa Hyv\u00f6nen-Korhonen', '\u674e\u5c0f\u9f8d', 'Jos\u00e9 Mar\u00eda Fern\u00e1ndez de la Torre', 'AVeryLongNameWithoutAnySpaceThatCannotBeWrappedAnywhereAtAll', 'Ola Nordmann', 'Priya Raghunathan'];
const many = { ...peer, terms: 'Two other members must confirm, one of them with the role dba, with a passkey or a security key.', members: names.map((name, index) => ({ id: `m${String(index)}`, name, note: index % 3 === 0 ? 'dba, on-call' : '' })) };

const request = 'r_AAAAAAAAAAAAAAAA';
const ends: Readonly<Record<string, ReviewEnd>> = {
  'expired': { kind: 'expired', title: 'Expired before enough had approved', text: 'Nothing was changed on shop-prod.', askAgain: request },
  'cancelled': { kind: 'cancelled', title: 'Cancelled', text: 'You cancelled the request. Nothing was changed on shop-prod.', askAgain: request },
  'confirmed': { kind: 'committed', title: 'Committed, confirmed by Bob Okafor and Carol Lindqvist', text: '59 rows in 4 tables are changed for good on shop-prod.' },
  'in-doubt': { kind: 'in-doubt', title: 'In doubt', text: 'The connection broke between COMMIT and its answer. The change may or may not be stored on shop-prod. Look at the data before you run it again.' },
  'drifted-many': {
    ...drifted,
    drift: Array.from({ length: 14 }, (_, index) => ({ table: `warehouse_and_logistics.shipment_positions_archive_2026_${String(index + 1).padStart(2, '0')}`, approved: index === 3 ? null : { inserted: 1200 * index, updated: 4, deleted: 120_441 }, now: { inserted: 1200 * index, updated: index % 2 === 0 ? 4 : 5, deleted: 120_441 } })),
    differences: Array.from({ length: 40 }, (_, index) => `warehouse_and_logistics.shipment_positions_archive_2026_01, id ${String(90_000 + index)}: deleted now, and was not approved.`),
  },
};

const review = { page: 'review', sizes: both, answer } as const;
const inEditor = { page: 'confirmInEditor', sizes: phone } as const;
const shownOf = (changes: object): object => {
  const show = asked() as unknown as { shown: { request: object } };
  return { ...show, shown: { ...show.shown, request: { ...show.shown.request, ...changes } } };
};
const columns = ['id', 'name', 'email', 'api_token', 'plan', 'last_seen', 'credit'].map((name) => ({ name, type: 'text' }));
const rows = Array.from({ length: 260 }, (_, index) => ({ kind: 'updated' as const, before: [String(1000 + index), `Person ${String(index)}`, 'm\u2022\u2022\u2022@\u2022\u2022\u2022.pl', '\u2022\u2022\u2022', 'trial', null, '0.00'], after: [String(1000 + index), `Person ${String(index)}`, 'm\u2022\u2022\u2022@\u2022\u2022\u2022.pl', '\u2022\u2022\u2022 (changed)', 'paid', '2026-06-02 08:14:09+00', '0.00'] }));

export const peerEdges: readonly Picture[] = [
  ...(['many', 'one'] as const).map((kind): Picture => ({
    ...review,
    name: `peer-form-${kind}`,
    play: async (open) => {
      await showChange(open, { type: 'peer', peer: kind === 'many' ? many : { ...peer, members: many.members.slice(3, 4) } });
      await openForm(open);
      await open.page.locator('.ask-form').waitFor();
    },
  })),
  { ...review, name: 'peer-waiting-unseen', play: async (open) => await showChange(open, { type: 'awaiting', awaiting: awaiting({ title: 'Waiting for one of 12 members', lines: [{ tone: 'calm', text: 'Nobody has looked at it yet.' }] }) }) },
  {
    ...review,
    name: 'peer-waiting-ready',
    play: async (open) => await showChange(open, { type: 'awaiting', awaiting: awaiting({ stage: 'ready', title: 'Approved by Bob Okafor', text: 'Nothing was run yet.', lines: [{ tone: 'ok', text: 'Bob Okafor approved' }, { tone: 'high', text: 'The answer of Dmitri Petrov does not count: it was signed with a revoked key.' }] }) }),
  },
  ...Object.entries(ends).map(([name, end]): Picture => ({ ...review, name: `peer-end-${name}`, play: async (open) => await showChange(open, { type: 'awaiting', awaiting: awaiting() }, { type: 'end', end }) })),
  {
    ...review,
    name: 'peer-not-run',
    play: async (open) => await open.send({ type: 'model', model: { ...measured, basis: 'not-run', title: 'Drops table customers_2019', subtitle: 'No transaction can take this back, so nothing ran yet.', effects: [] } }, { type: 'tables', tables: [] }, { type: 'peer', peer }),
  },
  { ...inEditor, name: 'peer-confirm-long', play: async (open) => await open.send(shownOf({ statements: [{ sql: `${'-- nothing here, and a comment that is long enough to wrap on every phone that anybody has in a pocket\n'.repeat(60)}DELETE FROM customers WHERE note = '${'x'.repeat(300)}'`, params: [{ t: 'text', v: 'y'.repeat(200) }], class: 'destructive' }] })) },
  {
    ...inEditor,
    name: 'peer-confirm-rows',
    play: async (open) => {
      await open.send(shownOf({ supersedes: 'x', drift: [{ name: 'public.customers', before: { name: 'public.customers', ins: 0, upd: 2, del: 0 }, now: { name: 'public.customers', ins: 0, upd: 260, del: 0 } }], preview: { masked: true, tables: [{ name: 'public.customers', columns, key: [0], masked: [2, 3], changes: rows }] } }));
      await open.page.locator('.rows').scrollIntoViewIfNeeded();
    },
  },
  ...(['expired', 'offline', 'team-changed', 'request-unsigned'] as const).map((code): Picture => ({ ...inEditor, name: `peer-confirm-say-${code}`, themes: ['dark', 'light'], play: async (open) => await open.send({ type: 'say', code, detail: '' }) })),
];
