/** Actions of a definition, the same definition about another table, and what the manual says of it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { forecastAlter, type AlterServer } from '../../../../../src/core/effect/mysql/alterForecast.ts';
import { readAlterActions } from '../../../../../src/core/sql/mysql/alterActions.ts';

const newest: AlterServer = { dialect: 'mysql', versionNumber: 90_704 };

describe('the same about another table', () => {
  const rows: readonly (readonly [sql: string, on: string | undefined])[] = [
    ['ALTER TABLE t ADD z int;', 'ALTER TABLE c ADD z int, ALGORITHM=INPLACE, LOCK=NONE'],
    ['alter ignore table /* t */ `s`.`t; x` add z int -- t', 'alter ignore table /* t */ c add z int, ALGORITHM=INPLACE, LOCK=NONE'],
    ['ALTER TABLE IF EXISTS t ADD z int', 'ALTER TABLE IF EXISTS c ADD z int, ALGORITHM=INPLACE, LOCK=NONE'],
    ['CREATE UNIQUE INDEX i USING BTREE ON s.t (a(3), b)', 'CREATE UNIQUE INDEX i USING BTREE ON c (a(3), b) ALGORITHM=INPLACE LOCK=NONE'],
    ['DROP INDEX i ON t', 'ALTER TABLE c DROP INDEX i, ALGORITHM=INPLACE, LOCK=NONE'],
    ['ALTER TABLE t /*!80000 ADD z int */', undefined],
    ['DROP TABLE t', undefined],
    ['ALTER VIEW t AS SELECT 1', undefined],
  ];
  for (const [sql, on] of rows) test(sql, () => assert.equal(readAlterActions(sql, 'mysql')?.on('c', { algorithm: 'INPLACE', lock: 'NONE' }), on));
});

test('what it asks for itself is no action', () => {
  const read = readAlterActions('ALTER TABLE t ADD z int, ALGORITHM = instant, LOCK=NONE', 'mysql');
  assert.deepEqual([read?.asked, read?.actions.length], [{ algorithm: 'INSTANT', lock: 'NONE' }, 1]);
});

describe('versions differ, and what is not certain is not said', () => {
  const rows: readonly (readonly [sql: string, server: AlterServer, way: string | undefined])[] = [
    ['ALTER TABLE t ADD z int', newest, 'instant'],
    ['ALTER TABLE t ADD z int FIRST', newest, 'instant'],
    ['ALTER TABLE t ADD z int FIRST', { dialect: 'mysql', versionNumber: 80_020 }, undefined],
    ['ALTER TABLE t ADD z int', { dialect: 'mysql', versionNumber: 80_011 }, undefined],
    ['ALTER TABLE t ADD z int DEFAULT (uuid())', newest, undefined],
    ['ALTER TABLE t ADD z int UNIQUE', newest, undefined],
    ['ALTER TABLE t ADD `UNIQUE` int', newest, 'instant'],
    ['ALTER TABLE t ADD (y int, z int)', newest, undefined],
    ['ALTER TABLE t ADD z int, MODIFY a bigint', newest, undefined],
    ['ALTER TABLE t DROP PRIMARY KEY', newest, 'copy'],
    ['ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (a)', newest, 'inplace'],
    ['ALTER TABLE t ADD PARTITION (PARTITION p VALUES LESS THAN (5))', newest, undefined],
    ["ALTER TABLE t COMMENT = 'x' ENGINE = MyISAM", newest, undefined],
    ['ALTER TABLE t ENGINE = InnoDB', newest, undefined],
  ];
  for (const [sql, server, way] of rows) {
    test(`${server.dialect} ${String(server.versionNumber)}: ${sql}`, () => {
      const actions = readAlterActions(sql, server.dialect);
      assert.ok(actions);
      assert.equal(forecastAlter(actions, server), way);
    });
  }
});
