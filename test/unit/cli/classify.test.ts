/** `countersign classify`, through the bundle. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { countersign } from './run.ts';

describe('one text', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  it('is one JSON line with byte offsets', async () => {
    const { code, stdout } = await countersign(['classify', '--dialect', 'mysql', '--format', 'jsonl'], "SELECT 'é';\nDELETE FROM t");
    assert.equal(code, 0);
    assert.equal(stdout.split('\n').length, 2);
    assert.deepEqual(JSON.parse(stdout), {
      dialect: 'mysql',
      class: 'destructive',
      statements: [
        { start: 0, end: 11, kind: 'select', class: 'read', tags: [], reasons: [], targets: [] },
        {
          start: 13, end: 26, kind: 'delete', class: 'destructive', tags: [],
          reasons: [{ code: 'removes-rows', message: 'Removes rows' }, { code: 'no-where', message: 'Without WHERE it removes every row of t' }],
          targets: [{ table: 't', access: 'write' }],
        },
      ],
    });
  });

  for (const dialect of ['postgresql', 'mysql', 'mariadb']) {
    it(`${dialect}: a read is a read, and what cannot be parsed is unknown with an error`, async () => {
      const read = JSON.parse((await countersign(['classify', '--dialect', dialect, '--format', 'jsonl', '-'], 'SELECT 1')).stdout);
      assert.deepEqual([read.dialect, read.class, read.statements.length, read.error], [dialect, 'read', 1, undefined]);
      const broken = await countersign(['classify', '--dialect', dialect, '--format', 'jsonl'], "SELECT 'x");
      assert.equal(broken.code, 0);
      assert.equal(JSON.parse(broken.stdout).class, 'unknown');
      assert.equal(typeof JSON.parse(broken.stdout).error, 'string');
    });
  }

  it('can be a file', async () => {
    const file = path.join(folder, 'a.sql');
    await writeFile(file, 'DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\n');
    const { code, stdout } = await countersign(['classify', '--dialect', 'mariadb', '--format', 'jsonl', file]);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout).statements.map(({ kind }: { kind: string }) => kind), ['create-procedure']);
  });

  it('is described to people with line, column, class and reasons', async () => {
    const { stdout } = await countersign(['classify', '--dialect', 'mysql'], 'SELECT 1;\n  DROP TABLE t');
    assert.equal(stdout, '<stdin>: destructive\n\n  1:1  read  select\n    SELECT 1\n\n  2:3  destructive  drop-table  [implicit_commit]\n    DROP TABLE t\n    - Drops the table t; a rollback does not bring it back (2:3)\n    → high: Rename it first, wait until nobody misses it, and keep a backup you have tried to restore.\n    → medium: Try it on a copy first, and know how to undo it by hand.\n');
  });

  it('that is not UTF-8 is unknown', async () => {
    const { code, stdout } = await countersign(['classify', '--dialect', 'mysql', '--format', 'jsonl'], Uint8Array.of(0x53, 0xff));
    assert.deepEqual([code, JSON.parse(stdout).class, JSON.parse(stdout).error], [0, 'unknown', 'the text is not UTF-8']);
  });

  it('cannot hide characters from a terminal', async () => {
    const { stdout } = await countersign(['classify', '--dialect', 'mysql'], "SELECT '\u001b[2J\u202e'");
    assert.ok(!stdout.includes('\u001b') && !stdout.includes('\u202e'));
  });
});

describe('a batch', () => {
  it('is answered line by line, with the id of each request', async () => {
    const requests = [{ id: 1, sql: 'SELECT 1', dialect: 'mysql' }, { id: 'b', sql: 'DROP TABLE t', dialect: 'postgresql' }, { id: null, sql: 'COMMIT', dialect: 'mariadb' }, { id: 4, sql: 'DELIMITER //', dialect: 'mysql' }];
    const { code, stdout } = await countersign(['classify', '--batch'], requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
    assert.equal(code, 0);
    const answers = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(answers.map(({ id, dialect, class: found }) => [id, dialect, found]), [[1, 'mysql', 'read'], ['b', 'postgresql', 'destructive'], [null, 'mariadb', 'txn'], [4, 'mysql', 'unknown']]);
  });

  it('keeps characters that JSON escapes: half a surrogate pair, line separators', async () => {
    const { stdout } = await countersign(['classify', '--batch'], '{"id":1,"sql":"SELECT \'\\ud800\'","dialect":"mysql"}\n{"id":2,"sql":"SELECT \'\u2028\'","dialect":"mysql"}\n');
    assert.deepEqual(stdout.trimEnd().split('\n').map((line) => JSON.parse(line).class), ['unknown', 'read']);
  });

  it('answers lines that are no request, and ends with 2', async () => {
    const { code, stdout } = await countersign(['classify', '--batch', '--dialect', 'mysql'], 'foo\n{"id":2}\n{"id":3,"sql":"SELECT 1","dialect":"oracle"}\n\n{"id":4,"sql":"SELECT 1"}\n');
    assert.equal(code, 2);
    assert.deepEqual(stdout.trimEnd().split('\n').map((line) => JSON.parse(line).class), ['unknown', 'unknown', 'unknown', 'read']);
  });

  it('of thousands of lines is answered completely', async () => {
    const lines = Array.from({ length: 5000 }, (_, id) => JSON.stringify({ id, sql: `SELECT ${id}`, dialect: id % 2 === 0 ? 'mysql' : 'postgresql' }));
    const { stdout } = await countersign(['classify', '--batch'], `${lines.join('\n')}\n`);
    const answers = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(answers.map(({ id }) => id), lines.map((_, id) => id));
    assert.ok(answers.every(({ class: found }) => found === 'read'));
  });
});

describe('bad usage ends with 2 and says what is wrong', () => {
  const rows: readonly [args: readonly string[], message: RegExp][] = [
    [[], /Usage/],
    [['frobnicate'], /no command "frobnicate"/],
    [['classify'], /--dialect is missing/],
    [['classify', '--dialect', 'oracle'], /--dialect is one of postgresql, mysql, mariadb/],
    [['classify', '--dialect', 'mysql', '--format', 'xml'], /--format is one of/],
    [['classify', '--dialect', 'mysql', '--frobnicate'], /frobnicate/],
    [['classify', '--dialect', 'mysql', 'a', 'b'], /one file/],
    [['classify', '--dialect', 'mysql', '/nowhere/a.sql'], /cannot be read/],
    [['classify', '--batch', 'a.sql'], /standard input/],
    [['check'], /needs a file/],
    [['check', '--fail-on', 'nonsense', 'a.sql'], /--fail-on is one of/],
    [['check', '/nowhere/a.sql'], /cannot be read/],
  ];
  for (const [args, message] of rows) {
    it(`countersign ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await countersign(args);
      assert.equal(code, 2);
      assert.match(stderr + stdout, message);
    });
  }

  it('help is not an error', async () => {
    assert.equal((await countersign(['--help'])).code, 0);
  });
});
