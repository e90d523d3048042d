import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summariseEffects, type EmptiedTable, type MeasuredTable, type Measurement } from '../../../../src/core/effect/measurement.ts';
import type { Causes } from '../../../../src/core/effect/why.ts';

type Touched = readonly [name: string, inserted: number, updated: number, deleted: number];

const none: Causes = { targets: [], views: [], foreignKeys: [], triggers: [], inheritance: [] };

/** A table whose identity is its name; `schema.table` or a table in `public`; `root>leaf` for a partition. */
function table(name: string): MeasuredTable {
  const [first = '', leaf] = name.split('>');
  const ref = (text: string) => {
    const [schema, bare] = text.includes('.') ? text.split('.') : ['public', text];
    return { schema: schema ?? '', table: bare ?? '' };
  };
  return leaf === undefined ? { id: name, table: ref(name) } : { id: leaf, table: ref(leaf), root: { id: first, table: ref(first) } };
}

function summarise(touched: readonly Touched[], causes: Partial<Causes>, emptied: readonly EmptiedTable[] = []): readonly string[] {
  const measurement: Measurement = {
    before: new Map(),
    after: new Map(touched.map(([name, inserted, updated, deleted]) => [table(name).id, { inserted, updated, deleted }])),
    tables: touched.map(([name]) => table(name)),
    emptied,
    causes: { ...none, ...causes },
  };
  return summariseEffects(measurement).map(
    ({ table: { schema, table: name }, inserted, updated, deleted, emptied: gone, why }) =>
      `${schema}.${name} +${String(inserted)} ~${String(updated)} -${String(deleted)}${gone === true ? ' emptied' : ''}: ${why}`,
  );
}

const cascade = (child: string, parent: string) => ({ child, parent, onDelete: 'cascade', onUpdate: 'none' }) as const;
const trigger = (on: string, events: readonly ('insert' | 'update' | 'delete')[], mentions: readonly string[] = []) => ({ table: on, name: `log_${on}`, events, mentions });

type Case = readonly [name: string, touched: readonly Touched[], causes: Partial<Causes>, expected: readonly string[]];

const cases: readonly Case[] = [
  ['the target of the statement', [['a', 0, 2, 0]], { targets: ['a'] }, ['public.a +0 ~2 -0: statement']],
  [
    'cascades name the table they come from, level by level',
    [['items', 0, 0, 9], ['customers', 0, 0, 1], ['orders', 0, 0, 3]],
    { targets: ['customers'], foreignKeys: [cascade('orders', 'customers'), cascade('items', 'orders')] },
    ['public.customers +0 ~0 -1: statement', 'public.items +0 ~0 -9: cascade from orders', 'public.orders +0 ~0 -3: cascade from customers'],
  ],
  [
    'the target, when more reached it than the statement',
    [['a', 0, 0, 4], ['b', 0, 1, 2]],
    { targets: ['a', 'b'], foreignKeys: [cascade('a', 'a'), cascade('b', 'a')], triggers: [trigger('a', ['delete'], ['b'])] },
    ['public.a +0 ~0 -4: statement, cascade from its own rows', 'public.b +0 ~1 -2: statement, cascade from a, trigger log_a on a'],
  ],
  [
    'set null',
    [['customers', 0, 0, 1], ['prefs', 0, 4, 0]],
    { targets: ['customers'], foreignKeys: [{ child: 'prefs', parent: 'customers', onDelete: 'set null', onUpdate: 'none' }] },
    ['public.customers +0 ~0 -1: statement', 'public.prefs +0 ~4 -0: set null from customers'],
  ],
  [
    'cascade of an update',
    [['customers', 0, 1, 0], ['orders', 0, 2, 0]],
    { targets: ['customers'], foreignKeys: [{ child: 'orders', parent: 'customers', onDelete: 'none', onUpdate: 'cascade' }] },
    ['public.customers +0 ~1 -0: statement', 'public.orders +0 ~2 -0: cascade from customers'],
  ],
  [
    'a key explains only what was counted on both sides',
    [['customers', 0, 1, 0], ['orders', 0, 2, 0]],
    { targets: ['customers'], foreignKeys: [cascade('orders', 'customers')], triggers: [trigger('customers', ['update'])] },
    ['public.customers +0 ~1 -0: statement', 'public.orders +0 ~2 -0: trigger log_customers on customers'],
  ],
  [
    'a trigger that names the table wins over others that fired',
    [['a', 0, 1, 0], ['b', 1, 0, 0], ['c', 1, 0, 0]],
    { targets: ['a'], triggers: [trigger('a', ['update'], ['b']), { ...trigger('b', ['insert'], ['c']), name: 'second' }] },
    ['public.a +0 ~1 -0: statement', 'public.b +1 ~0 -0: trigger log_a on a', 'public.c +1 ~0 -0: trigger second on b'],
  ],
  [
    'a trigger for another event did not fire',
    [['a', 0, 1, 0], ['b', 1, 0, 0]],
    { targets: ['a'], triggers: [trigger('a', ['insert'], ['b'])] },
    ['public.a +0 ~1 -0: statement', 'public.b +1 ~0 -0: code the statement calls'],
  ],
  [
    'cascade and trigger together',
    [['a', 0, 0, 1], ['b', 2, 0, 3]],
    { targets: ['a'], foreignKeys: [cascade('b', 'a')], triggers: [trigger('a', ['delete'], ['b'])] },
    ['public.a +0 ~0 -1: statement', 'public.b +2 ~0 -3: cascade from a, trigger log_a on a'],
  ],
  ['a view', [['a', 0, 1, 0]], { targets: ['v'], views: [{ id: 'v', schema: 'public', table: 'v' }] }, ['public.a +0 ~1 -0: through view v']],
  ['a child by inheritance', [['a', 0, 1, 0], ['b', 0, 1, 0]], { targets: ['a'], inheritance: [{ child: 'b', parent: 'a' }] }, ['public.a +0 ~1 -0: statement', 'public.b +0 ~1 -0: child table of the target']],
  ['another schema is named', [['a', 0, 0, 1], ['x.b', 0, 0, 1]], { targets: ['a'], foreignKeys: [cascade('x.b', 'a')] }, ['public.a +0 ~0 -1: statement', 'x.b +0 ~0 -1: cascade from public.a']],
  ['partitions are summed up under their root', [['p>p1', 0, 0, 3], ['p>p2', 3, 1, 0]], { targets: ['p'] }, ['public.p +3 ~1 -3: statement']],
  ['a partition named as the target', [['p>p1', 0, 0, 3]], { targets: ['p1'] }, ['public.p +0 ~0 -3: statement']],
  ['nothing is known', [['a', 0, 1, 0]], {}, ['public.a +0 ~1 -0: code the statement calls']],
];

for (const [name, touched, causes, expected] of cases) {
  test(`effects: ${name}`, () => {
    assert.deepEqual(summarise(touched, causes), expected);
  });
}

test('emptied tables count the rows they had, partitions together, and say what reached them', () => {
  const emptied: readonly EmptiedTable[] = [
    { ...table('p>p1'), rows: 3 },
    { ...table('p>p2'), rows: 4 },
    { ...table('orders'), rows: 9, via: { schema: 'public', table: 'p' } },
  ];
  assert.deepEqual(summarise([['p>p1', 2, 0, 0]], { targets: ['p'] }, emptied), [
    'public.orders +0 ~0 -9 emptied: cascade from p',
    'public.p +2 ~0 -7 emptied: statement',
  ]);
});

const causeCases: readonly (readonly [name: string, touched: readonly Touched[], causes: Partial<Causes>, stated: number | undefined, expected: readonly string[]])[] = [
  ['the target', [['a', 0, 2, 0]], { targets: ['a'] }, 2, ['a statement']],
  ['a cascade', [['a', 0, 0, 1], ['b', 0, 0, 2]], { targets: ['a'], foreignKeys: [cascade('b', 'a')] }, 1, ['a statement', 'b cascade']],
  ['a trigger', [['a', 0, 1, 0], ['b', 1, 0, 0]], { targets: ['a'], triggers: [trigger('a', ['update'], ['b'])] }, 1, ['a statement', 'b trigger']],
  ['a cascade and a trigger', [['a', 0, 0, 1], ['b', 2, 0, 3]], { targets: ['a'], foreignKeys: [cascade('b', 'a')], triggers: [trigger('a', ['delete'], ['b'])] }, 1, ['a statement', 'b mixed']],
  ['a target that a trigger writes too', [['a', 0, 1, 0], ['b', 3, 0, 0]], { targets: ['a', 'b'], triggers: [trigger('a', ['update'], ['b'])] }, 2, ['a statement', 'b mixed']],
  ['a target whose trigger did nothing', [['a', 0, 1, 0], ['b', 1, 0, 0]], { targets: ['a', 'b'], triggers: [trigger('a', ['update'], ['b'])] }, 2, ['a statement', 'b statement']],
  ['a table that references itself', [['a', 0, 0, 4]], { targets: ['a'], foreignKeys: [cascade('a', 'a')] }, 1, ['a mixed']],
  ['rows that moved between partitions are told of once', [['p>p1', 0, 0, 2], ['p>p2', 2, 0, 0]], { targets: ['p'], triggers: [trigger('p', ['insert'], ['p'])] }, 2, ['p statement']],
  ['a view', [['a', 0, 1, 0]], { targets: ['v'], views: [{ id: 'v', schema: 'public', table: 'v' }] }, 1, ['a statement']],
  ['a view with a trigger instead', [['a', 0, 1, 0]], { targets: ['v'], views: [{ id: 'v', schema: 'public', table: 'v' }], triggers: [{ ...trigger('v', ['update']), isInstead: true }] }, 1, ['a trigger']],
  ['a child by inheritance', [['a', 0, 1, 0], ['b', 0, 1, 0]], { targets: ['a'], inheritance: [{ child: 'b', parent: 'a' }] }, 2, ['a statement', 'b statement']],
  ['code that is called', [['a', 0, 1, 0]], {}, undefined, ['a unknown']],
];

for (const [name, touched, causes, stated, expected] of causeCases) {
  test(`causes: ${name}`, () => {
    const effects = summariseEffects({
      before: new Map(),
      after: new Map(touched.map(([each, inserted, updated, deleted]) => [table(each).id, { inserted, updated, deleted }])),
      tables: touched.map(([each]) => table(each)),
      emptied: [],
      causes: { ...none, ...causes },
      ...(stated === undefined ? {} : { stated }),
    });
    assert.deepEqual(effects.map(({ table: { table: each }, cause }) => `${each} ${cause ?? ''}`), expected);
  });
}
