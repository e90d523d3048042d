/** How many times the line is crossed, counted on the line itself; a busy machine changes clocks, not counts. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { IntentReceipt, Session } from '../../../src/app/ports.ts';
import { changesOf, open, read } from '../../contract/session.contract.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcpProxy.ts';

/** So that the clock shows it too, for whoever reads the output. */
const roundTripMs = 200;

let proxy: TcpProxy;
let session: Session;

before(async () => {
  const database = await createTestDatabase(`
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TABLE parents (id int PRIMARY KEY, name text, mood mood DEFAULT 'ok');
    CREATE TABLE children (id int PRIMARY KEY, parent_id int REFERENCES parents ON DELETE CASCADE);
    INSERT INTO parents SELECT i, 'p' || i FROM generate_series(1, 100) AS i;
    INSERT INTO children SELECT i, 1 + i % 100 FROM generate_series(1, 200) AS i`);
  proxy = await startTcpProxy(database);
  session = await openTestSession(database, { port: proxy.port });
  // What is learned once in a session is not part of the figures.
  await read(session, 'SELECT * FROM parents');
  proxy.setDelays(roundTripMs / 2, roundTripMs / 2);
});

after(async () => {
  proxy.setDelays(0, 0);
  await session.close();
  await proxy.stop();
});

/** Runs and returns the result with the round trips it took, by the clock and as the line counted them. */
async function measure<Result>(name: string, run: () => Promise<Result>): Promise<{ result: Result; crossed: number }> {
  const before = total();
  const started = performance.now();
  const result = await run();
  const trips = (performance.now() - started) / roundTripMs;
  const crossed = total() - before;
  console.log(`# ${name}: ${trips.toFixed(2)} round trips by the clock, ${String(crossed)} by the line`);
  return { result, crossed };
}

function total(): number {
  return proxy.roundTrips().reduce((sum, count) => sum + count, 0);
}

test('a read takes one round trip', async () => {
  const { crossed } = await measure('read', () => read(session, 'SELECT * FROM parents'));
  assert.equal(crossed, 1);
});

test('a failing read takes one more', async () => {
  const { crossed } = await measure('failing read', () => read(session, 'SELECT nope'));
  assert.equal(crossed, 2);
});

test('a preview takes one round trip and COMMIT one more', async () => {
  const begun = await measure('preview', () => open(session, ['DELETE FROM parents WHERE id <= 3']));
  // One on each of the two lines, at the same time.
  assert.ok(begun.crossed <= 2, String(begun.crossed));
  assert.equal(begun.result.preview.effects.length, 2);
  const images = await measure('images', () => begun.result.images());
  assert.equal(changesOf(images.result, 'children').length, 6);
  const committed = await measure('commit', () => begun.result.commit({ id: 'x' } as IntentReceipt));
  // The other line ends its own transaction meanwhile.
  assert.ok(committed.crossed <= 2, String(committed.crossed));
});

test('a preview of TRUNCATE counts the lost rows on the way', async () => {
  const begun = await measure('preview of TRUNCATE', () => open(session, ['TRUNCATE children']));
  assert.ok(begun.crossed <= 2, String(begun.crossed));
  assert.equal(begun.result.preview.effects[0]?.emptied, true);
  const { crossed } = await measure('rollback', () => begun.result.rollback());
  // The other line asks meanwhile where the transaction's number counts.
  assert.ok(crossed <= 2, String(crossed));
});

test('a long result costs two more round trips to stop at its row limit', async () => {
  // Each row takes the server a moment: the line here holds whatever is sent, and would have to be emptied first.
  const long = 'SELECT i, pg_sleep(0.0002), repeat($$x$$, 1000) FROM generate_series(1, 1000000) AS i';
  const { result, crossed } = await measure('stop at the row limit', () => read(session, long, { rowLimit: 10 }));
  assert.equal(result.end.kind === 'done' && result.end.truncated, 'row-limit');
  assert.ok(crossed <= 4, String(crossed));
});

test('a look-up of names takes one round trip, and none while its answer is kept', async () => {
  const calls = [{ functions: ['lower'], fields: ['name'], operators: ['='], types: ['mood'], settledClass: 'read' as const }];
  const ask = async () => await session.lookUp?.(calls, new AbortController().signal);
  const first = await measure('look-up', ask);
  assert.equal(first.crossed, 1);
  const again = await measure('look-up again', ask);
  assert.deepEqual(again.result, first.result);
  assert.equal(again.crossed, 0);
});
