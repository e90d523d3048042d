/** Delivery to real endpoints that misbehave: in the end exactly the events, once, in order. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { startDelivery, type Delivery } from '../../../src/adapters/audit/delivery/delivery.ts';
import type { Endpoint } from '../../../src/adapters/audit/delivery/endpoint.ts';
import { createSlack } from '../../../src/adapters/audit/delivery/slack.ts';
import { createSyslog } from '../../../src/adapters/audit/delivery/syslog.ts';
import { createWebhook } from '../../../src/adapters/audit/delivery/webhook.ts';
import { createSpool, type Spool } from '../../../src/adapters/audit/spool/spool.ts';
import type { Clock } from '../../../src/app/ports.ts';
import { newStream } from '../../../src/core/audit/chain.ts';
import { readChain } from '../../../src/core/audit/readChain.ts';
import { sha256 } from '../../../src/adapters/audit/spool/digest.ts';
import { epochMs } from '../../../src/core/brand.ts';
import { until } from '../../support/until.ts';
import { Collector, type Mood } from './collector.ts';

/** Waits a fiftieth of what is asked for. */
const clock: Clock = {
  now: () => epochMs(Date.now()),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds / 50);
    return () => clearTimeout(timer);
  },
};

const secret = 'shared with the collector';

function webhook(collector: Collector, name = 'collector', more: { readonly url?: URL; readonly ca?: string } = {}): Endpoint {
  return createWebhook({ name, url: collector.url(), secret, clock, ...more });
}

type Used = { readonly folder: string; readonly spool: Spool; deliver(endpoints: readonly Endpoint[], attemptMs?: number): Promise<Delivery> };

async function withSpool(use: (used: Used) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'delivery-'));
  const spool = createSpool({ folder, clock, start: () => ({}) });
  const open: Delivery[] = [];
  try {
    await use({
      folder,
      spool,
      async deliver(endpoints, attemptMs = 5000) {
        const delivery = await startDelivery({ folder, spool, endpoints, clock, random: () => 0.5, timeoutMs: attemptMs });
        open.push(delivery);
        return delivery;
      },
    });
  } finally {
    await Promise.all(open.map(async (delivery) => await delivery.close()));
    await spool.close();
    await rm(folder, { recursive: true });
  }
}

const patience = 1_000_000;

function assertAllOnce(collector: Collector, count: number): void {
  const numbers = collector.events.flatMap(({ body }) => (body['kind'] === 'stream-begin' ? [] : [body['n']]));
  assert.deepEqual(numbers, Array.from({ length: count }, (_, n) => n));
}

describe('delivery', () => {
  const moods: readonly Mood[] = ['drop', 'too-many', 'unavailable', 'lose-answer', 'answer-late', 'close-within-body', 'redirect', 'silent'];
  for (const mood of moods) {
    it(`to a collector that does this at first: ${mood}`, async () => {
      const collector = await Collector.start();
      try {
        await withSpool(async ({ spool, deliver }) => {
          collector.moods = [mood, mood];
          const delivery = await deliver([webhook(collector)]);
          for (let n = 0; n < 20; n += 1) await spool.append({ kind: 'read', n });
          await delivery.waitFor({ stream: '', seq: 21 }, patience);
          assertAllOnce(collector, 20);
        });
      } finally {
        await collector.stop();
      }
    });
  }

  it('through everything at once: 500 events, each once, in order, in a whole chain', async () => {
    const collector = await Collector.start();
    try {
      await withSpool(async ({ spool, deliver }) => {
        collector.moods = Array.from({ length: 60 }, (_, index) => [...moods, 'well' as const, 'well' as const][(index * 7) % 10] ?? 'well').filter((mood) => mood !== 'silent');
        const delivery = await deliver([webhook(collector)]);
        for (let n = 0; n < 500; n += 1) await spool.append({ kind: 'read', n });
        await delivery.waitFor({ stream: '', seq: 501 }, patience);
        assertAllOnce(collector, 500);
        const text = collector.events.map((event) => `${JSON.stringify(event)}\n`).join('');
        assert.equal(readChain(text, newStream(spool.head?.stream ?? ''), sha256).end.kind, 'whole');
        assert.ok(collector.duplicates > 0, 'some came again, as they must when an answer is lost');
      });
    } finally {
      await collector.stop();
    }
  });

  it('signs what it sends', async () => {
    const collector = await Collector.start();
    try {
      await withSpool(async ({ spool, deliver }) => {
        const delivery = await deliver([webhook(collector)]);
        await spool.append({ kind: 'read', n: 0 });
        await delivery.waitFor({ stream: '', seq: 2 }, patience);
        const { headers, body } = collector.requests[0] ?? assert.fail('nothing arrived');
        const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]+)$/u.exec(String(headers['countersign-signature'])) ?? [];
        assert.equal(signature, createHmac('sha256', secret).update(`${seconds ?? ''}.`).update(body).digest('hex'));
      });
    } finally {
      await collector.stop();
    }
  });

  it('one that hangs does not hold up the others, and is named when it is waited for', async () => {
    const [well, hanging] = [await Collector.start(), await Collector.start()];
    try {
      await withSpool(async ({ spool, deliver }) => {
        hanging.mood = 'silent';
        const delivery = await deliver([webhook(well, 'well'), webhook(hanging, 'hanging')]);
        for (let n = 0; n < 5; n += 1) await spool.append({ kind: 'read', n });
        await until('the other one has them', () => delivery.status().some(({ name, behind }) => name === 'well' && behind === 0));
        await assert.rejects(delivery.waitFor({ stream: '', seq: 6 }, 10_000), (error: Error) => error.message.includes('“hanging”') && !error.message.includes('“well”'));
        assertAllOnce(well, 5);
        assert.deepEqual(delivery.status().map(({ name, behind }) => [name, behind]), [['well', 0], ['hanging', 6]]);
      });
    } finally {
      await Promise.all([well.stop(), hanging.stop()]);
    }
  });

  it('what a program left behind is delivered by the next one', async () => {
    const collector = await Collector.start();
    try {
      await withSpool(async ({ folder, deliver }) => {
        const gone = createSpool({ folder, clock, start: () => ({}) });
        for (let n = 0; n < 3; n += 1) await gone.append({ kind: 'read', n });
        await gone.close();
        await deliver([webhook(collector)]);
        while (collector.events.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
        assertAllOnce(collector, 3);
      });
    } finally {
      await collector.stop();
    }
  });

  it('what was delivered before is not sent again', async () => {
    const collector = await Collector.start();
    try {
      await withSpool(async ({ spool, deliver }) => {
        const first = await deliver([webhook(collector)]);
        await spool.append({ kind: 'read', n: 0 });
        await first.waitFor({ stream: '', seq: 2 }, patience);
        await first.close();
        const second = await deliver([webhook(collector)]);
        await spool.append({ kind: 'read', n: 1 });
        await second.waitFor({ stream: '', seq: 3 }, patience);
        assertAllOnce(collector, 2);
      });
    } finally {
      await collector.stop();
    }
  });

  it('only to a server with the right certificate', async () => {
    const file = async (name: string) => await readFile(new URL(`../../support/tls/${name}`, import.meta.url), 'utf8');
    const collector = await Collector.start({ key: await file('server.key'), cert: await file('server.crt') });
    try {
      await withSpool(async ({ spool, deliver }) => {
        const url = new URL(collector.url('https').href.replace('127.0.0.1', 'localhost'));
        // A machine with much to do takes its time for a handshake.
        const wrong = await deliver([webhook(collector, 'wrong', { url })], patience);
        await spool.append({ kind: 'read', n: 0 });
        await until('it was tried', () => wrong.status().some(({ trouble }) => trouble !== undefined));
        await assert.rejects(wrong.waitFor({ stream: '', seq: 2 }, 1000), /“wrong” \(.*certificate/u);
        assert.equal(collector.events.length, 0);
        const right = await deliver([webhook(collector, 'right', { url, ca: await file('ca.crt') })], patience);
        await spool.append({ kind: 'read', n: 1 });
        await right.waitFor({ stream: '', seq: 3 }, patience);
      });
    } finally {
      await collector.stop();
    }
  });

  it('alerts reach people as text without SQL, once', async () => {
    const collector = await Collector.start();
    try {
      await withSpool(async ({ spool, deliver }) => {
        // An attempt that took too long would be made again, and people would read it twice.
        const delivery = await deliver([createSlack({ name: 'people', url: collector.url(), clock })], patience);
        const record = { actor: { kind: 'human', osUser: 'ann', host: 'laptop' }, target: { connection: 'personal:<shop>' }, sql: 'delete from secret_table' };
        await spool.append({ ...record, kind: 'read', rows: 3 });
        for (let times = 0; times < 2; times += 1) await spool.append({ ...record, kind: 'outcome', run: 'r', outcome: 'committed', effects: [{ deleted: 5000 }] });
        await until('the alert arrives', () => Promise.resolve(delivery.status().every(({ behind }) => behind === 0) && collector.requests.length > 0));
        const said = collector.requests.map(({ body }) => (JSON.parse(body.toString()) as { text: string }).text).join('\n');
        assert.equal(said.split('deleted many rows').length, 2, said);
        assert.match(said, /ann@laptop deleted many rows on personal:&lt;shop&gt; \(5000 rows\)/u);
        assert.doesNotMatch(said, /secret_table/u);
      });
    } finally {
      await collector.stop();
    }
  });

  it('syslog messages are framed by their length and carry the whole event', async () => {
    let received = '';
    const server = net.createServer((socket) => socket.setEncoding('utf8').on('data', (text: string) => (received += text)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await withSpool(async ({ spool, deliver }) => {
        const { port } = server.address() as net.AddressInfo;
        const delivery = await deliver([createSyslog({ name: 'syslog', host: '127.0.0.1', port, secure: false, hostname: 'laptop' })], patience);
        await spool.append({ kind: 'read', time: 1_790_000_000_000, sql: "select 'ü'" });
        await delivery.waitFor({ stream: '', seq: 2 }, patience);
        while (!received.includes('ü')) await new Promise((resolve) => setTimeout(resolve, 5));
        const frames = [...splitFrames(received)];
        assert.equal(frames.length, 2);
        assert.match(frames[1] ?? '', /^<109>1 2026-09-21T\S+ laptop countersign - read \[countersign@32473 hash="[0-9a-f]{64}" .*seq="2"\] \uFEFF\{"v":1,.*select 'ü'/u);
      });
    } finally {
      server.close();
    }
  });
});

function* splitFrames(text: string): Generator<string> {
  for (let bytes = Buffer.from(text); bytes.length > 0; ) {
    const space = bytes.indexOf(0x20);
    const length = Number(bytes.subarray(0, space).toString());
    yield bytes.subarray(space + 1, space + 1 + length).toString();
    bytes = bytes.subarray(space + 1 + length);
  }
}
