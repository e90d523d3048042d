/** What the catalogue says about columns whose values differ in every run, and how each column is written into a fingerprint. */
import { totalOf } from '../../core/effect/counters.ts';
import type { TableRef } from '../../core/effect/preview.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { StepResult } from './batch.ts';
import { aliasFor, qualified, type ImageTable } from './imageTables.ts';
import type { ReadableTable } from './imageVersions.ts';
import { quoteName } from './quote.ts';

/** Defaults that give another value each time; a function of somebody's own that the server calls volatile is one too. */
const unstableDefault = String.raw`\m(nextval|random|random_normal|gen_random_uuid|uuidv4|uuidv7|uuid_generate_v\w+|gen_random_bytes|clock_timestamp|statement_timestamp|timeofday|txid_current|pg_current_xact_id)\M`;

/** `$1`: the tables, partitions under their root. */
export const fingerprintFactsSql = `SELECT c.oid::text, json_build_object(
    'columns', (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'isTime', a.atttypid IN (1114, 1184), 'isZoned', a.atttypid = 1184,
        'isIdentity', a.attidentity = 'a', 'isMade', a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) ~* '${unstableDefault}', false) OR EXISTS (
          SELECT FROM pg_depend AS u JOIN pg_proc AS f ON f.oid = u.refobjid AND f.provolatile = 'v'
          WHERE u.classid = 'pg_attrdef'::regclass AND u.objid = d.oid AND u.refclassid = 'pg_proc'::regclass)) ORDER BY a.attnum)
      FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated = '' WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'references', (SELECT json_agg(json_build_object('column', a.attname, 'table', k.confrelid::text, 'key', b.attname))
      FROM pg_constraint AS k CROSS JOIN unnest(k.conkey, k.confkey) AS x(own, other)
      JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = x.own JOIN pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = x.other
      WHERE k.contype = 'f' AND k.conrelid = c.oid AND k.confrelid = ANY ($1::oid[]))
  )::text FROM pg_class AS c WHERE c.oid = ANY ($1::oid[])`;

export type ColumnFacts = {
  readonly name: string;
  readonly type: string;
  /** A timestamp, with or without a zone. */
  readonly isTime: boolean;
  readonly isZoned: boolean;
  /** GENERATED ALWAYS AS IDENTITY: nobody gives it a value. */
  readonly isIdentity: boolean;
  /** Has another value in every run, unless it is given one. */
  readonly isMade: boolean;
};

export type TableFacts = {
  readonly columns: readonly ColumnFacts[];
  readonly references: readonly { readonly column: string; readonly table: string; readonly key: string }[];
};

export function parseFingerprintFacts({ rows }: StepResult): ReadonlyMap<string, TableFacts> {
  return new Map(
    rows.map(([id, json]) => {
      const { columns, references } = JSON.parse(json ?? '') as { [Key in keyof TableFacts]: TableFacts[Key] | null };
      return [id ?? '', { columns: columns ?? [], references: references ?? [] }] as const;
    }),
  );
}

/** Columns of a table that are left out, because the change only inserted rows into it. */
export function ignoredColumns(table: ImageTable, facts: TableFacts | undefined, statements: readonly ClassifiedStatement[]): readonly string[] {
  return hasOnlyInserts(table) ? madeColumns(table, facts, statements) : [];
}

/** Columns of a table in which rows came and others changed: what the new ones have anew is told from what the others had before. */
export function renewedColumns(table: ImageTable, facts: TableFacts | undefined, statements: readonly ClassifiedStatement[]): readonly string[] {
  return hasOnlyInserts(table) || totalOf(table.counts) > maxRenewed ? [] : madeColumns(table, facts, statements);
}

/** More old values than this are not sent back and forth. */
const maxRenewed = 10_000;

function hasOnlyInserts({ counts }: ImageTable): boolean {
  return counts.updated === 0 && counts.deleted === 0;
}

/** Made by the server for rows that the change inserted, and given a value by no statement. */
function madeColumns({ table, counts }: ImageTable, facts: TableFacts | undefined, statements: readonly ClassifiedStatement[]): readonly string[] {
  if (counts.inserted === 0) return [];
  const isOverriding = statements.some(({ text }) => /\boverriding\b/i.test(text));
  return (facts?.columns ?? []).filter(({ name, isMade, isIdentity }) => isMade && ((isIdentity && !isOverriding) || !isGiven(table, name, statements))).map(({ name }) => name);
}

/**
 * Whether a statement may give the column a value. Without a list of columns it may give one to each; ON CONFLICT has a list of its
 * own, and a MERGE that inserts nothing gives one only to columns it names.
 */
function isGiven({ schema, table }: TableRef, column: string, statements: readonly ClassifiedStatement[]): boolean {
  return statements
    .filter(({ kind }) => kind !== 'delete')
    .some(({ kind, targets, text }) => {
      if (kind === 'merge' && !/\binsert\b/i.test(text) && !text.toLowerCase().includes(column.toLowerCase())) return false;
      const named = targets.filter((target) => target.access === 'write' && target.table === table && (target.schema ?? schema) === schema);
      const isInConflict = /\bdo\s+update\b/i.test(text) && text.toLowerCase().includes(column.toLowerCase());
      return named.some(({ columns }) => isInConflict || (columns?.includes(column) ?? true));
    });
}

export type Moment = { /** `now()` of the change, with its zone. */ readonly zoned: string; /** The same as the session and as UTC write it without one. */ readonly bare: readonly string[] };

export type ColumnsPlan = {
  readonly facts: TableFacts;
  readonly ignored: readonly string[];
  /** Columns whose new values are told from the old ones, with the old ones as an array. */
  readonly renewed: ReadonlyMap<string, string>;
  readonly now: Moment;
  /** Columns of other tables that are left out, by table. */
  readonly made: ReadonlyMap<string, { readonly table: TableRef; readonly columns: readonly string[] }>;
};

/** One expression for each column: its value, or a word that stands for what every run has anew. */
export function columnExpressions({ shape }: ReadableTable, { facts, ignored, renewed, now, made }: ColumnsPlan): readonly string[] {
  const alias = aliasFor(shape.columns);
  return facts.columns
    .filter(({ name }) => !ignored.includes(name))
    .map(({ name, type, isTime, isZoned }) => {
      const column = `${alias}.${quoteName(name)}`;
      const former = renewed.get(name);
      if (former !== undefined) return `CASE WHEN ${column}::text = ANY (${literal(former)}::text[]) THEN ${column}::text ELSE '<new>' END`;
      const moments = isZoned ? [now.zoned] : now.bare;
      if (isTime) return `CASE WHEN ${moments.map((text) => `${column} = ${literal(text)}::${type}`).join(' OR ')} THEN '<now>' ELSE ${column}::text END`;
      const parents = facts.references.filter((reference) => reference.column === name).flatMap(({ table, key }) => (made.get(table)?.columns.includes(key) === true ? [{ key, ref: made.get(table)?.table }] : []));
      const [parent] = parents;
      if (!parent?.ref) return column;
      const fresh = `SELECT countersign_.${quoteName(parent.key)} FROM ${qualified(parent.ref)} AS countersign_ WHERE age(countersign_.xmin) <= 0`;
      return `CASE WHEN ${column} IN (${fresh}) THEN '<new>' ELSE ${column}::text END`;
    });
}

/** Texts of the server's own, or of ours. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
