/** Fingerprints: equal for every repeat of a change, different for every difference that matters. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fingerprint } from '../../../src/core/effect/fingerprint.ts';
import { sharedServer } from '../../support/mysql.ts';
import { inLab, type Lab } from './changeHarness.ts';

const schema = [
  'CREATE TABLE parents (id int PRIMARY KEY, name varchar(40), seen datetime(6), at timestamp DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)',
  'CREATE TABLE children (id int PRIMARY KEY, parent_id int, v int, FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE)',
  'CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what varchar(40), day date, clock time, at datetime(6) DEFAULT CURRENT_TIMESTAMP(6))',
  "CREATE TRIGGER gone AFTER DELETE ON parents FOR EACH ROW INSERT INTO log (what, day, clock) VALUES (concat('gone ', OLD.id), CURDATE(), CURTIME())",
  "INSERT INTO parents (id, name, at) VALUES (1, 'a', '2020-01-01'), (2, 'b', '2020-01-01'), (3, 'c', '2020-01-01'), (4, 'd', '2020-01-01')",
  'INSERT INTO children VALUES (1, 1, 1), (2, 1, 2), (3, 2, 3), (4, 3, 4)',
];
const doomed = 'DELETE FROM parents WHERE id <= 2';
const touched = "UPDATE parents SET name = concat(name, '!'), seen = NOW(6) WHERE id >= 3";
const added = "INSERT INTO log (what) VALUES ('one'), ('two')";

async function fingerprint(lab: Lab, texts: readonly string[]): Promise<Fingerprint> {
  const change = await lab.change(texts);
  const found = await change.fingerprint?.();
  await change.rollback();
  assert.ok(found?.kind === 'fingerprint', JSON.stringify(found));
  assert.equal(found.complete, true);
  return found;
}

const drifts: readonly (readonly [name: string, texts: readonly string[], drift: string])[] = [
  ['a new child of a doomed parent', [doomed], 'INSERT INTO children VALUES (9, 2, 9)'],
  ['a doomed row that was edited', [doomed], "UPDATE parents SET name = 'edited' WHERE id = 2"],
  ['a doomed child that was edited', [doomed], 'UPDATE children SET v = 99 WHERE id = 3'],
  ['one row swapped for another', [doomed], "UPDATE parents SET id = 0, at = at WHERE id = 4"],
  ['one doomed row fewer and one more', ["DELETE FROM children WHERE v IN (1, 3)"], 'UPDATE children SET v = 5 - v WHERE v IN (1, 4)'],
  ['a row that is updated from another value', [touched], "UPDATE parents SET name = 'other', at = at WHERE id = 4"],
  ['a column that was added', [doomed], 'ALTER TABLE children ADD extra int DEFAULT 1'],
  ['a target that is another table', [doomed], 'RENAME TABLE children TO kids'],
];

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { skip } = await sharedServer(dialect);
  describe(`fingerprints on ${dialect}`, { skip }, () => {
    for (const texts of [[doomed], [touched], [added], [doomed, touched, added]]) {
      test(`the same for repeats: ${texts.join('; ')}`, () =>
        inLab(dialect, schema, async (lab) => {
          const first = await fingerprint(lab, texts);
          await lab.database.query("INSERT INTO log (what) VALUES ('meanwhile')");
          await lab.database.query("UPDATE children SET v = v WHERE id = 4");
          assert.deepEqual(await fingerprint(lab, texts), first);
        }));
    }
    for (const [name, texts, drift] of drifts) {
      test(`another one for ${name}`, () =>
        inLab(dialect, schema, async (lab) => {
          const first = await fingerprint(lab, texts);
          await lab.database.query(drift);
          assert.notDeepEqual(await fingerprint(lab, texts), first);
        }));
    }
    test('unrelated changes leave it as it is', () =>
      inLab(dialect, schema, async (lab) => {
        const first = await fingerprint(lab, [doomed]);
        await lab.database.query("UPDATE parents SET name = 'else' WHERE id = 4");
        await lab.database.query('INSERT INTO children VALUES (77, 4, 7)');
        assert.deepEqual(await fingerprint(lab, [doomed]), first);
      }));
  });
}
