/** Whatever breaks between the way back and COMMIT: the database is unchanged or exactly the confirmed change, and what is kept fits. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { epochMs } from '../../../src/core/brand.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { runOnce, storeIn, type Moment } from './oneRun.ts';
import { assertSteps, closeAnalyser, contents, runUndo } from './undoRounds.ts';

let database: TestDatabase;
let folder: string;
let root: string;
const sql = "UPDATE people SET name = 'x' WHERE id < 4";

before(async () => {
  database = await createTestDatabase('CREATE TABLE people (id int PRIMARY KEY, name text)');
});

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'chaos-'));
  folder = path.join(root, 'undo');
  await database.query("TRUNCATE people; INSERT INTO people SELECT i, 'p' || i FROM generate_series(1, 5) AS i");
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

after(closeAnalyser);

/** Half an hour later. */
const later = () => storeIn(folder, { now: () => epochMs(Date.now() + 30 * 60_000), after: () => () => undefined });
const people = async () => await contents(database, ['people']);

for (const moment of ['told', 'committing'] as const satisfies readonly Moment[]) {
  test(`killed when ${moment}: nothing changed, and the way back that is left restores nothing`, async () => {
    const was = await people();
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'oneRun.ts'), database.url(), folder, moment, sql], { stdio: 'inherit' });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    assert.equal(signal, 'SIGKILL');
    assert.deepEqual(await people(), was);
    assert.deepEqual(readdirSync(folder), ['run-1.pending']);
    assert.deepEqual((await storeIn(folder).list()).entries, []);
    const [left, ...others] = (await later().list()).entries;
    assert.deepEqual([left?.run, left?.isConfirmed, others.length], ['run-1', false, 0]);
    const session = await openTestSession(database);
    await runUndo(session, (await later().load('run-1')).undo);
    await session.close();
    assert.deepEqual(await people(), was);
  });
}

test('committed: the way back is confirmed, and restores all', async () => {
  const was = await people();
  const said: string[] = [];
  assert.equal((await runOnce({ url: database.url(), folder, sql, said: (line) => said.push(line) })).kind, 'committed');
  assert.deepEqual([said, readdirSync(folder)], [['kept', 'end: committed'], ['run-1.undo']]);
  const session = await openTestSession(database);
  const { undo } = await storeIn(folder).load('run-1');
  await runUndo(session, assertSteps(undo));
  await session.close();
  assert.deepEqual(await people(), was);
});

test('the server ends the session before COMMIT: nothing changed, nothing is kept', async () => {
  const was = await people();
  const act = async () => void (await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'countersign%'"));
  const outcome = await runOnce({ url: database.url(), folder, sql, at: { moment: 'committing', act } });
  // COMMIT may have been faster: then it is final, and its way back is there.
  const isCommitted = outcome.kind === 'committed';
  assert.ok(isCommitted || outcome.kind === 'failed' || outcome.kind === 'rolled-back' || outcome.kind === 'in-doubt', outcome.kind);
  if (isCommitted) assert.deepEqual(readdirSync(folder), ['run-1.undo']);
  if (outcome.kind === 'failed' || outcome.kind === 'rolled-back') assert.deepEqual([await people(), readdirSync(folder)], [was, []]);
});

test('no room for the way back: said before, asked again, and then it is the person’s decision', async () => {
  writeFileSync(path.dirname(folder) + '/undo', 'in the way');
  const said: string[] = [];
  assert.equal((await runOnce({ url: database.url(), folder, sql, said: (line) => said.push(line) })).kind, 'committed');
  assert.match(said[0] ?? '', /^none: it could not be written to .*\.$/);
  assert.deepEqual(said.slice(1), ['end: committed']);
});
