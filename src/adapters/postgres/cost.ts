/**
 * Whether a change is worth its cost is asked before anything of it runs, in the same round trip: the server plans the
 * statements, and skips everything behind when it expects more row operations than may pass unasked.
 */
import type { ChangeRequest } from '../../app/ports.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { Step } from './batch.ts';
import { targetNames } from './measure.ts';

/** SQLSTATE of a plan that costs too much; of a class that the server does not use. */
export const costlyState = 'CSCST';

const planned: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'merge']);

/** Reasons that say that a definition reads or writes a whole table while it keeps others out. */
const wholeTable: ReadonlySet<string> = new Set(['table-rewrite', 'full-scan', 'index-not-concurrent']);

/** Nothing when nobody wants to be asked, or nothing can be planned. */
export function costSteps({ statements, limits }: Pick<ChangeRequest, 'statements' | 'limits'>): readonly Step[] {
  const { maxExpectedRows } = limits;
  if (maxExpectedRows === undefined || !statements.some((statement) => isPlanned(statement) || takesWholeTable(statement))) return [];
  return [{ text: costSql(statements, maxExpectedRows) }];
}

/** What the server expects, or `undefined` when the error is another one. */
export function parseCost(error: Error): { readonly expectedRows: number; readonly statement: number } | undefined {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const found = code === costlyState ? /^(\d+) rows by statement (\d+)$/u.exec(message) : null;
  return found ? { expectedRows: Number(found[1]), statement: Number(found[2]) } : undefined;
}

function isPlanned({ kind }: ClassifiedStatement): boolean {
  return planned.has(kind);
}

function takesWholeTable({ reasons }: ClassifiedStatement): boolean {
  return reasons.some(({ code }) => wholeTable.has(code));
}

/**
 * Rows are expected below each node that changes a table. What cannot be planned yet, e.g. because an earlier statement makes
 * the table, is not asked about; a mistake in it is reported by the statement itself. A definition that takes a whole table is
 * expected to take as many rows as the table and its partitions have. The session's own search path holds, so everything of ours is qualified.
 */
function costSql(statements: readonly ClassifiedStatement[], cap: number): string {
  const texts = statements.map((statement) => (isPlanned(statement) ? quoteText(`EXPLAIN (FORMAT JSON) ${statement.text}`) : 'NULL'));
  const tables = statements.map((statement) => (takesWholeTable(statement) ? `ARRAY[${targetNames([statement]).map(quoteText).join(', ')}]::pg_catalog.text[]::pg_catalog.text` : 'NULL'));
  const body = `
DECLARE
  texts pg_catalog.text[] := ARRAY[${texts.join(', ')}]::pg_catalog.text[];
  tables pg_catalog.text[] := ARRAY[${tables.join(', ')}]::pg_catalog.text[];
  plan pg_catalog.json;
  expected pg_catalog.numeric;
  worst pg_catalog.numeric := 0;
  place pg_catalog.int4 := 0;
BEGIN
  FOR i IN 1 .. pg_catalog.cardinality(texts) LOOP
    CONTINUE WHEN texts[i] IS NULL AND tables[i] IS NULL;
    BEGIN
      IF tables[i] IS NOT NULL THEN
        SELECT COALESCE(pg_catalog.max(s.total), 0) INTO expected FROM pg_catalog.unnest(tables[i]::pg_catalog.text[]) AS t(name) CROSS JOIN LATERAL (
          SELECT pg_catalog.sum(${knownRows('c')}) AS total FROM pg_catalog.pg_class AS c
          WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,m}'::pg_catalog."char"[]) AND (c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(t.name)::pg_catalog.oid
            OR c.oid OPERATOR(pg_catalog.=) ANY (SELECT p.relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass(t.name)) AS p(relid, parentrelid, isleaf, level)))) AS s;
      ELSE
        EXECUTE texts[i] INTO plan;
        SELECT s.total INTO expected FROM (
          SELECT COALESCE(pg_catalog.sum(r.value::pg_catalog.text::pg_catalog.numeric), 0) AS total
          FROM pg_catalog.jsonb_path_query(plan::pg_catalog.jsonb,
            'strict $.**?(@."Node Type" == "ModifyTable").Plans[*]?(@."Parent Relationship" == "Outer" || @."Parent Relationship" == "Member")."Plan Rows"', '{}', true) AS r(value)) AS s;
      END IF;
    EXCEPTION WHEN OTHERS THEN
      -- A lock that cannot be had is not waited for twice.
      IF SQLSTATE OPERATOR(pg_catalog.=) '55P03' THEN RAISE; END IF;
      expected := 0;
    END;
    IF expected OPERATOR(pg_catalog.>) worst THEN
      worst := expected;
      place := i OPERATOR(pg_catalog.-) 1;
    END IF;
  END LOOP;
  IF worst OPERATOR(pg_catalog.>) ${String(Math.round(cap))} THEN
    RAISE EXCEPTION '% rows by statement %', pg_catalog.round(worst), place USING ERRCODE = '${costlyState}';
  END IF;
END`;
  return `DO LANGUAGE plpgsql ${quoteText(body)}`;
}

/** A table nobody has analysed yet may be large all the same: then its size tells, with rows that are not small. */
function knownRows(table: string): string {
  const bySize = `CASE WHEN ${table}.reltuples OPERATOR(pg_catalog.<) 0::pg_catalog.float4 THEN pg_catalog.pg_relation_size(${table}.oid) OPERATOR(pg_catalog./) 200 ELSE 0 END`;
  return `GREATEST(${table}.reltuples::pg_catalog.numeric, pg_catalog.pg_stat_get_live_tuples(${table}.oid)::pg_catalog.numeric, (${bySize})::pg_catalog.numeric)`;
}

/** As a string whatever is inside; backslashes mean nothing, because the session keeps standard strings. */
function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
