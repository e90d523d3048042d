/** What every database's session must do, run against a real server of each. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChangeLimits, IntentReceipt, OpenChange, ReadRequest, Session } from '../../src/app/ports.ts';
import type { Preview, RowChange, TableImages } from '../../src/core/effect/preview.ts';
import { statement } from '../fakes/statements.ts';
import type { ContractDatabase, ContractSubject } from './subject.ts';

const receipt = { id: 'test' } as IntentReceipt;
export const limits: ChangeLimits = { lockTimeoutMs: 500, statementTimeoutMs: 10_000, holdMs: 30_000, maxRows: 100 };
const tables = ['parents', 'children', 'grandchildren', 'notes', 'log'];

export function describeSession(subject: ContractSubject): void {
  const reasons = new Map((subject.exceptions ?? []).map(({ test: name, reason }) => [name, reason]));

  function check(name: string, run: (database: ContractDatabase, session: Session) => Promise<void>): void {
    const reason = reasons.get(name);
    // What a server has no such thing for is named, and is no test that did not run.
    if (reason !== undefined) return void test(`not here: ${name}, because ${reason}`, () => assert.notEqual(reason, ''));
    test(name, async () => {
      const database = await subject.setUp();
      const session = await database.open();
      try {
        await run(database, session);
      } finally {
        await session.close();
        await database.close();
      }
    });
  }

  describe(`session contract: ${subject.name}`, () => {
    check('a read gives the server’s own text, and NULL is not empty', async (_database, session) => {
      const { end, rows, columns } = await read(session, "SELECT 9007199254740993, '', NULL, 1.10");
      assert.deepEqual(end, { kind: 'done', rows: 1, commandTag: 'SELECT 1' });
      assert.deepEqual(rows, [['9007199254740993', '', null, '1.10']]);
      assert.equal(columns.length, 4);
      assert.equal(session.transactionState(), 'none');
    });

    check('a read stops at its row limit and the session goes on', async (_database, session) => {
      const { end, rows } = await read(session, subject.sql.series(1_000_000), { rowLimit: 1234 });
      assert.deepEqual(end, { kind: 'done', rows: 1234, commandTag: 'SELECT 1234', truncated: 'row-limit' });
      assert.equal(rows.length, 1234);
      assert.equal((await read(session, subject.sql.series(3))).rows.length, 3);
    });

    check('a result with exactly as many rows as the limit is whole', async (_database, session) => {
      const { end } = await read(session, subject.sql.series(50), { rowLimit: 50 });
      assert.deepEqual(end, { kind: 'done', rows: 50, commandTag: 'SELECT 50' });
    });

    check('a read stops at its byte limit', async (_database, session) => {
      const { end } = await read(session, subject.sql.wide(3_000_000), { byteLimit: 1_000_000 });
      assert.equal(end.kind === 'done' && end.truncated, 'byte-limit');
      assert.equal((await read(session, subject.sql.series(3))).rows.length, 3);
    });

    check('a cancelled read ends on the server', async (database, session) => {
      const stop = new AbortController();
      const running = read(session, subject.sql.sleep(50), { signal: stop.signal });
      await database.untilRunning(subject.sql.sleep(50));
      stop.abort();
      assert.equal((await running).end.kind, 'cancelled');
      assert.equal(session.transactionState(), 'none');
      assert.equal((await read(session, subject.sql.series(3))).rows.length, 3);
    });

    check('what is cancelled before it is sent never runs', async (database, session) => {
      const signal = AbortSignal.abort();
      assert.equal((await read(session, 'SELECT 1', { signal })).end.kind, 'cancelled');
      assert.equal((await begin(session, ['DELETE FROM parents'], {}, signal)).kind, 'cancelled');
      assert.equal(await count(database, 'parents'), 10);
    });

    check('a read that takes too long fails with its limit', async (_database, session) => {
      const { end } = await read(session, subject.sql.sleep(20), { statementTimeoutMs: 200 });
      assert.equal(end.kind, 'failed');
      assert.equal(session.transactionState(), 'none');
    });

    check('an error points into the statement', async (_database, session) => {
      const { end } = await read(session, subject.sql.misspelt);
      assert.ok(end.kind === 'failed');
      assert.equal(end.failure.code, 'sql');
      assert.equal(end.failure.position, subject.sql.misspelt.indexOf('nope'));
    });

    check('a read cannot write', async (database, session) => {
      for (const text of ['DELETE FROM parents', 'CREATE TABLE sneaky (id int)', 'DROP TABLE log']) {
        assert.equal((await read(session, text)).end.kind, 'failed', text);
      }
      assert.equal(await count(database, 'parents'), 10);
      assert.equal(await count(database, 'log'), 0);
    });

    check('two statements in one are refused, and neither runs', async (database, session) => {
      assert.equal((await read(session, 'SELECT 1; DELETE FROM parents')).end.kind, 'failed');
      const start = await begin(session, ['DELETE FROM log; COMMIT; DROP TABLE grandchildren']);
      assert.equal(start.kind, 'failed');
      assert.equal(await count(database, 'parents'), 10);
      assert.equal(await count(database, 'grandchildren'), 60);
      assert.equal(session.transactionState(), 'none');
    });

    check('a change is measured with its cascades, set nulls and triggers, as an independent count confirms', async (database, session) => {
      const before = await countAll(database);
      const change = await open(session, ['DELETE FROM parents WHERE id <= 3']);
      assert.deepEqual(summary(change.preview), {
        parents: [0, 0, 3, 'statement'],
        children: [0, 0, 6, 'cascade from parents'],
        grandchildren: [0, 0, 18, 'cascade from children'],
        notes: [0, 3, 0, 'set null from parents'],
        ...(subject.cascadesFireTriggers === false ? {} : { log: [6, 0, 0, 'trigger log_children on children'] }),
      });
      assert.equal(change.preview.statements[0]?.rows, 3);
      assert.deepEqual(await countAll(database), before, 'nobody else sees an open change');
      assert.equal(session.transactionState(), 'open');
      assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
      const after = await countAll(database);
      for (const { table, inserted, deleted } of change.preview.effects) {
        assert.equal((after[table.table] ?? 0) - (before[table.table] ?? 0), inserted - deleted, table.table);
      }
      assert.equal(session.transactionState(), 'none');
    });

    check('rows are shown before and after', async (_database, session) => {
      const change = await open(session, ["UPDATE parents SET name = 'new' WHERE id = 2", 'DELETE FROM children WHERE id = 1', "INSERT INTO parents (id, name) VALUES (11, 'p11')"]);
      const images = await change.images();
      assert.deepEqual(changesOf(images, 'parents'), [
        { kind: 'updated', before: ['2', 'p2'], after: ['2', 'new'] },
        { kind: 'inserted', after: ['11', 'p11'] },
      ]);
      assert.deepEqual(changesOf(images, 'children'), [{ kind: 'deleted', before: ['1', '1'] }]);
      assert.equal(changesOf(images, 'grandchildren').length, 3);
      assert.equal(changesOf(images, 'log').length, 1);
      const parents = images.find(({ table }) => table.table === 'parents');
      assert.deepEqual([parents?.key, parents?.incomplete], [[0], undefined]);
      await change.rollback();
    });

    check('more rows than are shown are paired rightly, and it is said', async (_database, session) => {
      const change = await open(session, ["UPDATE grandchildren SET child_id = 1 WHERE id > 10", 'DELETE FROM grandchildren WHERE id <= 10'], { maxRows: 20 });
      const images = await change.images();
      const shown = images.find(({ table }) => table.table === 'grandchildren');
      assert.equal(shown?.changes.length, 20);
      assert.match(shown?.incomplete ?? '', /20/);
      for (const each of shown?.changes ?? []) {
        const id = Number(each.kind === 'inserted' ? NaN : each.before[0]);
        assert.equal(each.kind, id > 10 ? 'updated' : 'deleted');
      }
      await change.rollback();
    });

    check('a change that is rolled back leaves nothing', async (database, session) => {
      const before = await countAll(database);
      const change = await open(session, ['DELETE FROM parents']);
      await change.rollback();
      await change.rollback();
      assert.deepEqual(await countAll(database), before);
      assert.equal((await change.commit(receipt)).kind, 'rejected');
      const again = await open(session, ['DELETE FROM parents WHERE id = 1']);
      assert.deepEqual(summary(again.preview)['parents'], [0, 0, 1, 'statement']);
      await again.rollback();
    });

    check('a change that touches nothing has no effect', async (_database, session) => {
      const change = await open(session, ['DELETE FROM parents WHERE id = 99']);
      assert.deepEqual(change.preview.effects, []);
      assert.deepEqual(await change.images(), []);
      await change.rollback();
    });

    check('a failing statement is named, and the ones before it are undone', async (database, session) => {
      const start = await begin(session, ['DELETE FROM log', 'DELETE FROM parents', 'DELETE FROM nope']);
      assert.ok(start.kind === 'failed');
      assert.equal(start.statement, 2);
      assert.equal(start.failure.code, 'sql');
      assert.equal(await count(database, 'parents'), 10);
      assert.equal(session.transactionState(), 'none');
    });

    check('nothing else runs while a change is open', async (database, session) => {
      const change = await open(session, ['DELETE FROM parents WHERE id = 1']);
      assert.equal((await read(session, 'SELECT 1')).end.kind, 'failed');
      assert.equal((await begin(session, ['DELETE FROM parents'])).kind, 'failed');
      assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
      assert.equal(await count(database, 'parents'), 9);
    });

    check('a cancelled change is undone', async (database, session) => {
      const stop = new AbortController();
      const starting = begin(session, ['DELETE FROM parents', subject.sql.sleep(50)], {}, stop.signal);
      await database.untilRunning(subject.sql.sleep(50));
      stop.abort();
      assert.equal((await starting).kind, 'cancelled');
      assert.equal(await count(database, 'parents'), 10);
      assert.equal((await read(session, subject.sql.series(3))).rows.length, 3);
    });

    check('a change does not wait long for somebody’s lock', async (database, session) => {
      const other = await database.open();
      const holder = await open(other, ["UPDATE parents SET name = 'held' WHERE id = 1"]);
      const start = await begin(session, ["UPDATE parents SET name = 'mine' WHERE id = 1"], { lockTimeoutMs: 200 });
      assert.equal(start.kind, 'failed');
      await holder.rollback();
      await other.close();
    });

    check('the server itself ends a change nobody decides on', async (database, session) => {
      const change = await open(session, ['DELETE FROM parents'], { holdMs: 100 });
      assert.equal(await change.ended, 'server-timeout');
      assert.equal((await change.commit(receipt)).kind, 'rejected');
      assert.equal(await count(database, 'parents'), 10);
    });

    check('a broken line ends a change and is announced', async (database, session) => {
      const change = await open(session, ['DELETE FROM parents']);
      database.proxy.cutAll();
      assert.equal(await change.ended, 'connection-lost');
      assert.equal((await session.lost).code, 'connection');
      assert.equal(session.transactionState(), 'lost');
      await change.rollback();
      assert.equal((await read(session, 'SELECT 1')).end.kind, 'failed');
      assert.equal(await count(database, 'parents'), 10);
    });

    check('a session the server ends is announced', async (database, session) => {
      await database.killSessions();
      assert.equal((await session.lost).code, 'connection');
    });

    check('a commit the server refuses is rejected', async (database, session) => {
      const text = subject.sql.deferredViolation ?? '';
      const start = await begin(session, [text]);
      const refused = start.kind === 'failed' || (start.kind === 'open' && (await start.change.commit(receipt)).kind === 'rejected');
      assert.ok(refused);
      assert.equal(await count(database, 'children'), 20);
      assert.equal(session.transactionState(), 'none');
    });

    check('a lost answer to COMMIT is in doubt, and the server knows that it happened', async (database, session) => {
      const change = await open(session, ['DELETE FROM parents WHERE id = 1']);
      // As before every commit: it is recorded where the number counts.
      await change.mark?.();
      const cut = database.proxy.cutAfterRequest(database.isCommit);
      assert.deepEqual(await change.commit(receipt), { kind: 'in-doubt' });
      await cut;
      assert.equal(await session.settle(change.preview.transactionId ?? ''), 'committed');
      assert.equal(await count(database, 'parents'), 9);
    });

    check('a COMMIT that never arrives is in doubt, and the server knows that it did not happen', async (database, session) => {
      const change = await open(session, ['DELETE FROM parents WHERE id = 1']);
      // As before every commit: it is recorded where the number counts.
      await change.mark?.();
      const cut = database.proxy.cutBeforeRequest(database.isCommit);
      assert.deepEqual(await change.commit(receipt), { kind: 'in-doubt' });
      await cut;
      assert.equal(await session.settle(change.preview.transactionId ?? ''), 'rolled-back');
      assert.equal(await count(database, 'parents'), 10);
    });

    check('a server that cannot be asked settles nothing', async (database, session) => {
      const change = await open(session, ['DELETE FROM parents WHERE id = 1']);
      const cut = database.proxy.cutAfterRequest(database.isCommit);
      assert.deepEqual(await change.commit(receipt), { kind: 'in-doubt' });
      await cut;
      database.proxy.refuse(true);
      assert.equal(await session.settle(change.preview.transactionId ?? ''), 'unknown');
    });

    check('a direct statement is final at once', async (database, session) => {
      const { end } = await read(session, 'DELETE FROM log', {}, 'execute');
      assert.equal(end.kind, 'done');
      const deleted = await read(session, 'DELETE FROM parents WHERE id = 1', {}, 'execute');
      assert.equal(deleted.end.kind, 'done');
      assert.equal(await count(database, 'parents'), 9);
      assert.equal(session.transactionState(), 'none');
    });
  });
}

type Read = { readonly end: Awaited<ReturnType<Session['read']>>; readonly rows: readonly (readonly (string | null)[])[]; readonly columns: readonly { name: string; type: string }[]; readonly notices: readonly string[] };

/** Reads, or with `execute` runs directly, and gathers what the sink is given. */
export async function read(session: Session, text: string, options: Partial<ReadRequest> = {}, how: 'read' | 'execute' = 'read'): Promise<Read> {
  const rows: (readonly (string | null)[])[] = [];
  const columns: { name: string; type: string }[] = [];
  const notices: string[] = [];
  const request: ReadRequest = {
    statement: statement(text, how === 'read' ? 'read' : 'write'),
    sink: { columns: (given) => void columns.push(...given), rows: (given) => void rows.push(...given), notice: (message) => void notices.push(message) },
    rowLimit: 100_000,
    byteLimit: 100_000_000,
    statementTimeoutMs: 10_000,
    signal: new AbortController().signal,
    ...options,
  };
  const end = await session[how](request);
  return { end, rows, columns, notices };
}

/** Begins a change; targets and kinds are told from the texts, as the classifier would. */
export function begin(session: Session, texts: readonly string[], changed: Partial<ChangeLimits> = {}, signal: AbortSignal = new AbortController().signal): ReturnType<Session['beginChange']> {
  const statements = texts.map((text) => {
    const table = /^(?:DELETE FROM|UPDATE|INSERT INTO|TRUNCATE|DROP TABLE|ALTER TABLE)\s+((?:"[^"]*"|[\w.])+)/i.exec(text)?.[1]?.replaceAll('"', '');
    const [name = '', schema] = (table ?? '').split('.').toReversed();
    const kind = (/^(?:DROP|ALTER|CREATE) TABLE/i.exec(text)?.[0] ?? /^\w+/.exec(text)?.[0] ?? '').toLowerCase().replace(' ', '-');
    const target = { table: name, access: 'write' as const, ...(schema === undefined ? {} : { schema }) };
    return statement(text, kind === 'alter-table' ? 'ddl' : 'write', { kind, targets: table === undefined ? [] : [target] });
  });
  return session.beginChange({ statements, limits: { ...limits, ...changed }, signal });
}

/** Begins a change that must open. */
export async function open(session: Session, texts: readonly string[], changed: Partial<ChangeLimits> = {}): Promise<OpenChange> {
  const start = await begin(session, texts, changed);
  assert.ok(start.kind === 'open', start.kind === 'failed' ? start.failure.message : start.kind);
  return start.change;
}

/** Inserted, updated, deleted and why, by table. */
export function summary({ effects }: Preview): Record<string, readonly [number, number, number, string]> {
  return Object.fromEntries(effects.map(({ table, inserted, updated, deleted, why }) => [table.table, [inserted, updated, deleted, why] as const]));
}

export function changesOf(images: readonly TableImages[], name: string): readonly RowChange[] {
  return images.find(({ table }) => table.table === name)?.changes ?? [];
}

async function count(database: ContractDatabase, table: string): Promise<number> {
  const [row] = await database.query(`SELECT count(*) AS n FROM ${table}`);
  return Number(row?.['n']);
}

async function countAll(database: ContractDatabase): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) counts[table] = await count(database, table);
  return counts;
}
