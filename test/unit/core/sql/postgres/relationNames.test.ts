/** Leading a definition to another table of the same name, and the locks the manual names. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { moveTo, referencedNames } from '../../../../../src/core/sql/postgres/relationNames.ts';
import { tableLockOf } from '../../../../../src/core/sql/postgres/tableLocks.ts';

const tables = [{ schema: 'public', table: 'orders' }, { schema: 'Odd "place"', table: 'T 1' }];

describe('names with a schema lead elsewhere, and nothing else does', () => {
  const rows: readonly (readonly [text: string, moved: string | undefined])[] = [
    ['ALTER TABLE public.orders ADD z int', 'ALTER TABLE copy.orders ADD z int'],
    ['alter table PUBLIC . "orders" add z int', 'alter table copy . "orders" add z int'],
    ['ALTER TABLE orders ADD z int', 'ALTER TABLE orders ADD z int'],
    ['ALTER TABLE public.orders2 ADD z int', 'ALTER TABLE public.orders2 ADD z int'],
    ['ALTER TABLE "Public".orders ADD z int', 'ALTER TABLE "Public".orders ADD z int'],
    ["ALTER TABLE x ADD z text DEFAULT 'public.orders' -- public.orders", "ALTER TABLE x ADD z text DEFAULT 'public.orders' -- public.orders"],
    ['ALTER TABLE "Odd ""place"""."T 1" ADD CHECK (public.orders.total > 0)', 'ALTER TABLE copy."T 1" ADD CHECK (copy.orders.total > 0)'],
    ['ALTER TABLE /* public.orders */ public /* . */ . orders ADD z int', 'ALTER TABLE /* public.orders */ copy /* . */ . orders ADD z int'],
    ['ALTER TABLE U&"public".orders ADD z int', undefined],
  ];
  for (const [text, moved] of rows) test(text, () => assert.equal(moveTo(text, tables, 'copy'), moved));
});

test('tables behind REFERENCES are found', () => {
  assert.deepEqual(referencedNames('ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES S."X y" (id), ADD b int references Other'), [
    { schema: 's', table: 'X y' },
    { schema: undefined, table: 'other' },
  ]);
});

describe('the strongest lock of all subcommands', () => {
  const rows: readonly (readonly [text: string, lock: string])[] = [
    ['ALTER TABLE t ADD COLUMN a int', 'AccessExclusiveLock'],
    ['ALTER TABLE IF EXISTS ONLY s."t 1" * ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u', 'ShareRowExclusiveLock'],
    ['alter table t add foreign key (a, b) references u (a, b) not valid', 'ShareRowExclusiveLock'],
    ['ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u, ADD b int', 'AccessExclusiveLock'],
    ['ALTER TABLE t VALIDATE CONSTRAINT c, ALTER a SET STATISTICS 9', 'ShareUpdateExclusiveLock'],
    ['ALTER TABLE t ALTER COLUMN a SET (n_distinct = 5)', 'ShareUpdateExclusiveLock'],
    ['ALTER TABLE t ALTER COLUMN a SET NOT NULL', 'AccessExclusiveLock'],
    ['ALTER TABLE t DISABLE TRIGGER ALL', 'ShareRowExclusiveLock'],
    ['CREATE UNIQUE INDEX ON t (a)', 'ShareLock'],
  ];
  for (const [text, lock] of rows) test(text, () => assert.equal(tableLockOf(text), lock));
});
