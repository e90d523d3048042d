/** Questions about many keys name the index they are to use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TableFacts } from '../../../../src/adapters/mysql/change/catalog.ts';
import { byIndex, selectByKeys } from '../../../../src/adapters/mysql/change/rows.ts';

const column = (name: string): TableFacts['columns'][number] => ({ name, type: 'int', kind: 'number', isGenerated: false, isAutoIncrement: false, followsTime: false });
const facts: TableFacts = {
  id: 't', ref: { schema: 's', table: 't' }, engine: 'InnoDB', isView: false, isPartitioned: false, rows: 5, bytes: 5,
  columns: [column('id'), column('a'), column('b')],
  key: ['id'],
  indexes: new Map([['PRIMARY', ['id']], ['by`a', ['a', 'b']]]),
};

test('rows by key are read by the index of the key, whatever the statistics say', () => {
  assert.equal(selectByKeys(facts, [['1'], ['2']]), 'SELECT CAST(`id` AS CHAR), `id`, `a`, `b` FROM `s`.`t` FORCE INDEX (`PRIMARY`) WHERE `id` IN (1,2)');
});

test('an index serves the columns it begins with, in any order', () => {
  assert.deepEqual([['a'], ['b', 'a'], ['b'], ['id', 'a']].map((columns) => byIndex(facts, columns)), [' FORCE INDEX (`by``a`)', ' FORCE INDEX (`by``a`)', '', '']);
});
