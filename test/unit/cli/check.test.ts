/** `countersign check`, through the bundle. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { countersign } from './run.ts';

describe('countersign check', () => {
  let folder = '';
  const file = (name: string): string => path.join(folder, name);
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-'));
    await mkdir(file('more'));
    await writeFile(file('harmless.sql'), 'CREATE TABLE a (id int);\nSELECT 1;\n');
    await writeFile(file('drop, 100%.sql'), "SELECT 'é';\n  DROP TABLE b;\n");
    await writeFile(file('broken.sql'), 'SELEC 1;\n');
    await writeFile(file('more/mysql.sql'), '-- countersign: dialect=mysql\nREPLACE INTO `a` SET id = 1;\nSET GLOBAL general_log = OFF;\n');
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  it('ends with 0 when nothing is found', async () => {
    const { code, stdout } = await countersign(['check', file('harmless.sql')]);
    assert.deepEqual([code, stdout], [0, '1 file checked, nothing found\n']);
  });

  it('ends with 1 and names file, line and column', async () => {
    const { code, stdout } = await countersign(['check', '--dialect', 'mysql', file('drop, 100%.sql'), file('harmless.sql')]);
    assert.equal(code, 1);
    assert.equal(stdout, `${file('drop, 100%.sql')}:2:3: destructive drop-table\n  DROP TABLE b\n  - Drops the table b; a rollback does not bring it back (2:3)\n  → high: Rename it first, wait until nobody misses it, and keep a backup you have tried to restore.\n  → medium: Try it on a copy first, and know how to undo it by hand.\n\n2 files checked, 1 problem found\n`);
  });

  for (const dialect of ['postgresql', 'mysql']) {
    it(`${dialect}: what cannot be parsed fails`, async () => {
      const { code, stdout } = await countersign(['check', '--dialect', dialect, file('broken.sql')]);
      assert.equal(code, 1);
      assert.ok(stdout.startsWith(`${file('broken.sql')}:1:`));
    });
  }

  it('fails on the classes and tags that are asked for', async () => {
    const rows: readonly [failOn: string, code: number][] = [['destructive,unknown', 0], ['admin', 1], ['write', 1], ['audit', 1], ['backup, lock', 0], ['read', 0]];
    for (const [failOn, code] of rows) assert.equal((await countersign(['check', '--fail-on', failOn, file('more/mysql.sql')])).code, code, failOn);
  });

  it('expands patterns that the shell has left alone', async () => {
    const { code, stdout } = await countersign(['check', file('harm*.sql'), file('**/my?ql.sql')]);
    assert.deepEqual([code, stdout], [0, '2 files checked, nothing found\n']);
  });

  for (const [what, name, message] of [['a pattern', 'none*.sql', /No file fits .*none\*\.sql\./u], ['a folder', 'empty', /empty holds no \.sql file\./u]] as const) {
    it(`does not pass when ${what} stands for nothing`, async () => {
      await mkdir(file('empty'), { recursive: true });
      const { code, stderr } = await countersign(['check', file(name)]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }

  it('says what it could not read, also when that does not fail the check', async () => {
    await writeFile(file('unfinished.sql'), "SELECT 'é';\nDROP TABLE\n");
    const { code, stderr } = await countersign(['check', '--fail-on', 'destructive', file('unfinished.sql')]);
    assert.deepEqual([code, stderr], [0, `${file('unfinished.sql')}:2:11: not checked: syntax error at end of input\n`]);
    await rm(file('unfinished.sql'));
  });

  it('looks through folders', async () => {
    const { code, stdout } = await countersign(['check', '--dialect', 'mysql', folder]);
    assert.equal(code, 1);
    assert.match(stdout, /4 files checked, 2 problems found/);
  });

  it('writes annotations that a file name cannot break out of', async () => {
    const { code, stdout } = await countersign(['check', '--dialect', 'mysql', '--format', 'github', file('drop, 100%.sql')]);
    assert.equal(code, 1);
    assert.match(stdout, /^::error file=[^,:]*drop%2C 100%25\.sql,line=2,endLine=2,col=3,title=[^:]*::destructive: Drops the table b; [^\n]*\n$/);
  });

  it('writes SARIF', async () => {
    const { code, stdout } = await countersign(['check', '--dialect', 'mysql', '--format', 'sarif', file('drop, 100%.sql')]);
    assert.equal(code, 1);
    const log = JSON.parse(stdout);
    assert.equal(log.version, '2.1.0');
    const [run] = log.runs;
    assert.deepEqual(run.tool.driver.rules, [{ id: 'drops-object' }]);
    assert.deepEqual(run.results[0].locations[0].physicalLocation.region, { startLine: 2, startColumn: 3, endLine: 2, endColumn: 15 });
    assert.ok(run.results[0].locations[0].physicalLocation.artifactLocation.uri.endsWith('/drop%2C%20100%25.sql'));
  });
});
