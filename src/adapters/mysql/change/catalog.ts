/** What the server knows about the tables a change may write: engines, columns, keys, foreign keys, triggers. */
import type { WalkKey } from '../../../core/effect/mysql/foreignKeyWalk.ts';
import { keyKindOf, type KeyKind } from '../../../core/effect/mysql/keyText.ts';
import type { TableRef } from '../../../core/effect/preview.ts';
import type { ReferentialAction } from '../../../core/effect/why.ts';
import type { Line } from '../line.ts';
import { ask, textLiteral } from './asking.ts';

/** Identity of a table within one change. */
export type TableId = string;

export type TableColumn = {
  readonly name: string;
  /** As the server prints it, e.g. `decimal(10,2)`. */
  readonly type: string;
  readonly kind: KeyKind;
  readonly isGenerated: boolean;
  readonly isAutoIncrement: boolean;
  /** It gets the time of each change by itself. */
  readonly followsTime: boolean;
};

export type TableFacts = {
  readonly id: TableId;
  readonly ref: TableRef;
  /** Empty for views. */
  readonly engine: string;
  readonly isView: boolean;
  /** A row that moves to another partition is deleted here and inserted there. */
  readonly isPartitioned: boolean;
  /** In the order of the table, invisible ones included. */
  readonly columns: readonly TableColumn[];
  /** Columns that identify a row and survive being written as text; empty when nothing does. */
  readonly key: readonly string[];
  /** Index name → its columns in order; none that is invisible, or holds expressions or parts of columns. */
  readonly indexes: ReadonlyMap<string, readonly string[]>;
  /** The server's estimates. */
  readonly rows: number;
  readonly bytes: number;
};

export type TriggerFacts = {
  readonly table: TableId;
  readonly schema: string;
  readonly name: string;
  readonly event: 'insert' | 'update' | 'delete';
  readonly body: string;
  readonly sqlMode: string;
};

export function tableId({ schema, table }: TableRef): TableId {
  return JSON.stringify([schema, table]);
}

export function refOf(id: TableId): TableRef {
  const [schema, table] = JSON.parse(id) as [string, string];
  return { schema, table };
}

const ownSchemas = "('mysql', 'information_schema', 'performance_schema', 'sys')";

/** Every foreign key that the user may see, of all databases: cascades cross them. */
export async function readForeignKeys(line: Line): Promise<readonly WalkKey[]> {
  const { rows: rules } = await ask(line, `SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA NOT IN ${ownSchemas}`);
  if (rules.length === 0) return [];
  const { rows: columns } = await ask(
    line,
    `SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, TABLE_SCHEMA, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_NAME IS NOT NULL AND TABLE_SCHEMA NOT IN ${ownSchemas} ORDER BY ORDINAL_POSITION`,
  );
  const grouped = groupBy(columns, ([schema, table, name]) => JSON.stringify([schema, table, name]));
  return rules.flatMap(([schema, table, name, onDelete, onUpdate]): WalkKey[] => {
    const parts = grouped.get(JSON.stringify([schema, table, name])) ?? [];
    const [first] = parts;
    if (!first) return [];
    return [{
      child: tableId({ schema: first[3] ?? '', table: first[1] ?? '' }),
      childColumns: parts.map((part) => part[4] ?? ''),
      parent: tableId({ schema: first[5] ?? '', table: first[6] ?? '' }),
      parentColumns: parts.map((part) => part[7] ?? ''),
      onDelete: actionOf(onDelete),
      onUpdate: actionOf(onUpdate),
    }];
  });
}

function actionOf(rule: string | null | undefined): ReferentialAction {
  switch (rule) {
    case 'CASCADE':
      return 'cascade';
    case 'SET NULL':
      return 'set null';
    case 'SET DEFAULT':
      return 'set default';
    default:
      return 'none';
  }
}

/** Indexes that queries may not use; each server has a column of its own for that, from some version on. */
const hidden = "CONCAT('' /*!80000 , IF(IS_VISIBLE = 'NO', 'hidden', '') */ /*M!100600 , IF(IGNORED = 'YES', 'hidden', '') */)";

/** The tables of these names that exist. Names are compared as the server compares them, so there may be others among them. */
export async function readTables(line: Line, wanted: readonly TableRef[]): Promise<readonly TableFacts[]> {
  if (wanted.length === 0) return [];
  const these = wanted.map(({ schema, table }) => `(TABLE_SCHEMA = ${textLiteral(schema)} AND TABLE_NAME = ${textLiteral(table)})`).join(' OR ');
  const tables = await ask(line, `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, DATA_LENGTH, CREATE_OPTIONS FROM information_schema.TABLES WHERE ${these}`);
  const columns = await ask(line, `SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, EXTRA FROM information_schema.COLUMNS WHERE ${these} ORDER BY ORDINAL_POSITION`);
  const indexes = await ask(line, `SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART, NULLABLE, CAST(NON_UNIQUE AS CHAR), INDEX_TYPE, ${hidden} FROM information_schema.STATISTICS WHERE ${these} ORDER BY INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`);
  return tables.rows.map(([schema, table, type, engine, rows, bytes, options]) => {
    const ref = { schema: schema ?? '', table: table ?? '' };
    const own = (row: readonly (string | null)[]) => row[0] === schema && row[1] === table;
    const columnsHere = columns.rows.filter(own).map(toColumn);
    return {
      id: tableId(ref),
      ref,
      engine: engine ?? '',
      isView: type?.includes('VIEW') === true,
      isPartitioned: options?.includes('partitioned') === true,
      columns: columnsHere,
      key: chooseKey(indexes.rows.filter((row) => own(row) && row[6] === '0'), columnsHere),
      indexes: plainIndexes(indexes.rows.filter(own)),
      rows: Number(rows ?? 0),
      bytes: Number(bytes ?? 0),
    };
  });
}

function toColumn([, , name, dataType, type, extra]: readonly (string | null)[]): TableColumn {
  const facts = (extra ?? '').toLowerCase();
  return {
    name: name ?? '',
    type: type ?? '',
    kind: keyKindOf(dataType ?? ''),
    isGenerated: /\b(virtual|stored|persistent) ?(generated)?\b/.test(facts) && !facts.includes('default_generated'),
    isAutoIncrement: facts.includes('auto_increment'),
    followsTime: facts.includes('on update'),
  };
}

/** The primary key, or else the first unique one in which nothing can be NULL or cut short. */
function chooseKey(rows: readonly (readonly (string | null)[])[], columns: readonly TableColumn[]): readonly string[] {
  const kinds = new Map(columns.map(({ name, kind }) => [name, kind]));
  for (const parts of groupBy(rows, ([, , index]) => index ?? '').values()) {
    const isWhole = parts.every(([, , , column, subPart, nullable]) => column !== null && subPart === null && nullable !== 'YES' && (kinds.get(column ?? '') ?? 'none') !== 'none');
    if (isWhole) return parts.map((part) => part[3] ?? '');
  }
  return [];
}

function plainIndexes(rows: readonly (readonly (string | null)[])[]): ReadonlyMap<string, readonly string[]> {
  const plain = [...groupBy(rows, ([, , index]) => index ?? '')].filter(([, parts]) => parts.every(([, , , column, subPart, , , type, state]) => column !== null && subPart === null && type === 'BTREE' && state === ''));
  return new Map(plain.map(([index, parts]) => [index, parts.map((part) => part[3] ?? '')]));
}

/** Triggers of these tables. Without the TRIGGER right there seem to be none. */
export async function readTriggers(line: Line, tables: readonly TableRef[]): Promise<readonly TriggerFacts[]> {
  if (tables.length === 0) return [];
  const these = tables.map(({ schema, table }) => `(EVENT_OBJECT_SCHEMA = ${textLiteral(schema)} AND EVENT_OBJECT_TABLE = ${textLiteral(table)})`).join(' OR ');
  const { rows } = await ask(line, `SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_SCHEMA, TRIGGER_NAME, EVENT_MANIPULATION, ACTION_STATEMENT, SQL_MODE FROM information_schema.TRIGGERS WHERE ${these}`);
  return rows.map(([schema, table, own, name, event, body, sqlMode]) => ({
    table: tableId({ schema: schema ?? '', table: table ?? '' }),
    schema: own ?? '',
    name: name ?? '',
    event: (event ?? '').toLowerCase() as TriggerFacts['event'],
    body: body ?? '',
    sqlMode: sqlMode ?? '',
  }));
}

/** Tables and views of any database that have one of the names; names in lower case. */
export async function readTablesNamed(line: Line, names: ReadonlySet<string>): Promise<readonly TableRef[]> {
  if (names.size === 0) return [];
  const { rows } = await ask(line, `SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA NOT IN ${ownSchemas} AND LOWER(TABLE_NAME) IN (${[...names].map(textLiteral).join(',')})`);
  return rows.map(([schema, table]) => ({ schema: schema ?? '', table: table ?? '' }));
}

/** The smaller tables of a database, as many as can be compared in a short time. */
export async function readSmallTables(line: Line, database: string): Promise<readonly TableRef[]> {
  const { rows } = await ask(line, `SELECT TABLE_NAME, TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${textLiteral(database)} AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_ROWS LIMIT 60`);
  let sum = 0;
  return rows.flatMap(([table, count]) => {
    sum += Number(count ?? 0);
    return sum > maxSmallRows ? [] : [{ schema: database, table: table ?? '' }];
  });
}

const maxSmallRows = 100_000;

export type Routine = { readonly schema: string; readonly body: string; readonly sqlMode: string };

/** Procedures and functions that have one of the names. */
export async function readRoutinesNamed(line: Line, names: ReadonlySet<string>): Promise<readonly Routine[]> {
  if (names.size === 0) return [];
  const { rows } = await ask(line, `SELECT ROUTINE_SCHEMA, ROUTINE_DEFINITION, SQL_MODE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA NOT IN ${ownSchemas} AND LOWER(ROUTINE_NAME) IN (${[...names].map(textLiteral).join(',')})`);
  return rows.map(([schema, body, sqlMode]) => ({ schema: schema ?? '', body: body ?? '', sqlMode: sqlMode ?? '' }));
}

export async function readViewBodies(line: Line, views: readonly TableRef[]): Promise<readonly { readonly view: TableId; readonly body: string }[]> {
  if (views.length === 0) return [];
  const these = views.map(({ schema, table }) => `(TABLE_SCHEMA = ${textLiteral(schema)} AND TABLE_NAME = ${textLiteral(table)})`).join(' OR ');
  const { rows } = await ask(line, `SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS WHERE ${these}`);
  return rows.map(([schema, table, body]) => ({ view: tableId({ schema: schema ?? '', table: table ?? '' }), body: body ?? '' }));
}

/** Engines that take part in transactions. */
export async function readTransactionalEngines(line: Line): Promise<ReadonlySet<string>> {
  const { rows } = await ask(line, "SELECT ENGINE FROM information_schema.ENGINES WHERE TRANSACTIONS = 'YES'");
  return new Set(rows.map(([engine]) => (engine ?? '').toLowerCase()));
}

/** Tables without transactions beside these, when triggers of these may be hidden from the account: one of them may write there. */
export async function readBehindHiddenTriggers(line: Line, tables: readonly TableRef[]): Promise<readonly TableRef[]> {
  const schemas = new Set<string>();
  for (const table of tables) if (!schemas.has(table.schema) && !(await seesTriggers(line, table))) schemas.add(table.schema);
  if (schemas.size === 0) return [];
  const { rows } = await ask(line, `SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (${[...schemas].map(textLiteral).join(',')}) AND TABLE_TYPE = 'BASE TABLE' AND ENGINE NOT IN (SELECT ENGINE FROM information_schema.ENGINES WHERE TRANSACTIONS = 'YES')`);
  return rows.map(([schema, table]) => ({ schema: schema ?? '', table: table ?? '' }));
}

/** A right that only a role grants is not found: then it is as if there were none. */
async function seesTriggers(line: Line, { schema, table }: TableRef): Promise<boolean> {
  const mine = "PRIVILEGE_TYPE = 'TRIGGER' AND GRANTEE = CONCAT('\\'', REPLACE(CURRENT_USER(), '@', '\\'@\\''), '\\'')";
  const { rows } = await ask(line, `SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE ${mine}
    UNION SELECT 1 FROM information_schema.SCHEMA_PRIVILEGES WHERE ${mine} AND ${textLiteral(schema)} LIKE TABLE_SCHEMA
    UNION SELECT 1 FROM information_schema.TABLE_PRIVILEGES WHERE ${mine} AND TABLE_SCHEMA = ${textLiteral(schema)} AND TABLE_NAME = ${textLiteral(table)}`);
  return rows.length > 0;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
