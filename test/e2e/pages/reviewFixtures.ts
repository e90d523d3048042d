/** Reviews as the host would send them. */
import type { ReviewModel, ReviewRow, ReviewTable } from '../../../src/protocol/review.ts';

const sql = `DELETE FROM customers
WHERE plan = 'trial'
  AND last_seen < now() - interval '90 days';`;

export const holdMs = 120_000;

export function deleteModel(changes: Partial<ReviewModel> = {}): ReviewModel {
  const now = Date.now();
  return {
    environment: 'production',
    connection: 'shop-prod',
    where: 'app_rw@db-1:5432/shop',
    title: 'Deletes 3 customers and 41 of their sessions',
    subtitle: 'Ran in an open transaction. Nothing is final yet.',
    statements: [{ text: sql, commandTag: 'DELETE 3', rows: 3 }],
    risks: [
      { level: 'high', text: 'Destructive: the deletion cascades to sessions and clears orders.customer_id, which the statement does not mention.' },
      { level: 'medium', text: 'Triggers ran: log_customer on customers.' },
      { level: 'ok', text: 'The rows as they were are known: 59 rows in 4 tables.' },
    ],
    effects: [
      { table: { schema: 'public', table: 'customers' }, inserted: 0, updated: 0, deleted: 3, why: 'statement' },
      { table: { schema: 'public', table: 'sessions' }, inserted: 0, updated: 0, deleted: 41, why: 'cascade from customers' },
      { table: { schema: 'public', table: 'orders' }, inserted: 0, updated: 12, deleted: 0, why: 'set null from customers' },
      { table: { schema: 'audit', table: 'customer_log' }, inserted: 3, updated: 0, deleted: 0, why: 'trigger log_customer' },
    ],
    facts: [
      { label: 'Cannot be rolled back', text: 'sequence customer_log_id_seq moved by 3.' },
      { label: 'Locks held', text: 'row locks in 4 tables.' },
      { label: 'Transaction', text: '812 441 on the server.' },
      { label: 'Recorded', text: 'the intent is in the journal of this machine.' },
    ],
    phrase: 'delete 44 rows',
    expiresAt: now + 86_000,
    review: 7,
    holdMs,
    now,
    ...changes,
  };
}

export function updateModel(changes: Partial<ReviewModel> = {}): ReviewModel {
  const { phrase: _, ...model } = deleteModel();
  return {
    ...model,
    environment: 'staging',
    connection: 'shop-staging',
    where: 'app_rw@stage-db:5432/shop',
    title: 'Updates 12 orders',
    statements: [{ text: "UPDATE orders SET status = 'sent', shipped_at = now() WHERE id BETWEEN 8801 AND 8812;", commandTag: 'UPDATE 12', rows: 12 }],
    risks: [{ level: 'ok', text: 'Every changed row is shown below.' }],
    effects: [{ table: { schema: 'public', table: 'orders' }, inserted: 0, updated: 12, deleted: 0, why: 'statement' }],
    ...changes,
  };
}

const customerColumns = [
  { name: 'id', type: 'integer' },
  { name: 'name', type: 'text' },
  { name: 'email', type: 'text' },
  { name: 'plan', type: 'text' },
  { name: 'last_seen', type: 'timestamp with time zone' },
  { name: 'credit', type: 'numeric(10,2)' },
];

export const customerRows: readonly ReviewRow[] = [
  { kind: 'deleted', before: ['1042', 'Marta Kowalska', 'marta@post.example', 'trial', '2026-06-02 08:14:09+00', '0.00'] },
  { kind: 'deleted', before: ['1077', 'J. Okafor', '', 'trial', '2026-07-19 21:40:55+00', null] },
  { kind: 'deleted', before: ['1318', 'Lena Fischer ', 'lena@post.example', 'trial', '2026-08-11 05:03:30+00', '12.50'] },
];

export const deleteTables: readonly ReviewTable[] = [
  { schema: 'public', table: 'customers', columns: customerColumns, key: [0], total: 3, counts: { inserted: 0, updated: 0, deleted: 3 } },
  { schema: 'public', table: 'sessions', columns: customerColumns.slice(0, 2), key: [0], total: 41, counts: { inserted: 0, updated: 0, deleted: 41 } },
  {
    schema: 'public',
    table: 'orders',
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'customer_id', type: 'integer' },
      { name: 'status', type: 'text' },
      { name: 'total', type: 'numeric(12,2)' },
    ],
    key: [0],
    total: 12,
    changed: [1],
    counts: { inserted: 0, updated: 12, deleted: 0 },
  },
  {
    schema: 'audit',
    table: 'customer_log',
    columns: customerColumns.slice(0, 3),
    key: [0],
    total: 3,
    counts: { inserted: 3, updated: 0, deleted: 0 },
    incomplete: 'the role may not read column "note".',
  },
];

/** Answers the page's pulls for `deleteTables`. */
export function deleteRows(table: number, start: number, count: number): readonly ReviewRow[] {
  if (table === 0) return customerRows.slice(start, start + count);
  const total = deleteTables[table]?.total ?? 0;
  return Array.from({ length: Math.max(0, Math.min(count, total - start)) }, (_, offset) => rowOf(table, start + offset));
}

function rowOf(table: number, index: number): ReviewRow {
  const id = String(90_000 + index);
  if (table === 1) return { kind: 'deleted', before: [id, `session ${String(index)}`] };
  if (table === 3) return { kind: 'inserted', after: [id, 'deleted by app_rw', null] };
  return { kind: 'updated', before: [id, String(1042 + (index % 3)), 'paid', `${String(index * 7)}.90`], after: [id, null, 'paid', `${String(index * 7)}.90`] };
}

/** A table in which all three things happened, and a definition besides. */
export function mixedModel(changes: Partial<ReviewModel> = {}): ReviewModel {
  return {
    ...updateModel(),
    title: 'Alter table orders and inserts 30, updates 60 and deletes 10 rows',
    statements: [
      { text: 'ALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT gen_random_uuid(), DROP COLUMN legacy CASCADE;', commandTag: 'ALTER TABLE', rows: 0 },
      { text: 'MERGE INTO orders USING incoming \u2026;', commandTag: 'MERGE 100', rows: 100, effects: [{ table: { schema: 'public', table: 'orders' }, inserted: 30, updated: 60, deleted: 10, why: 'statement' }] },
    ],
    effects: [{ table: { schema: 'public', table: 'orders' }, inserted: 30, updated: 60, deleted: 10, why: 'statement', exactness: 'predicted' }],
    unlisted: 4,
    definition: {
      changes: [
        { kind: 'added', object: 'column', name: 'public.orders.note', detail: 'text not null' },
        { kind: 'dropped', object: 'column', name: 'public.orders.legacy' },
        { kind: 'dropped', object: 'view', name: 'public.open_orders', cascaded: true },
        { kind: 'changed', object: 'trigger', name: 'public.orders.log_order', detail: 'enabled \u2192 disabled' },
      ],
      rewritten: [{ schema: 'public', table: 'orders' }],
      scanned: [{ table: { schema: 'public', table: 'orders' }, rows: 1_204_331 }],
    },
    ...changes,
  };
}

export const mixedTables: readonly ReviewTable[] = [
  {
    schema: 'public',
    table: 'orders',
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'status', type: 'text' },
    ],
    key: [0],
    total: 100,
    changed: [1],
    counts: { inserted: 30, updated: 60, deleted: 10 },
    totals: { inserted: 30, updated: 60, deleted: 10 },
  },
];

/** Rows in turn: updated, updated, inserted \u2026, as the host would filter them. */
export function mixedRows(start: number, count: number, kind?: 'inserted' | 'updated' | 'deleted'): readonly ReviewRow[] {
  const all = Array.from({ length: 100 }, (_, index): ReviewRow => {
    const id = String(index);
    if (index % 10 === 9) return { kind: 'deleted', before: [id, 'gone'] };
    if (index % 10 < 3) return { kind: 'inserted', after: [id, 'new'] };
    return { kind: 'updated', before: [id, 'open'], after: [id, 'sent'], changed: [1] };
  });
  return all.filter((row) => kind === undefined || row.kind === kind).slice(start, start + count);
}
