/** Whole results into files, from real servers: exact, streamed, and nothing half done. */
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createResultFile } from '../../../src/adapters/resultFile.ts';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import { exportRead, type ExportEnd } from '../../../src/app/exportRead.ts';
import type { IntentReceipt, Session } from '../../../src/app/ports.ts';
import type { AuditRecord } from '../../../src/core/audit/record.ts';
import type { Dialect } from '../../../src/core/sql/verdict.ts';
import { fileFormats, type FileFormat } from '../../../src/editor/features/results/exportFormats.ts';
import { createFileSink } from '../../../src/editor/features/results/fileSink.ts';
import { removeFolder, temporaryFolder } from '../../../scripts/lib/reaper.mjs';
import { systemClock } from '../../support/clock.ts';
import { sharedServer } from '../../support/mysql.ts';
import { openMysqlTestSession } from '../../support/mysqlSession.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { request } from '../../fakes/ports.ts';

/** `query`: as an administrator. */
type Opened = { readonly dialect: Dialect; readonly session: Session; readonly query: (sql: string) => Promise<unknown> };

type Exported = { readonly end: ExportEnd; readonly records: readonly AuditRecord[]; readonly file: string; readonly most: number };

const formatOf = (label: string): FileFormat => fileFormats.find((format) => format.label === label) ?? assert.fail(label);

function describeExport({ open, many, table, types, exact }: { readonly open: () => Promise<Opened>; readonly many: (rows: number) => string; readonly table: string; readonly types: string; readonly exact: Readonly<Record<string, string | null>> }): void {
  let opened: Opened;
  let folder: string;
  const analyser = createAnalyser();
  before(async () => {
    opened = await open();
    folder = await temporaryFolder('countersign-export-');
    await opened.query(table);
  });
  after(async () => {
    await Promise.all([opened.session.close(), analyser.dispose(), removeFolder(folder)]);
  });

  async function save(sql: string, format: FileFormat, { signal = new AbortController().signal, onRows = (): void => undefined }: { readonly signal?: AbortSignal; readonly onRows?: (count: number) => void } = {}): Promise<Exported> {
    const { session, dialect } = opened;
    const records: AuditRecord[] = [];
    const place = path.join(folder, `${String((await readdir(folder)).length)}.${format.extension}`);
    const file = await createResultFile(place, { replaces: false });
    const sink = createFileSink(file, format, { dialect, table: { table: 'exact_again' } }, onRows);
    const journal = {
      intent: (record: AuditRecord) => (records.push(record), Promise.resolve({ id: '1' } as IntentReceipt)),
      outcome: (record: AuditRecord) => (records.push(record), Promise.resolve()),
    };
    const sessions = { acquire: () => Promise.resolve({ kind: 'open' as const, session }) };
    let most = 0;
    // What this thread holds; the parsers have threads, and memory, of their own.
    const rows = (batch: Parameters<typeof sink.rows>[0]): void => {
      const { heapUsed, external } = process.memoryUsage();
      most = Math.max(most, heapUsed + external);
      sink.rows(batch);
    };
    const measured = { ...sink, rows, notice: () => undefined };
    const { connection, ...asked } = request();
    const end = await exportRead({ analyser, sessions, journal, clock: systemClock }, { ...asked, connection: { ...connection, dialect }, text: sql, signal, to: 'file' }, measured);
    if (end.kind === 'done') {
      await sink.end();
      assert.equal(await file.finish(), 'written');
    } else await file.abandon();
    return { end, records, file: place, most };
  }

  test('every value is exact, and INSERT stores the very same again', async () => {
    const { end, file } = await save('SELECT * FROM exact ORDER BY id', formatOf('JSON Lines'));
    assert.deepEqual(end, { kind: 'done', rows: 3 });
    const [first = '', empty = '', nothing = ''] = (await readFile(file, 'utf8')).split('\n');
    const values = JSON.parse(first) as Record<string, unknown>;
    for (const [column, value] of Object.entries(exact)) assert.equal(typeof values[column] === 'object' && values[column] !== null ? JSON.stringify(values[column]) : String(values[column]), value, column);
    assert.deepEqual([(JSON.parse(empty) as Record<string, unknown>)['t'], (JSON.parse(nothing) as Record<string, unknown>)['t']], ['', null]);
    const inserts = await readFile((await save('SELECT * FROM exact ORDER BY id', formatOf('SQL INSERT'))).file, 'utf8');
    await opened.query(`CREATE TABLE exact_again ${types}; ${inserts}`);
    const csv = async (name: string): Promise<string> => await readFile((await save(`SELECT * FROM ${name} ORDER BY id`, formatOf('CSV, with commas'))).file, 'utf8');
    assert.equal(await csv('exact_again'), await csv('exact'));
  });

  test('many rows pass through in little memory, and are counted', async () => {
    const rows = 300_000;
    const { end, records, file, most } = await save(many(rows), formatOf('CSV, with commas'));
    assert.deepEqual(end, { kind: 'done', rows });
    assert.deepEqual(records.map(({ kind, rows: count }) => [kind, count]), [['export', undefined], ['export', rows]]);
    assert.ok((await stat(file)).size > rows * 100);
    // The file has more than 60 MB: what is held is a batch, not the result.
    assert.ok(most < 96 * 1024 * 1024, `${String(Math.round(most / 1024 / 1024))} MB`);
  });

  test('cancelled in the middle nothing is left, and how far it got is recorded', async () => {
    const controller = new AbortController();
    const { end, records } = await save(many(2_000_000), formatOf('TSV'), { signal: controller.signal, onRows: (count) => count > 5000 && controller.abort() });
    assert.equal(end.kind, 'cancelled');
    assert.equal(records.at(-1)?.outcome, 'cancelled');
    assert.deepEqual((await readdir(folder)).filter((name) => name.includes('.part')), []);
    assert.equal((await save('SELECT 1 AS one', formatOf('TSV'))).end.kind, 'done');
  });

  test('what writes is not run', async () => {
    const { end, records } = await save('DELETE FROM exact', formatOf('TSV'));
    assert.deepEqual([end.kind, records.length], ['refused', 0]);
    assert.deepEqual((await save('SELECT count(*) AS n FROM exact', formatOf('TSV'))).end, { kind: 'done', rows: 1 });
  });
}

describe('PostgreSQL', () => {
  const types = '(id int PRIMARY KEY, big bigint, amount numeric(30,10), bytes bytea, at timestamptz, j jsonb, list text[], yes boolean, t text)';
  describeExport({
    open: async () => {
      const database = await createTestDatabase();
      return { dialect: 'postgresql', session: await openTestSession(database), query: database.query };
    },
    many: (rows) => `SELECT i, repeat('x', 200) AS t FROM generate_series(1, ${String(rows)}) AS i`,
    types,
    table: `CREATE TABLE exact ${types}; INSERT INTO exact VALUES (1, 9007199254740993, 12345678901234567890.0123456789, '\\x00ff5c', '2026-02-28 12:34:56.789012+00', '{"a": 1.10}', ARRAY['a,b', NULL, '"'], true, E'l1\\nl2 \\\\ "q" ''s'' é😀'), (2, NULL, NULL, '', NULL, NULL, '{}', false, ''), (3, -1, 0, NULL, 'infinity', 'null', NULL, NULL, NULL)`,
    exact: { id: '1', big: '9007199254740993', amount: '12345678901234567890.0123456789', bytes: '\\x00ff5c', at: '2026-02-28 12:34:56.789012+00', j: '{"a":1.1}', list: '{"a,b",NULL,"\\""}', yes: 'true', t: 'l1\nl2 \\ "q" \'s\' é😀' },
  });
});

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { server, skip } = await sharedServer(dialect);
  describe(dialect, { skip }, () => {
    const types = '(id int PRIMARY KEY, big bigint unsigned, amount decimal(40,10), bytes varbinary(8), at datetime(6), j json, bits bit(12), t text)';
    describeExport({
      open: async () => {
        const database = await server?.createDatabase('');
        const user = await database?.createUser();
        assert.ok(database && user);
        return { dialect, session: await openMysqlTestSession(dialect, database, user), query: async (sql) => await database.query(sql) };
      },
      many: (rows) => `SELECT a.n + b.n * 1000 AS i, REPEAT('x', 200) AS t FROM thousand AS a JOIN thousand AS b LIMIT ${String(rows)}`,
      types,
      table: `CREATE TABLE exact ${types}; INSERT INTO exact VALUES (1, 18446744073709551615, 12345678901234567890.0123456789, x'00ff5c', '2026-02-28 12:34:56.789012', '{"a": 1.5}', b'101', 'l1\\nl2 \\\\ "q" ''s'' é😀'), (2, NULL, NULL, '', NULL, NULL, NULL, ''), (3, 0, 0, NULL, '1000-01-01', 'null', b'0', NULL);
        CREATE TABLE thousand (n int PRIMARY KEY); INSERT INTO thousand WITH RECURSIVE s AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM s WHERE n < 999) SELECT n FROM s`,
      exact: { id: '1', big: '18446744073709551615', amount: '12345678901234567890.0123456789', bytes: '0x00FF5C', at: '2026-02-28 12:34:56.789012', bits: '0x0005', t: 'l1\nl2 \\ "q" \'s\' é😀' },
    });
  });
}
