/** Reads on real servers: what comes back, and what happens when things break. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import mysql from 'mysql2/promise';
import type { Session } from '../../../src/app/ports.ts';
import { formatRows } from '../../../src/core/results/formatRows.ts';
import { read } from '../../contract/session.contract.ts';
import { sharedServer, type MysqlDatabase, type MysqlServer, type MysqlUser } from '../../support/mysql.ts';
import { openMysqlTestSession } from '../../support/mysqlSession.ts';
import { startTcpProxy } from '../../support/tcpProxy.ts';

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { server, skip } = await sharedServer(dialect);
  describe(`reading from ${dialect}`, { skip }, () => {
    if (server) describeReading(server);
  });
}

function describeReading(server: MysqlServer): void {
  const { dialect } = server;
  let database: MysqlDatabase;
  let user: MysqlUser;
  let session: Session;

  before(async () => {
    database = await server.createDatabase('CREATE TABLE t (id int PRIMARY KEY, v longtext); INSERT INTO t VALUES (1, repeat(\'x\', 10))');
    user = await database.createUser();
    session = await openMysqlTestSession(dialect, database, user);
  });
  after(() => session.close());

  async function reopen(): Promise<void> {
    await session.close();
    session = await openMysqlTestSession(dialect, database, user);
  }

  describe('every type comes as the server’s own text, and is called as in a definition', () => {
    const rows: readonly (readonly [type: string, literal: string, value: string | null, called?: string])[] = [
      ['tinyint(1)', 'true', '1'],
      ['tinyint', '-128', '-128'],
      ['smallint unsigned', '65535', '65535'],
      ['mediumint', '-8388608', '-8388608'],
      ['int', '-2147483648', '-2147483648'],
      ['int unsigned zerofill', '7', '0000000007'],
      ['bigint unsigned', '18446744073709551615', '18446744073709551615'],
      ['decimal(65,30)', '12345678901234567890123456789012345.123456789012345678901234567890', '12345678901234567890123456789012345.123456789012345678901234567890'],
      ['decimal(5,0) unsigned', '12', '12'],
      ['double', '1.7976931348623157e308', '1.7976931348623157e308'],
      ['float', '-0.5', '-0.5'],
      ['bit(12)', "b'101'", '0x0005'],
      ['date', "'0001-01-01'", '0001-01-01'],
      ['datetime(6)', "'2024-02-29 23:59:59.123456'", '2024-02-29 23:59:59.123456'],
      ['datetime', "'9999-12-31 23:59:59'", '9999-12-31 23:59:59'],
      ['time(3)', "'-838:59:58.999'", '-838:59:58.999'],
      ['year', '2155', '2155'],
      ['char(3)', "'é'", 'é'],
      ['varchar(7)', "'a😀b'", 'a😀b'],
      ['varchar(3) character set latin1', "'é'", 'é', 'varchar(3)'],
      ['tinytext', "''", ''],
      ['text', "'null'", 'null'],
      ['mediumtext', "'x'", 'x'],
      ['longtext', "'x'", 'x'],
      ['binary(3)', "x'00FF'", '0x00FF00'],
      ['varbinary(3)', "x'00FF'", '0x00FF'],
      ['tinyblob', "''", '0x'],
      ['blob', "'ab'", '0x6162'],
      ['longblob', 'NULL', null],
      ["enum('a','b')", "'b'", 'b', 'enum'],
      ["set('a','b')", "'a,b'", 'a,b', 'set'],
      ['json', `'{"big": 9007199254740993, "a": 1.10}'`, server.dialect === 'mysql' ? '{"a": 1.1, "big": 9007199254740993}' : '{"big": 9007199254740993, "a": 1.10}'],
      ['geometry', 'ST_GeomFromText(\'POINT(1 2)\')', '0x000000000101000000000000000000F03F0000000000000040'],
      ...(server.dialect === 'mariadb' ? ([['uuid', "'6ccd780c-baba-1026-9564-5b8c656024db'", '6ccd780c-baba-1026-9564-5b8c656024db'], ['inet6', "'2001:db8::ff00:42:8329'", '2001:db8::ff00:42:8329']] as const) : []),
    ];
    before(async () => {
      await database.query(`CREATE TABLE types (${rows.map(([type], index) => `c${String(index)} ${type}`).join(', ')})`);
      await database.query(`INSERT INTO types VALUES (${rows.map(([, literal]) => literal).join(', ')})`);
    });
    for (const [index, [type, , value, called]] of rows.entries()) {
      test(type, async () => {
        const result = await read(session, `SELECT c${String(index)} AS c FROM types`);
        assert.deepEqual(result.rows, [[value]]);
        assert.deepEqual(result.columns, [{ name: 'c', type: called ?? type }]);
      });
    }

    test('copied as INSERT, all of them are stored again as they were', async () => {
      const shown = await read(session, 'SELECT * FROM types');
      await database.query('CREATE TABLE again LIKE types');
      await database.query(formatRows('insert', { columns: shown.columns, rows: shown.rows, headers: false, table: { table: 'again' }, dialect }));
      assert.deepEqual((await read(session, 'SELECT * FROM again')).rows, shown.rows);
    });
  });

  test('warnings come along', async () => {
    const { notices } = await read(session, "SELECT 1 + 'x'");
    assert.match(notices[0] ?? '', /Truncated incorrect/);
  });

  test('statements that are no queries show their rows too', async () => {
    assert.deepEqual((await read(session, 'SHOW TABLES LIKE \'t\'')).rows, [['t']]);
    assert.deepEqual((await read(session, 'DESCRIBE t')).rows.map(([name]) => name), ['id', 'v']);
    for (const text of ['EXPLAIN SELECT * FROM t', 'CHECKSUM TABLE t', 'SHOW CREATE TABLE t', 'SHOW PROCESSLIST', 'SHOW STATUS', ...(dialect === 'mysql' ? ['TABLE t', 'VALUES ROW(1)', 'EXPLAIN ANALYZE SELECT * FROM t'] : ['VALUES (1)', 'ANALYZE SELECT * FROM t'])]) {
      const { end, rows } = await read(session, text);
      assert.equal(end.kind, 'done', text);
      assert.ok(rows.length > 0, text);
    }
  });

  test('a cell of 12 MB comes whole', async () => {
    const { rows } = await read(session, `SELECT repeat('y', 12000000)`);
    assert.equal(rows[0]?.[0]?.length, 12_000_000);
  });

  test('a row in several packets comes whole, and one too large to be held stops the result, not the process', async () => {
    const wide = `SELECT ${Array.from({ length: 3 }, () => "repeat('z', 10000000)").join(', ')} UNION ALL SELECT 'a', 'b', 'c'`;
    const whole = await read(session, wide, { byteLimit: 100_000_000 });
    assert.deepEqual(whole.rows.map((row) => row.map((cell) => cell?.length)), [[10_000_000, 10_000_000, 10_000_000], [1, 1, 1]]);
    for (const byteLimit of [1_000_000, 17_000_000]) {
      const { end } = await read(session, wide, { byteLimit });
      assert.deepEqual(end, { kind: 'done', rows: 0, commandTag: 'SELECT 0', truncated: 'byte-limit' });
    }
    assert.deepEqual((await read(session, 'SELECT 1')).rows, [['1']]);
  });

  test('a sink that throws ends its result, and the session goes on', async () => {
    const { end } = await read(session, 'SELECT 1', { sink: { columns: () => undefined, rows: () => assert.fail('full'), notice: () => undefined } });
    assert.equal(end.kind === 'failed' && end.failure.message, 'full');
    assert.equal((await read(session, 'SELECT 1')).rows.length, 1);
  });

  for (const text of ["SELECT 'a\0b'", "SELECT '\uD800'"]) {
    test(`a text the server cannot read is not sent: ${JSON.stringify(text)}`, async () => {
      const { end } = await read(session, text);
      assert.match(end.kind === 'failed' ? end.failure.message : '', /^Not run: the text holds a NUL or half of a character/);
    });
  }

  test('an error points to what the server stumbled over', async () => {
    for (const [text, at] of [['SELEC 1', 'SELEC'], ['SELECT 1 FROM WHERE', 'WHERE'], ['SELECT * FROM missing_table', 'missing_table'], ['SELECT missing_function(1)', 'missing_function'], ['SELECT t.nope FROM t', 'nope']] as const) {
      const { end } = await read(session, text);
      assert.ok(end.kind === 'failed');
      assert.equal(end.failure.position, text.indexOf(at), end.failure.message);
    }
  });

  test('a lock somebody else holds does not keep it beyond its time limit', async () => {
    const holder = await mysql.createConnection({ uri: database.url() });
    await holder.query('LOCK TABLES t WRITE');
    const { end } = await read(session, 'SELECT * FROM t', { statementTimeoutMs: 200 });
    await holder.end();
    assert.match(end.kind === 'failed' ? end.failure.message : '', /time limit of 0.2 s. Nothing was changed/);
  });

  describe('when things break', () => {
    test('an administrator ends the session while it runs', async () => {
      const running = read(session, 'SELECT SLEEP(31)');
      const find = async () => await database.query("SELECT id AS id FROM information_schema.processlist WHERE info = 'SELECT SLEEP(31)'");
      let [found] = await find();
      while (!found) [found] = await find();
      await database.query(`KILL ${String(found.id)}`);
      const { end } = await running;
      assert.equal(end.kind, 'failed');
      assert.equal((await session.lost).code, 'connection');
      assert.equal(session.transactionState(), 'lost');
      await reopen();
    });

    test('a line that breaks in the middle of a result says that nothing was changed', async () => {
      const proxy = await startTcpProxy(database);
      const own = await openMysqlTestSession(dialect, { ...database, port: proxy.port }, user);
      const running = read(own, 'SELECT a.v FROM t a, information_schema.columns b, information_schema.columns c', { sink: { columns: () => proxy.cutAll(), rows: () => undefined, notice: () => undefined } });
      const { end } = await running;
      assert.match(end.kind === 'failed' ? end.failure.message : '', /^The connection was lost .*Nothing was changed/);
      await own.close();
      await proxy.stop();
    });
  });

  test('what runs is stopped although the line beside it is gone', async () => {
    const own = await openMysqlTestSession(dialect, database, user);
    const beside = await database.query('SELECT id AS id FROM information_schema.processlist WHERE user = ? AND command = \'Sleep\' ORDER BY id DESC LIMIT 1', [user.user]);
    await database.query(`KILL ${String(beside[0].id)}`).catch(() => undefined);
    const { end } = await read(own, 'SELECT SLEEP(32)', { statementTimeoutMs: 300 });
    assert.equal(end.kind, 'failed');
    await own.close();
    assert.deepEqual(await database.query("SELECT id FROM information_schema.processlist WHERE info = 'SELECT SLEEP(32)'"), [], 'nothing goes on behind our back');
  });

  describe('a direct statement', () => {
    test('leaves the session read-only again', async () => {
      assert.equal((await read(session, 'INSERT INTO t VALUES (2, NULL)', {}, 'execute')).end.kind, 'done');
      assert.deepEqual((await read(session, 'SELECT count(*) FROM t')).rows, [['2']]);
      assert.equal((await read(session, 'TRUNCATE t')).end.kind, 'failed');
    });

    test('that leaves a transaction open is rolled back, and it is said', async () => {
      await database.query('CREATE PROCEDURE left_open() BEGIN START TRANSACTION; INSERT INTO t VALUES (3, NULL); END');
      const { end } = await read(session, 'CALL left_open()', {}, 'execute');
      assert.match(end.kind === 'failed' ? end.failure.message : '', /left a transaction open/);
      assert.deepEqual((await read(session, 'SELECT count(*) FROM t WHERE id = 3')).rows, [['0']]);
    });

    test('that returns several results shows the first', async () => {
      await database.query('CREATE PROCEDURE several() BEGIN SELECT 1 AS a; SELECT 2 AS b; END');
      const { end, rows, columns } = await read(session, 'CALL several()', {}, 'execute');
      assert.equal(end.kind, 'done');
      assert.deepEqual([columns.map(({ name }) => name), rows], [['a'], [['1']]]);
    });

    test('whose settings are meant to stay, stay', async () => {
      assert.equal((await read(session, 'SET SESSION group_concat_max_len = 77', {}, 'execute')).end.kind, 'done');
      assert.deepEqual((await read(session, 'SELECT @@group_concat_max_len')).rows, [['77']]);
    });

    test('with a file of this machine gets none', async () => {
      const { end } = await read(session, "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t", {}, 'execute');
      assert.equal(end.kind, 'failed');
    });
  });
}
