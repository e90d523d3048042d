/** Tables too large to be compared as a whole: rows are found by their keys, and what cannot be found is said. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sharedServer } from '../../support/mysql.ts';
import { checkChange, imagesOf, inLab, type Lab } from './changeHarness.ts';

const rows = 60_000;

/** Numbers 1 … 60 000, made by the server. */
const numbers = `SELECT a.n + 100 * b.n + 10000 * c.n + 1 AS i FROM (${digits(100)}) a, (${digits(100)}) b, (${digits(6)}) c`;

function digits(count: number): string {
  return Array.from({ length: count }, (_, n) => `SELECT ${String(n)} AS n`).join(' UNION ALL ');
}

const schema = [
  'CREATE TABLE big (id int AUTO_INCREMENT PRIMARY KEY, n int, v varchar(60), KEY (n))',
  `INSERT INTO big (id, n, v) SELECT i, i, repeat('v', 40) FROM (${numbers}) AS s`,
  'CREATE TABLE plain (id int PRIMARY KEY, n int, v varchar(60))',
  `INSERT INTO plain SELECT i, i, repeat('v', 40) FROM (${numbers}) AS s`,
  'CREATE TABLE kids (id int PRIMARY KEY, big_id int, FOREIGN KEY (big_id) REFERENCES big (id) ON DELETE CASCADE ON UPDATE CASCADE)',
  `INSERT INTO kids SELECT i, 1 + i DIV 2 FROM (${numbers}) AS s WHERE i < 119000`,
  'ANALYZE TABLE big, plain, kids',
];

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { skip } = await sharedServer(dialect);
  describe(`large tables on ${dialect}`, { skip }, () => {
    test('rows are found by key', () =>
      inLab(dialect, schema, async (lab) => {
        await checkChange(lab, ['DELETE FROM big WHERE n BETWEEN 100 AND 250'], { effects: { big: [0, 0, 151], kids: [0, 0, 302] } });
        await checkChange(lab, ['UPDATE big SET v = concat(v, id) WHERE n < 50', "UPDATE big SET v = 'x' WHERE n = 3"], { effects: { big: [0, 50, 0] } });
        await checkChange(lab, ["INSERT INTO big (n, v) VALUES (1, 'new'), (2, 'newer')"], { effects: { big: [2, 0, 0] } });
        await checkChange(lab, ["INSERT INTO big (n, v) VALUES (1, 'new')", "UPDATE big SET v = 'found' WHERE n = 1", 'DELETE FROM big WHERE n = 2']);
        await checkKeys(lab);
      }));
    test('many rows are counted, and the first are listed', () =>
      inLab(dialect, schema, async (lab) => {
        const change = await lab.change(['UPDATE big SET v = v + 1 WHERE id % 2 = 0'].map((text) => text.replace('v + 1', "concat(v, '!')")), { maxRows: 50 });
        assert.deepEqual(change.preview.effects.map(({ updated, exactness, tableRows }) => [updated, exactness, tableRows]), [[rows / 2, 'exact', rows]]);
        const images = imagesOf(await change.images(), 'big');
        assert.deepEqual([images.changes.length, images.totals], [50, { inserted: 0, updated: rows / 2, deleted: 0 }]);
        assert.match(images.incomplete ?? '', /Only 50 of 30000/);
        await change.rollback();
      }));
  });
}

/** What the statement does not tell, and nobody can look up: the counts stand, and it is said which rows are missing. */
async function checkKeys(lab: Lab): Promise<void> {
  const added = await lab.change(["INSERT INTO plain VALUES (70000, 1, 'new')", 'UPDATE plain SET n = 5 WHERE id = 7']);
  assert.deepEqual(added.preview.effects.map(({ inserted, updated, exactness }) => [inserted, updated, exactness]), [[1, 1, 'exact']]);
  assert.match(imagesOf(await added.images(), 'plain').incomplete ?? '', /keys that the statements do not tell/);
  await added.rollback();
  const replaced = await lab.change(["INSERT INTO plain VALUES (1, 1, 'x'), (70001, 1, 'y') ON DUPLICATE KEY UPDATE v = 'z'"]);
  assert.deepEqual(replaced.preview.effects.map(({ inserted, updated, exactness }) => [inserted, updated, exactness]), [[1, 1, 'predicted']]);
  assert.match(replaced.preview.notices.join(), /too large to be compared/);
  await replaced.rollback();
}
