/** Both stores keep the same promises; a server that is killed loses nothing it has acknowledged. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { b64u } from '../../../src/core/approval/bytes.ts';
import { backUpSqlite, openSqlite } from '../../../src/server/store/sqlite.ts';
import { openPostgres } from '../../../src/server/store/postgres.ts';
import { migrate } from '../../../src/server/store/migrations.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { startInstance } from '../../support/confirmation/instances.ts';
import type { Instance } from '../../support/confirmation/instances.ts';
import { actOn, cast, eventsFrom, fileOn, postTeam } from '../../support/confirmation/relay.ts';
import type { Call, Cast, Filed } from '../../support/confirmation/relay.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import type { TestDatabase } from '../../support/postgres.ts';
import { until } from '../../support/until.ts';

let people: Cast;
let folder = '';
before(async () => {
  people = await cast();
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-stores-'));
});
after(async () => await rm(folder, { recursive: true }));

const sse = { Accept: 'text/event-stream' };
const decisionOn = async (call: Call, filed: Filed, box = b64u(crypto.random(64))): Promise<number> => (await call(`/v1/requests/${filed.id}/decisions`, { token: filed.token, json: { box } })).status;

for (const kind of ['sqlite', 'postgresql'] as const) {
  describe(kind, () => {
    let where = '';
    before(async () => {
      where = kind === 'sqlite' ? path.join(folder, `${kind}.sqlite`) : (await createTestDatabase()).url();
    });

    test('of many claims at once, over two lines, one succeeds', async () => {
      const instances = kind === 'sqlite' ? [await startInstance(where)] : [await startInstance(where), await startInstance(where)];
      const [first] = instances;
      assert.ok(first);
      await postTeam(first.call, people.signed);
      for (let round = 0; round < 5; round += 1) {
        const filed = await fileOn(first.call, people);
        const claim = async ({ call }: Instance): Promise<number> => (await call(`/v1/requests/${filed.id}/claim`, { json: await actOn(filed, 'claim', people.alice) })).status;
        const statuses: readonly number[] = await Promise.all(Array.from({ length: 16 }, async (_, n) => await claim(instances[n % instances.length] ?? first)));
        assert.deepEqual(statuses.filter((status) => status === 200).length, 1, statuses.join(' '));
        assert.deepEqual(new Set(statuses), new Set([200, 409]));
      }
      for (const { stop } of instances) await stop();
    });

    test('messages that come at once are numbered without a gap', async () => {
      const instance = await startInstance(where);
      await postTeam(instance.call, people.signed);
      const filed = await fileOn(instance.call, people);
      const stream = await instance.call(`/v1/requests/${filed.id}/events`, { token: filed.token, headers: sse });
      await Promise.all(Array.from({ length: 30 }, async () => await decisionOn(instance.call, filed)));
      assert.deepEqual((await eventsFrom(stream, 30)).map(({ id }) => Number(id)), Array.from({ length: 30 }, (_, n) => n + 1));
      await instance.stop();
    });

    test('killed while it writes, it has everything it acknowledged, and goes on', async () => {
      let instance = await startInstance(where);
      await postTeam(instance.call, people.signed);
      const acknowledged: [Filed, number][] = [];
      for (let round = 0; round < 5; round += 1) {
        const filed = await fileOn(instance.call, people);
        let count = 0;
        const { call } = instance;
        const writing = (async () => {
          while (count < 30) {
            const status = await decisionOn(call, filed).catch(() => 0);
            if (status !== 201) return;
            count += 1;
          }
        })();
        await until('some were acknowledged', () => count >= 3 + round);
        await instance.kill();
        await writing;
        acknowledged.push([filed, count]);
        instance = await startInstance(where);
      }
      for (const [filed, count] of acknowledged) {
        const { events } = (await (await instance.call(`/v1/requests/${filed.id}/events`, { token: filed.token })).json()) as { events: { seq: number }[] };
        assert.ok(events.length >= count && events.length <= count + 1, `${String(events.length)} of ${String(count)}`);
        assert.deepEqual(events.map(({ seq }) => seq), events.map((_, n) => n + 1));
      }
      await instance.stop();
    });

    test('a client that waits gets the answer when the server was restarted meanwhile', async () => {
      let instance = await startInstance(where);
      await postTeam(instance.call, people.signed);
      const filed = await fileOn(instance.call, people);
      const first = await instance.call(`/v1/requests/${filed.id}/events`, { token: filed.token, headers: sse });
      await decisionOn(instance.call, filed);
      const [seen] = await eventsFrom(first, 1);
      await instance.stop();
      instance = await startInstance(where);
      await decisionOn(instance.call, filed);
      const second = await instance.call(`/v1/requests/${filed.id}/events`, { token: filed.token, headers: { ...sse, 'Last-Event-ID': seen?.id ?? '' } });
      assert.deepEqual((await eventsFrom(second, 1)).map(({ id }) => id), ['2']);
      await instance.stop();
    });

    test('a store of a later version is refused and left alone', async () => {
      const store = kind === 'sqlite' ? await openSqlite(where) : await openPostgres(where, () => undefined);
      await migrate(store);
      await store.query('INSERT INTO migrations (step, at) VALUES (99, 0)');
      await assert.rejects(async () => await migrate(store), /later version/);
      await store.query('DELETE FROM migrations WHERE step = 99');
      await store.close();
    });
  });
}

describe('two instances on one PostgreSQL', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });

  test('start at once on an empty database, and hear of each other', async () => {
    const [a, b] = await Promise.all([startInstance(database.url()), startInstance(database.url())]);
    await postTeam(a.call, people.signed);
    const filed = await fileOn(a.call, people);
    const stream = await a.call(`/v1/requests/${filed.id}/events`, { token: filed.token, headers: sse });
    await decisionOn(b.call, filed);
    assert.deepEqual((await eventsFrom(stream, 1)).map(({ kind }) => kind), ['decision']);
    await Promise.all([a.stop(), b.stop()]);
  });

  test('one is killed at any moment: nobody who waits misses anything', async () => {
    const a = await startInstance(database.url());
    let b = await startInstance(database.url());
    await postTeam(a.call, people.signed);
    for (let round = 0; round < 4; round += 1) {
      const filed = await fileOn(b.call, people);
      const total = 20;
      const seen: number[] = [];
      const origins = [b.origin, a.origin];
      // Waits at whichever instance answers, from where it was.
      const waiting = (async () => {
        for (let turn = 0; seen.length < total; turn += 1) {
          const answer = await fetch(`${origins[turn % 2] ?? ''}/v1/requests/${filed.id}/events`, { headers: { ...sse, Authorization: `Bearer ${filed.token}`, 'Last-Event-ID': String(seen.at(-1) ?? 0) } }).catch(() => undefined);
          if (answer?.ok !== true) continue;
          await eventsInto(answer, seen, total).catch(() => undefined);
        }
      })();
      const boxes = Array.from({ length: total }, () => b64u(crypto.random(64)));
      let killing: Promise<void> = Promise.resolve();
      for (const [n, box] of boxes.entries()) {
        if (n === 5 + round) killing = b.kill();
        // Sent again to the other one until it is acknowledged; the same bytes are one event.
        await until('it was acknowledged', async () => (await decisionOn(n % 2 === 0 ? b.call : a.call, filed, box).catch(() => 0)) > 0 || (await decisionOn(a.call, filed, box).catch(() => 0)) > 0);
      }
      await waiting;
      await killing;
      assert.deepEqual(seen, Array.from({ length: total }, (_, n) => n + 1));
      b = await startInstance(database.url());
    }
    await Promise.all([a.stop(), b.stop()]);
  });

  test('the line that listens is cut: what was said meanwhile still arrives', async () => {
    const instance = await startInstance(database.url());
    const filed = await fileOn(instance.call, people);
    const stream = await instance.call(`/v1/requests/${filed.id}/events`, { token: filed.token, headers: sse });
    const other = await startInstance(database.url());
    const cut = async (): Promise<any[]> => await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
    const listening = async (): Promise<boolean> => (await database.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")).length >= 2;
    await until('both listen', listening);
    assert.ok((await cut()).length >= 2);
    await decisionOn(other.call, filed);
    assert.deepEqual((await eventsFrom(stream, 1)).map(({ kind }) => kind), ['decision']);
    await Promise.all([instance.stop(), other.stop()]);
  });
});

/** Until the stream breaks, or all are there. */
async function eventsInto(answer: Response, seen: number[], total: number): Promise<void> {
  for await (const seq of sequence(answer)) {
    seen.push(seq);
    if (seen.length >= total) return;
  }
}

async function* sequence(answer: Response): AsyncGenerator<number> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of answer.body ?? []) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('id: ')) yield Number(line.slice(4));
  }
}

test('two processes on one SQLite file hear of each other, and claim once', async () => {
  const file = path.join(folder, 'shared.sqlite');
  const [a, b] = [await startInstance(file), await startInstance(file)];
  await postTeam(a.call, people.signed);
  const filed = await fileOn(a.call, people);
  const stream = await a.call(`/v1/requests/${filed.id}/events`, { token: filed.token, headers: sse });
  await decisionOn(b.call, filed);
  assert.deepEqual((await eventsFrom(stream, 1)).map(({ kind }) => kind), ['decision']);
  const statuses = await Promise.all(Array.from({ length: 12 }, async (_, n) => (await [a, b][n % 2]?.call(`/v1/requests/${filed.id}/claim`, { json: await actOn(filed, 'claim', people.alice) }))?.status));
  assert.deepEqual(statuses.filter((status) => status === 200).length, 1, statuses.join(' '));
  assert.deepEqual(new Set(statuses), new Set([200, 409]));
  await Promise.all([a.stop(), b.stop()]);
});

test('a backup of a running SQLite store is one file that is complete', async () => {
  const [file, copy] = [path.join(folder, 'live.sqlite'), path.join(folder, 'copy.sqlite')];
  const instance = await startInstance(file);
  await postTeam(instance.call, people.signed);
  const filed = await fileOn(instance.call, people);
  await decisionOn(instance.call, filed);
  await backUpSqlite(file, copy);
  await decisionOn(instance.call, filed);
  await instance.kill();
  const restored = await startInstance(copy);
  const { events } = (await (await restored.call(`/v1/requests/${filed.id}/events`, { token: filed.token })).json()) as { events: unknown[] };
  assert.equal(events.length, 1);
  await restored.stop();
});
