/** Random tables and random changes of them, the same for the same seed. */

export type Random = {
  /** 0 … n - 1 */
  readonly below: (n: number) => number;
  readonly chance: (percent: number) => boolean;
  readonly pick: <Item>(items: readonly Item[]) => Item;
};

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { below, chance: (percent) => below(100) < percent, pick: (items) => items[below(items.length)] ?? (items[0] as (typeof items)[number]) };
}

type Column = { readonly name: string; readonly type: string; readonly value: (random: Random) => string };

export type RandomTable = {
  readonly name: string;
  readonly key: 'id' | 'pair' | 'identity' | 'none';
  readonly columns: readonly Column[];
  readonly unique: 'none' | 'plain' | 'deferrable' | 'expression';
  readonly references: readonly { readonly column: string; readonly to: string; readonly onDelete: string; readonly onUpdate: string; readonly deferrable: boolean }[];
  readonly trigger: 'none' | 'log' | 'sum' | 'stamp' | 'spawn';
  readonly isPartitioned: boolean;
};

const texts = ["''", "'a'", "'it''s'", "'ü😀'", "'\\'", "'NULL'", 'NULL', "E'\\n\\t'", "'-- x'", "'[1,2]'"];
const types: readonly (readonly [type: string, value: (random: Random) => string])[] = [
  ['int', (random) => String(random.below(20) - 5)],
  ['text', (random) => random.pick(texts)],
  ['numeric(8,3)', (random) => random.pick(['0', '1.5', '-99999.999', 'NULL', "'NaN'"])],
  ['float8', (random) => random.pick(["'-0'", '0.1', "'Infinity'", '1e-300', 'NULL'])],
  ['timestamptz', (random) => random.pick(["'2026-03-29 01:30:00+00'", "'infinity'", 'NULL', "'0044-03-15 BC'"])],
  ['jsonb', (random) => random.pick(["'{\"a\": [1, null]}'", "'1'", 'NULL'])],
  ['json', (random) => random.pick(["'{\"a\" :1,\"a\":2}'", "'[]'", 'NULL'])],
  ['boolean', (random) => random.pick(['true', 'false', 'NULL'])],
  ['int[]', (random) => random.pick(["'{1,NULL,3}'", "'{}'", 'NULL'])],
  ['bytea', (random) => random.pick(["'\\x00ff'", "''", 'NULL'])],
  ['char(4)', (random) => random.pick(["'a'", "'abcd'", 'NULL'])],
];
const actions = ['NO ACTION', 'CASCADE', 'CASCADE', 'SET NULL', 'RESTRICT'];

export function createTables(random: Random): readonly RandomTable[] {
  const names = Array.from({ length: 2 + random.below(3) }, (_, index) => `t${String(index)}`);
  const keys = names.map(() => random.pick(['id', 'id', 'id', 'pair', 'identity', 'none'] as const));
  const parents = names.filter((_, index) => keys[index] === 'id' || keys[index] === 'identity');
  return names.map((name, index) => {
    const key = keys[index] ?? 'id';
    const isPartitioned = key === 'pair' && random.chance(50);
    return {
      name,
      key,
      isPartitioned,
      columns: Array.from({ length: 1 + random.below(3) }, (_, position) => {
        const [type, value] = random.pick(types);
        return { name: `c${String(position)}`, type, value };
      }),
      unique: key === 'none' || isPartitioned ? 'none' : random.pick(['none', 'none', 'plain', 'deferrable', 'expression'] as const),
      references: random.chance(70) && parents.length > 0 ? [{ column: 'ref', to: random.pick(parents), onDelete: random.pick(actions), onUpdate: random.pick(actions), deferrable: random.chance(40) }] : [],
      trigger: random.pick(['none', 'none', 'log', 'sum', 'stamp', 'spawn'] as const),
    };
  });
}

export const triggerSchema = `
  CREATE TABLE log (id serial PRIMARY KEY, what text);
  CREATE TABLE sums (name text PRIMARY KEY, n int NOT NULL);
  CREATE TABLE spawned (id serial PRIMARY KEY, what text);
  CREATE FUNCTION f_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log (what) VALUES (tg_table_name || tg_op); RETURN NULL; END $$;
  CREATE FUNCTION f_sum() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE sums SET n = n + CASE tg_op WHEN 'INSERT' THEN 1 WHEN 'DELETE' THEN -1 ELSE 0 END WHERE name = tg_table_name; RETURN NULL; END $$;
  CREATE FUNCTION f_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.u = coalesce(new.u, 0) % 1000; RETURN new; END $$;
  CREATE FUNCTION f_spawn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO spawned (what) VALUES (tg_table_name); RETURN NULL; END $$;
`;

const triggers: Record<RandomTable['trigger'], (table: string) => string> = {
  none: () => '',
  log: (table) => `CREATE TRIGGER g AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION f_log();`,
  sum: (table) => `INSERT INTO sums SELECT '${table}', count(*) FROM ${table}; CREATE TRIGGER g AFTER INSERT OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION f_sum();`,
  stamp: (table) => `CREATE TRIGGER g BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION f_stamp();`,
  spawn: (table) => `CREATE TRIGGER g AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION f_spawn();`,
};

const uniques: Record<RandomTable['unique'], (table: string) => string> = {
  none: () => '',
  plain: (table) => `ALTER TABLE ${table} ADD UNIQUE (u);`,
  deferrable: (table) => `ALTER TABLE ${table} ADD UNIQUE (u) DEFERRABLE INITIALLY DEFERRED;`,
  expression: (table) => `CREATE UNIQUE INDEX ON ${table} ((u + 1)) WHERE u > 2;`,
};

/** Tables, rows, then what would be in the way of filling them. */
export function createSql(tables: readonly RandomTable[], random: Random): string {
  const create = tables.map(({ name, key, columns, references, isPartitioned }) => {
    const keys = { id: ['id int PRIMARY KEY'], pair: ['id int', "part text DEFAULT 'p'", 'PRIMARY KEY (part, id)'], identity: ['id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY'], none: ['id int'] }[key];
    const all = [...keys, 'u int', 'twice int GENERATED ALWAYS AS (u * 2) STORED', ...columns.map((column) => `${column.name} ${column.type}`), ...references.map(({ column }) => `${column} int`)];
    const parts = isPartitioned ? ` PARTITION BY LIST (part); CREATE TABLE ${name}_p PARTITION OF ${name} FOR VALUES IN ('p'); CREATE TABLE ${name}_q PARTITION OF ${name} DEFAULT` : '';
    return `CREATE TABLE ${name} (${all.join(', ')})${parts};`;
  });
  const fill = tables.flatMap((table) => Array.from({ length: 6 }, (_, index) => insertSql(table, index + 1, random)));
  const bind = tables.flatMap(({ name, references }) =>
    references.map(({ column, to, onDelete, onUpdate, deferrable }) => `UPDATE ${name} SET ${column} = 1 + id % 6; ALTER TABLE ${name} ADD FOREIGN KEY (${column}) REFERENCES ${to} (id) ON DELETE ${onDelete} ON UPDATE ${onUpdate}${deferrable ? ' DEFERRABLE INITIALLY DEFERRED' : ''};`),
  );
  const rules = tables.map(({ name, unique, trigger }) => uniques[unique](name) + triggers[trigger](name));
  return [...create, ...fill, ...bind, ...rules].join('\n');
}

function insertSql({ name, key, columns }: RandomTable, number: number, random: Random): string {
  const names = [...(key === 'identity' ? [] : ['id']), 'u', ...columns.map((column) => column.name)];
  const row = [...(key === 'identity' ? [] : [String(number)]), String(number), ...columns.map(({ value }) => value(random))];
  return `INSERT INTO ${name} (${names.join(', ')}) VALUES (${row.join(', ')});`;
}

/** One to three statements. Some break a rule of the tables: then nothing was changed, and there is nothing to take back. */
export function randomChange(tables: readonly RandomTable[], random: Random): string {
  return Array.from({ length: 1 + random.below(3) }, () => randomStatement(random.pick(tables), random)).join(';\n');
}

function randomStatement(table: RandomTable, random: Random): string {
  const { name, key, columns, references, isPartitioned } = table;
  const some = random.pick(['id < 3', `id = ${String(1 + random.below(6))}`, 'u % 2 = 0', 'true', 'id > 4']);
  const column = random.pick(columns);
  const choices: (() => string)[] = [
    () => `UPDATE ${name} SET ${column.name} = ${column.value(random)} WHERE ${some}`,
    () => `UPDATE ${name} SET u = u + ${String(random.below(4))}, ${column.name} = ${column.value(random)} WHERE ${some}`,
    () => `UPDATE ${name} SET u = 7 - u WHERE ${some}`,
    () => `DELETE FROM ${name} WHERE ${some}`,
    () => insertSql(table, 7 + random.below(6), random).slice(0, -1),
    () => `INSERT INTO ${name} (${key === 'identity' ? 'u' : 'id, u'}) SELECT ${key === 'identity' ? '' : 'id + 20, '}u + 20 FROM ${name} WHERE ${some}`,
    () => `WITH gone AS (DELETE FROM ${name} WHERE ${some} RETURNING u) INSERT INTO ${name} (${key === 'identity' ? 'u' : 'id, u'}) SELECT ${key === 'identity' ? '' : 'u + 40, '}u + 40 FROM gone`,
  ];
  if (key === 'id') choices.push(() => `UPDATE ${name} SET id = id + ${random.pick(['1', '10', '-1'])} WHERE ${some}`, () => `INSERT INTO ${name} (id, u) VALUES (1, 90), (50, 91) ON CONFLICT (id) DO UPDATE SET u = excluded.u`);
  if (key === 'pair') choices.push(() => `UPDATE ${name} SET part = ${random.pick(["'p'", "'q'", "part || 'x'"])} WHERE ${some}`);
  if (key === 'identity') choices.push(() => `DELETE FROM ${name} WHERE id = 2; INSERT INTO ${name} (id, u) OVERRIDING SYSTEM VALUE VALUES (2, 77)`);
  if (key === 'none') choices.push(() => `INSERT INTO ${name} (id, u) SELECT id, u FROM ${name}`);
  for (const { column: reference } of references) choices.push(() => `UPDATE ${name} SET ${reference} = ${random.pick(['NULL', '1', '3', 'id'])} WHERE ${some}`);
  if (isPartitioned) choices.push(() => `UPDATE ${name} SET part = CASE part WHEN 'p' THEN 'q' ELSE 'p' END`);
  return random.pick(choices)();
}

/** Everything that holds rows, except what triggers write again on the way back. */
export function comparedTables(tables: readonly RandomTable[]): readonly string[] {
  return [...tables.flatMap(({ name, isPartitioned }) => (isPartitioned ? [`${name}_p`, `${name}_q`] : [name])), 'sums'];
}
