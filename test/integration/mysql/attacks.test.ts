/** Attempts to change something by what looks harmless: through the whole path, and past the classifier on the session itself. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Session } from '../../../src/app/ports.ts';
import { read } from '../../contract/session.contract.ts';
import { assertNotFinal, createAttackPath, type AttackPath } from '../../support/attackPath.ts';
import { sharedServer, type MysqlDatabase, type MysqlDialect, type MysqlServer, type MysqlUser } from '../../support/mysql.ts';
import { mysqlProfile, openMysqlTestSession } from '../../support/mysqlSession.ts';

type Attack = {
  readonly name: string;
  readonly sql: string;
  readonly only?: MysqlDialect;
  /** The server alone lets it through, and why; then the classifier has to know. */
  readonly serverLets?: string;
};

const ownTransaction = 'a procedure or block may begin a transaction of its own';

const attacks: readonly Attack[] = [
  { name: 'a second statement', sql: "SELECT 1; DELETE FROM victim" },
  { name: 'a second statement behind what only looks like a comment', sql: 'SELECT 1--1; DROP TABLE victim' },
  { name: 'a second statement behind a comment that does not nest', sql: 'SELECT 1 /* /* */; DROP TABLE victim -- */' },
  { name: 'a second statement behind a lone carriage return', sql: 'SELECT 1 # \r; DROP TABLE victim' },
  { name: 'a second statement behind an escaped quote', sql: String.raw`SELECT 'a\'; DROP TABLE victim; -- '` },
  { name: 'an executable comment', sql: '/*! DROP TABLE victim */' },
  { name: 'an executable comment for every version', sql: '/*!50000 DROP TABLE victim */' },
  { name: 'an executable comment MySQL runs', sql: '/*!80000 DROP TABLE victim */' },
  { name: 'an executable comment with six digits', sql: '/*!100000 DROP TABLE victim */' },
  { name: 'an executable comment of MariaDB', sql: '/*M! DROP TABLE victim */' },
  { name: 'an executable comment that makes a read a write', sql: "SELECT 1 /*!50000 INTO OUTFILE 'victim.txt' */" },
  { name: 'an executable comment behind a read', sql: 'SELECT 1 /*! ; DROP TABLE victim */' },
  { name: 'a function that writes', sql: 'SELECT writes()' },
  { name: 'a function that writes, once for each row', sql: 'SELECT id FROM victim WHERE writes() > 0' },
  { name: 'a function that makes the session writable first', sql: 'SELECT opens_and_writes()' },
  { name: 'a view over a function that writes', sql: 'SELECT * FROM hidden' },
  { name: 'a view over a function that makes the session writable first', sql: 'SELECT * FROM opening' },
  { name: 'DO', sql: 'DO writes()' },
  { name: 'SET with a function', sql: 'SET @x = writes()' },
  { name: 'EXPLAIN ANALYZE of a function', sql: 'EXPLAIN ANALYZE SELECT writes()', only: 'mysql' },
  { name: 'ANALYZE of a write', sql: 'ANALYZE DELETE FROM victim', only: 'mariadb' },
  { name: 'a write behind WITH', sql: 'WITH a AS (SELECT 1 AS id) DELETE FROM victim WHERE id IN (SELECT id FROM a)', only: 'mysql' },
  { name: 'a table without transactions', sql: 'INSERT INTO flat VALUES (9)' },
  { name: 'TRUNCATE', sql: 'TRUNCATE victim' },
  { name: 'DROP', sql: 'DROP TABLE victim' },
  { name: 'ALTER', sql: 'ALTER TABLE victim ADD COLUMN evil int' },
  { name: 'RENAME', sql: 'RENAME TABLE victim TO gone' },
  { name: 'CREATE TABLE … SELECT', sql: 'CREATE TABLE evil SELECT * FROM victim' },
  { name: 'CREATE USER', sql: "CREATE USER evil_user IDENTIFIED BY 'Evil1!evil'" },
  { name: 'GRANT', sql: 'GRANT SELECT ON victim TO bystander' },
  { name: 'REVOKE', sql: 'REVOKE ALL PRIVILEGES, GRANT OPTION FROM bystander' },
  { name: 'a password', sql: "ALTER USER bystander IDENTIFIED BY 'Evil1!evil'" },
  { name: 'DROP USER', sql: 'DROP USER bystander' },
  { name: 'OPTIMIZE', sql: 'OPTIMIZE TABLE victim' },
  { name: 'REPLACE', sql: 'REPLACE INTO victim VALUES (1, 100)' },
  { name: 'a row lock', sql: 'SELECT * FROM victim FOR UPDATE' },
  { name: 'a file of the server', sql: "SELECT * FROM victim INTO OUTFILE 'victim.txt'" },
  { name: 'a file of this machine', sql: "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE victim" },
  { name: 'a prepared write', sql: "PREPARE p FROM 'DROP TABLE victim'; EXECUTE p" },
  { name: 'CREATE PROCEDURE', sql: 'CREATE PROCEDURE evil() SELECT 1' },
  { name: 'SET STATEMENT', sql: 'SET STATEMENT max_statement_time = 1 FOR DELETE FROM victim', only: 'mariadb' },
  { name: 'SET STATEMENT that makes the session writable', sql: 'SET STATEMENT tx_read_only = 0 FOR DELETE FROM victim', only: 'mariadb' },
  { name: 'a procedure that writes', sql: 'CALL inserts()' },
  { name: 'a procedure that commits and writes', sql: 'CALL commits()' },
  { name: 'a procedure that defines', sql: 'CALL defines()' },
  { name: 'a procedure with a transaction of its own', sql: 'CALL begins()', serverLets: ownTransaction },
  { name: 'a procedure that makes the session writable', sql: 'CALL opens()', serverLets: ownTransaction },
  { name: 'a block with a transaction of its own', sql: 'BEGIN NOT ATOMIC START TRANSACTION READ WRITE; DELETE FROM victim; COMMIT; END', only: 'mariadb', serverLets: ownTransaction },
  { name: 'EXECUTE IMMEDIATE', sql: "EXECUTE IMMEDIATE 'DROP TABLE victim'", only: 'mariadb' },
  { name: 'a COMMIT in front of a write', sql: 'COMMIT; DELETE FROM victim' },
  { name: 'a writable transaction in front of a write', sql: 'START TRANSACTION READ WRITE; DELETE FROM victim; COMMIT' },
  { name: 'XA', sql: "XA START 'x'; DELETE FROM victim" },
  { name: 'LOCK TABLES', sql: 'LOCK TABLES victim WRITE; DELETE FROM victim' },
];

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { server, skip } = await sharedServer(dialect);
  describe(`what looks harmless changes nothing: ${dialect}`, { skip }, () => {
    if (server) describeAttacks(server);
  });
}

function describeAttacks(server: MysqlServer): void {
  const { dialect } = server;
  const readOnly = dialect === 'mariadb' ? 'tx_read_only' : 'transaction_read_only';
  let database: MysqlDatabase;
  let user: MysqlUser;
  let bystander: MysqlUser;
  let path: AttackPath;
  let untouched: string;

  before(async () => {
    database = await createVictim();
    user = await server.createUser(`ALL PRIVILEGES ON ${database.database}.*`, 'CREATE USER, PROCESS ON *.*');
    bystander = await server.createUser(`SELECT ON ${database.database}.flat`);
    await server.query(`GRANT ALL PRIVILEGES ON ${database.database}.* TO '${user.user}'@'%' WITH GRANT OPTION`);
    path = createAttackPath(mysqlProfile(dialect, database, user.user), user.password);
    untouched = await look();
  });
  after(async () => {
    await path.dispose();
    await server.query('DROP USER IF EXISTS evil_user');
  });

  async function createVictim(): Promise<MysqlDatabase> {
    return await server.createDatabase(`
      CREATE TABLE victim (id int PRIMARY KEY, v int);
      CREATE TABLE flat (id int) ENGINE = MyISAM;
      INSERT INTO victim VALUES (1, 1), (2, 2), (3, 3);
      CREATE FUNCTION writes() RETURNS int NOT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO victim SELECT max(id) + 1, 0 FROM victim; RETURN 1; END;
      CREATE FUNCTION opens_and_writes() RETURNS int NOT DETERMINISTIC MODIFIES SQL DATA BEGIN SET SESSION ${readOnly} = 0; INSERT INTO victim SELECT max(id) + 1, 0 FROM victim; RETURN 1; END;
      CREATE FUNCTION switches_mode() RETURNS int NOT DETERMINISTIC NO SQL BEGIN SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'; RETURN 1; END;
      CREATE FUNCTION switches_charset() RETURNS int NOT DETERMINISTIC NO SQL BEGIN SET SESSION character_set_client = gbk; RETURN 1; END;
      CREATE FUNCTION switches_results() RETURNS int NOT DETERMINISTIC NO SQL BEGIN SET SESSION character_set_results = latin1; RETURN 1; END;
      CREATE FUNCTION opens_session() RETURNS int NOT DETERMINISTIC NO SQL BEGIN SET SESSION ${readOnly} = 0; RETURN 1; END;
      CREATE FUNCTION chains() RETURNS int NOT DETERMINISTIC NO SQL BEGIN SET SESSION completion_type = 1; RETURN 1; END;
      CREATE VIEW hidden AS SELECT writes() AS x;
      CREATE VIEW opening AS SELECT opens_and_writes() AS x;
      CREATE PROCEDURE inserts() INSERT INTO victim VALUES (10, 0);
      CREATE PROCEDURE commits() BEGIN COMMIT; DELETE FROM victim; COMMIT; END;
      CREATE PROCEDURE defines() BEGIN DROP TABLE victim; END;
      CREATE PROCEDURE begins() BEGIN START TRANSACTION READ WRITE; DELETE FROM victim; COMMIT; END;
      CREATE PROCEDURE opens() BEGIN COMMIT; SET SESSION ${readOnly} = 0; DELETE FROM victim; COMMIT; END`);
  }

  /** Everything an attack could have changed, seen by somebody else. */
  async function look(): Promise<string> {
    const rows = await database.query('SELECT * FROM victim ORDER BY id').catch((error: unknown) => String(error));
    const flat = await database.query('SELECT * FROM flat');
    const objects = await database.query('SELECT table_name AS name, table_type AS type FROM information_schema.tables WHERE table_schema = DATABASE() UNION ALL SELECT routine_name, routine_type FROM information_schema.routines WHERE routine_schema = DATABASE() ORDER BY name');
    const users = await server.query("SELECT user FROM mysql.user WHERE user LIKE 'evil%'");
    const grants = await server.query(`SHOW GRANTS FOR '${bystander.user}'@'%'`).catch((error: unknown) => String(error));
    const [login] = await server.query('SELECT authentication_string AS login FROM mysql.user WHERE user = ?', [bystander.user]);
    return JSON.stringify([rows, flat, objects, users, grants, login]);
  }

  /** At the account of this run. */
  const aimed = (sql: string): string => sql.replace('bystander', () => `'${bystander.user}'@'%'`);

  const mine = attacks.filter(({ only }) => only === undefined || only === dialect);

  for (const stance of ['reading', 'declining'] as const) {
    describe(`run by a person who is ${stance}`, () => {
      for (const { name, sql } of mine) {
        test(name, async () => {
          assertNotFinal(await path.run(aimed(sql), stance), sql);
          assert.equal(await look(), untouched);
          assert.equal((await path.run('SELECT 1', stance)).kind, 'read', 'the document goes on');
        });
      }
    });
  }

  describe('called a read although it is none', () => {
    for (const { name, sql } of mine.filter(({ serverLets }) => serverLets === undefined)) {
      test(name, async () => {
        const session = await open();
        await read(session, aimed(sql));
        await session.close();
        assert.equal(await look(), untouched);
      });
    }
  });

  describe('the server alone would let through', () => {
    for (const { name, sql, serverLets } of mine.filter((attack) => attack.serverLets !== undefined)) {
      test(`${name}: ${serverLets ?? ''}`, async () => {
        const own = await createVictim();
        const session = await openMysqlTestSession(dialect, own, await own.createUser());
        await read(session, sql);
        await session.close();
        assert.deepEqual(await own.query('SELECT * FROM victim'), [], 'if this fails, the server has become stricter: take the row out of the exceptions');
      });
    }
  });

  test('the path is a real one: what is declined was measured, and is undone', async () => {
    const outcome = await path.run('DELETE FROM victim WHERE id < 3', 'declining');
    assert.ok(outcome.kind === 'rolled-back', outcome.kind);
    assert.equal(outcome.preview?.effects[0]?.deleted, 2);
    assert.equal(await look(), untouched);
  });

  describe('state switched behind our back: the next statement is not sent, and the person is told which', () => {
    const switches: readonly (readonly [function_: string, guard: string])[] = [
      ['switches_results', 'character_set_results'],
      ['opens_session', 'transaction_read_only'],
      ['chains', 'completion_type'],
    ];
    for (const [by, guard] of switches) {
      test(`${guard}, by a function`, async () => {
        const session = await open();
        const { end: first } = await read(session, `SELECT ${by}()`);
        assert.equal(first.kind, 'done', 'the function ran');
        const { end } = await read(session, 'SELECT 1');
        assert.ok(end.kind === 'failed');
        assert.match(end.failure.message, new RegExp(`^Not run: the session's ${guard} is no longer`));
        assert.equal((await session.lost).code, 'connection');
        assert.equal(await look(), untouched);
      });
    }

    const settings: readonly (readonly [sql: string, guard: string])[] = [
      ['SET NAMES gbk', 'character_set_client'],
      ['SET character_set_client = sjis', 'character_set_client'],
      ["SET SESSION sql_mode = 'ANSI_QUOTES'", 'sql_mode'],
      ["SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'", 'sql_mode'],
    ];
    for (const [sql, guard] of settings) {
      test(`${sql}, on an unprotected connection`, async () => {
        const connection = mysqlProfile(dialect, database, user.user, { environment: 'development', protected: false });
        assert.equal((await path.run(sql, 'reading', connection)).kind, 'committed', 'it is in force');
        const outcome = await path.run("SELECT 'ああ縗', '; DROP TABLE victim; -- '", 'reading', connection);
        assert.ok(outcome.kind === 'failed');
        assert.match(outcome.failure.message, new RegExp(`the session's ${guard} is no longer`));
        assert.equal(await look(), untouched);
        assert.equal((await path.run('SELECT 1', 'reading', connection)).kind, 'read', 'a new session is as it should be');
        await path.close();
      });
    }
  });

  describe('what the server itself puts back when a function or procedure ends', () => {
    for (const by of ['SELECT switches_mode()', 'SELECT switches_charset()']) {
      test(by, async () => {
        const session = await open();
        assert.equal((await read(session, by)).end.kind, 'done', 'the function ran');
        const { rows } = await read(session, String.raw`SELECT "it's", 'a\'b', 'ああ縗'`);
        assert.deepEqual(rows, [["it's", "a'b", 'ああ縗']], 'texts are read as before');
        await session.close();
      });
    }
  });

  async function open(): Promise<Session> {
    return await openMysqlTestSession(dialect, database, user);
  }
}
