/**
 * Instead of something that cannot be taken back, something that can: a table is moved to the trash rather than dropped, rows
 * are kept there before they are removed. Made from what the review of the original shows; run like any other text.
 */
import type { EpochMs } from '../brand.ts';
import type { Preview, TableEffect, TableRef } from '../effect/preview.ts';
import type { ClassifiedStatement, Dialect } from '../sql/verdict.ts';
import type { UndoPart, UndoSteps } from './undo.ts';

export type SoftDropRequest = {
  readonly dialect: Dialect;
  /** The only statement of the change. */
  readonly statement: ClassifiedStatement;
  /** What it did when it was previewed. */
  readonly effects: readonly TableEffect[];
  /** Of tables in which the server computes columns: those that can be written. */
  readonly computed?: Preview['computed'];
  readonly now: EpochMs;
};

export type SoftDrop = {
  readonly kind: 'drop' | 'truncate' | 'delete';
  /** The text to run instead. */
  readonly script: string;
  /** What goes on working and what does not, as sentences. */
  readonly notes: readonly string[];
  readonly wayBack: UndoSteps;
};

type Moved = { readonly table: TableRef; readonly trash: string; readonly rows: number };

/** `undefined` where there is no safer way that is sure to do the same. */
export function offerSoftDrop(request: SoftDropRequest): SoftDrop | undefined {
  switch (request.statement.kind) {
    case 'drop-table':
      return offerDrop(request);
    case 'truncate':
      return offerTruncate(request);
    case 'delete':
      return offerDelete(request);
    default:
      return undefined;
  }
}

/** Where removed tables and rows wait on PostgreSQL; the other servers cannot move a table with triggers out of its database. */
export const trashSchema = 'trash';
/** What a name in the trash looks like, as a regular expression of the servers. */
export const trashPattern = '__[0-9]{8}T[0-9]{6}$';

const longestName: Readonly<Record<Dialect, number>> = { postgresql: 63, mysql: 64, mariadb: 64 };

function offerDrop({ dialect, statement, effects, now }: SoftDropRequest): SoftDrop | undefined {
  const named = namedTables(statement, effects);
  if (named.length === 0 || named.length !== statement.targets.filter(({ access }) => access === 'write').length) return undefined;
  const moved = toTrash(named, dialect, now);
  if (dialect === 'postgresql') {
    return {
      kind: 'drop',
      script: lines([
        `CREATE SCHEMA IF NOT EXISTS ${trashSchema}`,
        // Renamed first: in the trash there may be one of the same name.
        ...moved.flatMap(({ table, trash }) => [`ALTER TABLE ${quoted(table, dialect)} RENAME TO ${quote(trash, dialect)}`, `ALTER TABLE ${quoted({ schema: table.schema, table: trash }, dialect)} SET SCHEMA ${trashSchema}`]),
      ]),
      notes: [
        `The table moves to the schema ${trashSchema} with its rows, indexes, sequences, policies and foreign keys.`,
        'Views of it go on reading it, and foreign keys to it stay enforced.',
        'Queries, functions and programs that use its old name fail, as they would without it.',
      ],
      wayBack: restoring(dialect, moved, ({ table, trash }) => [
        `ALTER TABLE ${quoted({ schema: trashSchema, table: trash }, dialect)} SET SCHEMA ${quote(table.schema, dialect)}`,
        `ALTER TABLE ${quoted({ schema: table.schema, table: trash }, dialect)} RENAME TO ${quote(table.table, dialect)}`,
      ]),
    };
  }
  return {
    kind: 'drop',
    script: lines([`RENAME TABLE ${moved.map(({ table, trash }) => `${quoted(table, dialect)} TO ${quoted({ schema: table.schema, table: trash }, dialect)}`).join(', ')}`]),
    notes: [
      'The table keeps its rows, indexes, triggers and foreign keys under a name of the trash, in the same database.',
      'Foreign keys to it stay enforced. Rights that were granted on it stay with its old name.',
      'Views of it, and queries and programs that use its old name, fail, as they would without it.',
    ],
    wayBack: restoring(dialect, moved, ({ table, trash }) => [`RENAME TABLE ${quoted({ schema: table.schema, table: trash }, dialect)} TO ${quoted(table, dialect)}`]),
  };
}

function offerTruncate({ dialect, statement, effects, computed, now }: SoftDropRequest): SoftDrop | undefined {
  const emptied = effects.filter((effect) => effect.emptied === true);
  if (emptied.length === 0) return undefined;
  const moved = toTrash(emptied, dialect, now);
  if (dialect === 'postgresql') {
    return {
      kind: 'truncate',
      script: lines([
        `CREATE SCHEMA IF NOT EXISTS ${trashSchema}`,
        ...moved.map(({ table, trash }) => `CREATE TABLE ${quoted({ schema: trashSchema, table: trash }, dialect)} AS TABLE ${quoted(table, dialect)}`),
        statement.text,
      ]),
      notes: [`All rows are copied to the schema ${trashSchema} first; that takes time and space for as many as there are.`, 'The table itself stays as it is, for everybody.'],
      wayBack: refilling(moved, computed),
    };
  }
  return {
    kind: 'truncate',
    script: lines([
      ...moved.map(({ table, trash }) => `CREATE TABLE ${quoted({ schema: table.schema, table: `${trash}n` }, dialect)} LIKE ${quoted(table, dialect)}`),
      `RENAME TABLE ${moved.map(({ table, trash }) => `${quoted(table, dialect)} TO ${quoted({ schema: table.schema, table: trash }, dialect)}, ${quoted({ schema: table.schema, table: `${trash}n` }, dialect)} TO ${quoted(table, dialect)}`).join(', ')}`,
    ]),
    notes: [
      'An empty table of the same columns and indexes takes the place of the old one in a single step; the old one waits under a name of the trash.',
      'Triggers and foreign keys stay with the old table: the new one has none. Automatic numbers begin again.',
    ],
    wayBack: restoring(dialect, moved, ({ table, trash }) => [`RENAME TABLE ${quoted(table, dialect)} TO ${quoted({ schema: table.schema, table: `${trash}n` }, dialect)}, ${quoted({ schema: table.schema, table: trash }, dialect)} TO ${quoted(table, dialect)}`]),
  };
}

/** Only where the rows of one table go, and no others with them: what cascades is not returned. */
function offerDelete({ dialect, statement, effects, computed, now }: SoftDropRequest): SoftDrop | undefined {
  const [effect, ...others] = effects;
  const { text } = statement;
  if (dialect !== 'postgresql' || !effect || others.length > 0 || effect.deleted === 0 || effect.why !== 'statement') return undefined;
  // Whatever ends in a comment or returns rows already would need to be read, not only added to.
  if (!/^delete\b/iu.test(text) || /\breturning\b|--|\/\*/iu.test(text)) return undefined;
  const moved = toTrash([effect], dialect, now);
  const [first] = moved;
  if (!first) return undefined;
  const trash = quoted({ schema: trashSchema, table: first.trash }, dialect);
  return {
    kind: 'delete',
    script: lines([
      `CREATE SCHEMA IF NOT EXISTS ${trashSchema}`,
      `CREATE TABLE ${trash} (LIKE ${quoted(first.table, dialect)})`,
      `WITH gone AS (\n${text}\nRETURNING ${columnsOf(statement, first.table, dialect)})\nINSERT INTO ${trash} SELECT * FROM gone`,
    ]),
    notes: [`The rows are moved to the schema ${trashSchema} in the same statement that deletes them, however many there are.`],
    wayBack: restoring(dialect, moved, ({ table }) => [refill(table, trash, computed)]),
  };
}

/** `*` also means the tables of USING: the table is named as the statement names it. */
function columnsOf({ text }: ClassifiedStatement, table: TableRef, dialect: Dialect): string {
  const alias = /^delete\s+from\s+(?:only\s+)?(?:"(?:[^"]|"")+"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[\w$]+))?\s*\*?\s+(?:as\s+)?(?!using\b|where\b)("(?:[^"]|"")+"|[\w$]+)/iu.exec(text)?.[1];
  return `${alias ?? quote(table.table, dialect)}.*`;
}

function restoring(dialect: Dialect, moved: readonly Moved[], sql: (moved: Moved) => readonly string[]): UndoSteps {
  return {
    kind: 'steps',
    dialect,
    settings: {},
    steps: moved.flatMap((each) =>
      sql(each).map((text, index) => {
        const part: UndoPart = { table: each.table, kind: 'restore-object', rows: each.rows };
        return { sql: text, parts: index === 0 ? [part] : [] };
      }),
    ),
    leaves: [inTrash],
  };
}

/** All tables in one statement: foreign keys between them are checked at its end. It returns nothing, because it restores all. */
function refilling(moved: readonly Moved[], computed: Preview['computed']): UndoSteps {
  const inserts = moved.map(({ table, trash }, index) => `i${String(index)} AS (${refill(table, quoted({ schema: trashSchema, table: trash }, 'postgresql'), computed)})`);
  const parts = moved.map(({ table, rows }): UndoPart => ({ table, kind: 'restore-deleted', rows }));
  return { kind: 'steps', dialect: 'postgresql', settings: {}, steps: [{ sql: `WITH ${inserts.join(',\n')}\nSELECT WHERE false`, parts }], leaves: [inTrash] };
}

/** What the server computes is not written: it computes it again. @param trash - as SQL */
function refill(table: TableRef, trash: string, computed: Preview['computed'] = []): string {
  const writable = computed.find((each) => each.table.schema === table.schema && each.table.table === table.table)?.writable.map((name) => quote(name, 'postgresql')).join(', ');
  return `INSERT INTO ${quoted(table, 'postgresql')}${writable === undefined ? '' : ` (${writable})`} OVERRIDING SYSTEM VALUE SELECT ${writable ?? '*'} FROM ${trash}`;
}

const inTrash = 'What waits in the trash stays there until it is purged.';

function namedTables({ targets }: ClassifiedStatement, effects: readonly TableEffect[]): readonly TableEffect[] {
  const written = targets.filter(({ access }) => access === 'write');
  return effects.filter((effect) => effect.emptied === true && written.some(({ schema, table }) => same(table, effect.table.table) && (schema === undefined || same(schema, effect.table.schema))));
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function toTrash(effects: readonly TableEffect[], dialect: Dialect, now: EpochMs): readonly Moved[] {
  const stamp = `__${new Date(now).toISOString().replaceAll(/[-:]|\.\d+Z/gu, '')}`;
  return effects.map(({ table, deleted }) => ({ table, rows: deleted, trash: clip(table.table, longestName[dialect] - stamp.length - 1) + stamp }));
}

/** Names are limited in bytes. */
function clip(name: string, bytes: number): string {
  let kept = '';
  let length = 0;
  for (const character of name) {
    const point = character.codePointAt(0) ?? 0;
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (length > bytes) break;
    kept += character;
  }
  return kept;
}

function quote(name: string, dialect: Dialect): string {
  return dialect === 'postgresql' ? `"${name.replaceAll('"', '""')}"` : `\`${name.replaceAll('`', '``')}\``;
}

function quoted({ schema, table }: TableRef, dialect: Dialect): string {
  return `${quote(schema, dialect)}.${quote(table, dialect)}`;
}

function lines(statements: readonly string[]): string {
  return statements.map((statement) => `${statement};\n`).join('');
}

/** Lists what waits in the trash, oldest first, with the statement that removes each for good. */
export function trashQuery(dialect: Dialect): string {
  if (dialect === 'postgresql') {
    return `SELECT to_timestamp(substring(c.relname from '([0-9]{8}T[0-9]{6})$'), 'YYYYMMDD"T"HH24MISS')::timestamp AS "in the trash since (UTC)", n.nspname AS schema, c.relname AS "table",
  pg_size_pretty(pg_total_relation_size(c.oid)) AS size, format('DROP TABLE %I.%I;', n.nspname, c.relname) AS "to purge it, run"
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = '${trashSchema}' AND c.relkind IN ('r', 'p') AND c.relname ~ '${trashPattern}'
ORDER BY 1;
`;
  }
  return `SELECT SUBSTRING(TABLE_NAME, -15) AS \`in the trash since (UTC)\`, TABLE_NAME AS \`table\`, DATA_LENGTH + INDEX_LENGTH AS bytes,
  CONCAT('DROP TABLE \`', TABLE_SCHEMA, '\`.\`', TABLE_NAME, '\`;') AS \`to purge it, run\`
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME REGEXP '${trashPattern}'
ORDER BY 1;
`;
}
