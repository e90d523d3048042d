/** `countersign run` and its records: received elsewhere before anything is written, and delivered before the program ends. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { readSpool } from '../../support/spool.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { countersign } from '../../unit/cli/run.ts';
import { Collector } from '../audit/collector.ts';

const variables = ['COUNTERSIGN_AUDIT_ENDPOINTS', 'COUNTERSIGN_AUDIT_REQUIRED', 'COUNTERSIGN_AUDIT_SECRET_CI', 'COUNTERSIGN_SETTINGS', 'NODE_USE_ENV_PROXY', 'HTTP_PROXY'];

describe('records of countersign run', () => {
  let database: TestDatabase;
  let folder = '';
  let collector: Collector;
  before(async () => {
    database = await createTestDatabase('CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)');
  });
  beforeEach(async () => {
    collector = await Collector.start();
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-'));
    // Its own home: neither the settings nor the records of whoever runs the tests are touched.
    process.env['HOME'] = folder;
    process.env['XDG_CONFIG_HOME'] = path.join(folder, 'config');
    process.env['XDG_STATE_HOME'] = path.join(folder, 'state');
    for (const name of variables) delete process.env[name];
  });
  afterEach(async () => {
    await collector.stop();
    await rm(folder, { recursive: true });
  });
  after(() => {
    for (const name of variables) delete process.env[name];
  });

  const kinds = () => collector.events.map(({ body }) => body['kind']);
  const toCollector = () => ['--audit-endpoint', `ci=webhook:${collector.url().href}`];
  const run = async (args: readonly string[], sql: string) => await countersign(['run', '--url', database.url(), ...args], sql);

  it('reach the endpoint before the program ends', async () => {
    process.env['COUNTERSIGN_AUDIT_SECRET_CI'] = 'key';
    const { code, stderr } = await run(toCollector(), 'SELECT id FROM t');
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /Not delivered/u);
    assert.deepEqual(kinds(), ['stream-begin', 'connect', 'read']);
    const { body } = collector.events[2] ?? assert.fail('no read');
    assert.deepEqual([body['rows'], (body['app'] as { program: string }).program], [2, 'countersign run']);
  });

  it('are asked for by the environment too, and a write is shown only after its intent was received', async () => {
    process.env['COUNTERSIGN_AUDIT_ENDPOINTS'] = `ci=webhook:${collector.url().href}`;
    process.env['COUNTERSIGN_AUDIT_REQUIRED'] = 'true';
    process.env['COUNTERSIGN_AUDIT_SECRET_CI'] = 'key';
    const { code } = await run([], 'DELETE FROM t WHERE id = 1');
    assert.equal(code, 3);
    assert.deepEqual(kinds(), ['stream-begin', 'connect', 'intent', 'preview', 'outcome']);
  });

  it('that are required and have nowhere to go refuse the write and name how to say where; a read goes on', async () => {
    const refused = await run(['--audit-required'], 'DELETE FROM t');
    assert.equal(refused.code, 1);
    assert.match(refused.stdout + refused.stderr, /--audit-endpoint, COUNTERSIGN_AUDIT_ENDPOINTS or in the setting countersign\.audit\.endpoints/u);
    assert.equal((await run(['--audit-required'], 'SELECT 1')).code, 0);
  });

  it('that do not get through refuse the write within seconds, with the name of the endpoint, and are kept and delivered by the next run', async () => {
    process.env['COUNTERSIGN_AUDIT_SECRET_CI'] = 'key';
    collector.mood = 'unavailable';
    const startedAt = Date.now();
    const refused = await run([...toCollector(), '--audit-required'], 'DELETE FROM t');
    assert.ok(Date.now() - startedAt < 80_000);
    assert.equal(refused.code, 1);
    assert.match(refused.stdout + refused.stderr, /did not reach “ci” \(it answered 503\)/u);
    assert.match(refused.stderr, /Not delivered to “ci”: \d+ records \(it answered 503\)\. They are kept in .*, and the next run delivers them/u);
    assert.equal((await database.query('SELECT count(*)::int AS n FROM t'))[0].n, 2);
    collector.mood = 'well';
    assert.equal((await run(toCollector(), 'SELECT 1')).code, 0);
    assert.deepEqual(kinds(), ['stream-begin', 'connect', 'intent', 'outcome', 'stream-begin', 'connect', 'read']);
  });

  it('without the secret of an endpoint say which variable it is', async () => {
    const { code, stderr } = await run(toCollector(), 'SELECT 1');
    assert.equal(code, 0);
    assert.match(stderr, /Not delivered to “ci”.*COUNTERSIGN_AUDIT_SECRET_CI/u);
  });

  it('go through the proxy of the environment', async () => {
    process.env['COUNTERSIGN_AUDIT_SECRET_CI'] = 'key';
    process.env['NODE_USE_ENV_PROXY'] = '1';
    process.env['HTTP_PROXY'] = collector.url().origin;
    // Nobody listens there: only a proxy can bring records to it.
    const { code, stderr } = await run(['--audit-endpoint', 'ci=webhook:http://localhost:9/records'], 'SELECT 1');
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /Not delivered/u);
    assert.equal(collector.requests[0]?.url, 'http://localhost:9/records');
  });

  it('hold only the digest of the text where the settings say so', async () => {
    const settings = path.join(folder, 'settings.json');
    await writeFile(settings, JSON.stringify({ 'countersign.audit.includeSql': 'hash' }));
    process.env['COUNTERSIGN_SETTINGS'] = settings;
    await run([], 'SELECT id AS canary_name FROM t');
    const records = await readSpool(path.join(folder, 'state/countersign/audit'));
    assert.match(records, /"sqlSha256":"[0-9a-f]{64}"/u);
    assert.doesNotMatch(records, /canary_name/u);
  });
});
