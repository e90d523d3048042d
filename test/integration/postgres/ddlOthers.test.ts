/** What others define meanwhile is not told as the change's own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import type { Session } from '../../../src/app/ports.ts';
import { definitionLines } from '../../../src/core/effect/catalog.ts';
import { createPostgresAnalyser } from '../../../src/adapters/sql/postgresAnalyser.ts';
import { limits } from '../../contract/session.contract.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { until } from '../../support/until.ts';

const analyser = createPostgresAnalyser();
let database: TestDatabase;
let session: Session;
let other: pg.Client;

before(async () => {
  database = await createTestDatabase('CREATE TABLE mine (id int); CREATE TABLE theirs (id int DEFAULT 5, v text); CREATE VIEW seen AS SELECT id FROM theirs; CREATE FUNCTION helper() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$');
  session = await openTestSession(database);
  other = new pg.Client({ connectionString: database.url() });
  await other.connect();
});
after(async () => {
  await session.close();
  await other.end();
  await analyser.dispose();
});

async function preview(text: string): Promise<readonly string[]> {
  const { statements } = await analyser.analyse(text);
  const start = await session.beginChange({ statements, limits, signal: new AbortController().signal });
  assert.ok(start.kind === 'open', start.kind === 'failed' ? start.failure.message : start.kind);
  await start.change.rollback();
  return definitionLines(start.change.preview.definition?.changes ?? []);
}

test('definitions of another transaction that is still open', async () => {
  await other.query('BEGIN; DROP VIEW seen; ALTER TABLE theirs ALTER COLUMN id DROP DEFAULT; DROP FUNCTION helper(); CREATE TABLE fresh (id int)');
  try {
    assert.deepEqual(await preview('ALTER TABLE mine ADD COLUMN n int'), ['added column public.mine.n: integer']);
    assert.deepEqual(await preview('DROP TABLE mine'), ['dropped table public.mine']);
  } finally {
    await other.query('ROLLBACK');
  }
});

test('roles that come while the change runs', async () => {
  const role = `${database.database}_other`;
  await other.query('SELECT pg_advisory_lock(7)');
  const running = preview('SELECT pg_advisory_xact_lock(7); ALTER TABLE mine ADD COLUMN n int');
  await until('the change waits', async () => (await database.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")).length > 0);
  await other.query(`CREATE ROLE ${role}`);
  await other.query('SELECT pg_advisory_unlock(7)');
  assert.deepEqual(await running, ['added column public.mine.n: integer']);
  await other.query(`DROP ROLE ${role}`);
});

test('a role of its own is told, and nobody else’s', async () => {
  const role = `${database.database}_own`;
  assert.deepEqual(await preview(`CREATE ROLE ${role}`), [`added role ${role}`]);
});
