/** Alerts to an endpoint of their own: within moments, once, without SQL; and they are no receipts. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createAlertWebhook } from '../../../src/adapters/audit/delivery/alertWebhook.ts';
import { startDelivery, type Delivery } from '../../../src/adapters/audit/delivery/delivery.ts';
import { createWebhook } from '../../../src/adapters/audit/delivery/webhook.ts';
import { createSpool, type Spool } from '../../../src/adapters/audit/spool/spool.ts';
import { until } from '../../support/until.ts';
import { systemClock as clock } from '../../support/clock.ts';
import { Collector } from './collector.ts';

const secret = 'shared with the pager';
const record = { actor: { kind: 'human', osUser: 'ann', host: 'laptop' }, target: { connection: 'personal:shop', environment: 'production' }, sql: 'DELETE FROM secret_table' };

type Used = { readonly spool: Spool; readonly pager: Collector; readonly keeper: Collector; readonly delivery: Delivery };

async function withPager(use: (used: Used) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'alerts-'));
  const [pager, keeper] = [await Collector.start(), await Collector.start()];
  const spool = createSpool({ folder, clock, start: () => ({}) });
  const endpoints = [createAlertWebhook({ name: 'pager', url: pager.url(), secret, clock }), createWebhook({ name: 'keeper', url: keeper.url(), secret, clock })];
  const delivery = await startDelivery({ folder, spool, endpoints, clock, random: () => 0.5 });
  try {
    await use({ spool, pager, keeper, delivery });
  } finally {
    await delivery.close();
    await spool.close();
    await Promise.all([pager.stop(), keeper.stop()]);
    await rm(folder, { recursive: true });
  }
}

const alertsAt = (pager: Collector) => pager.requests.flatMap(({ body }) => (JSON.parse(body.toString()) as { alerts: { kind: string; key: string; text: string }[] }).alerts);

describe('alerts', () => {
  it('arrive within seconds, signed, once, and without SQL', async () => {
    await withPager(async ({ spool, pager }) => {
      const startedAt = clock.now();
      for (let times = 0; times < 3; times += 1) await spool.append({ ...record, kind: 'outcome', run: 'r', time: clock.now(), outcome: 'committed', effects: [{ deleted: 5000 }] });
      await spool.append({ ...record, kind: 'read', run: 's', time: clock.now(), rows: 60_000 });
      await until('both arrived', () => Promise.resolve(alertsAt(pager).length >= 2));
      assert.ok(clock.now() - startedAt < 20_000);
      assert.deepEqual(alertsAt(pager).map(({ kind }) => kind), ['bulk-delete', 'bulk-export']);
      const { body, headers } = pager.requests[0] ?? assert.fail('nothing arrived');
      assert.doesNotMatch(body.toString(), /secret_table/u);
      const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]+)$/u.exec(String(headers['countersign-signature'])) ?? [];
      assert.equal(signature, createHmac('sha256', secret).update(`${seconds ?? ''}.`).update(body).digest('hex'));
    });
  });

  it('are sent again with the same key when nobody answered', async () => {
    await withPager(async ({ spool, pager }) => {
      pager.moods = ['unavailable'];
      await spool.append({ ...record, kind: 'break-glass', run: 'r', time: clock.now() });
      await until('it came again', () => Promise.resolve(pager.requests.length >= 2));
      const [first, second] = pager.requests;
      assert.equal(first?.headers['idempotency-key'], second?.headers['idempotency-key']);
      assert.deepEqual(first?.body, second?.body);
    });
  });

  it('say nothing about what happened days ago', async () => {
    await withPager(async ({ spool, pager }) => {
      await spool.append({ ...record, kind: 'break-glass', run: 'old', time: clock.now() - 2 * 24 * 60 * 60_000 });
      await spool.append({ ...record, kind: 'break-glass', run: 'new', time: clock.now() });
      await until('one arrived', () => Promise.resolve(alertsAt(pager).length > 0));
      assert.deepEqual(alertsAt(pager).map(({ key }) => key.includes('new')), [true]);
    });
  });

  it('are no receipts: a write waits for those that keep records, and for nobody else', async () => {
    await withPager(async ({ spool, pager, keeper, delivery }) => {
      assert.deepEqual(delivery.keepers, ['keeper']);
      pager.mood = 'silent';
      const { stream, seq } = await spool.append({ ...record, kind: 'break-glass', run: 'r', time: clock.now() });
      await delivery.waitFor({ stream, seq }, 30_000);
      assert.equal(keeper.events.length, 2);
    });
  });
});
