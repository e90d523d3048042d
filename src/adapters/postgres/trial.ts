/**
 * Tries a definition on empty copies of its table and of those its foreign keys lead to, in a transaction that is rolled back:
 * what it would lock, write anew and read in full is learned without doing so to a big table. The tables themselves are locked
 * as by anybody who reads them.
 */
import { randomUUID } from 'node:crypto';
import type { ChangeRequest } from '../../app/ports.ts';
import { epochMs } from '../../core/brand.ts';
import type { CatalogRow } from '../../core/effect/catalog.ts';
import { holdLocks } from '../../core/effect/locks.ts';
import type { Preview, TableRef } from '../../core/effect/preview.ts';
import { effectOfTrial, type CopiedTable } from '../../core/effect/trial.ts';
import { moveTo, referencedNames } from '../../core/sql/postgres/relationNames.ts';
import { tableLockOf } from '../../core/sql/postgres/tableLocks.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { StepResult } from './batch.ts';
import { rollBack, type Context } from './context.ts';
import { writtenSql } from './ddlSql.ts';
import { guardItem, guardValues } from './guards.ts';
import { targetNames } from './measure.ts';
import { arrayLiteral, quoteName } from './quote.ts';
import { copiesSql, costSql, trialSql } from './trialSql.ts';

const tried: ReadonlySet<string> = new Set(['alter-table', 'create-index']);
/** They make other tables part of this one, or of another, where those are locked and read. */
const ties = /\b(?:attach|detach|inherit|of)\b/iu;

type TableJson = TableRef & { readonly isHome: boolean; readonly kind: string; readonly rows: number };
type PlanJson = { readonly tables: readonly TableJson[] | null; readonly mayCreate: boolean; readonly mayCreateTemporary: boolean; readonly statements: readonly string[] | null };
type CostJson = { readonly id: string; readonly storage: string; readonly scans: number };
type Plan = { readonly home: TableRef; readonly tables: readonly TableJson[]; readonly statements: readonly string[]; readonly schema: string; readonly text: string; readonly path: string };

/** What it would do, or `undefined` when it cannot be tried: it stays to be asked whether to run it at all. Never rejects. */
export async function tryOnCopy(context: Context, { statements, limits, signal }: ChangeRequest): Promise<Preview | undefined> {
  const [statement] = statements;
  if (!statement || statements.length > 1 || !tried.has(statement.kind) || ties.test(statement.text)) return undefined;
  try {
    const plan = await makePlan(context, statement, signal);
    const ran = plan && (await run(context, plan, signal));
    if (!ran) return undefined;
    const now = context.clock.now();
    const locks = [{ table: plan.home, mode: tableLockOf(statement.text) }, ...ran.referenced.map((table) => ({ table, mode: 'ShareRowExclusiveLock' }))];
    return {
      statements: [{ text: statement.text, commandTag: ran.commandTag, rows: 0 }],
      effects: [],
      permanent: [],
      definition: effectOfTrial({ ...ran, schema: ran.schema, home: plan.home.schema, text: statement.text }),
      locks: holdLocks(locks),
      notices: [],
      openedAt: now,
      expiresAt: epochMs(now + limits.holdMs),
    };
  } catch {
    // What a server of another kind answers here, nobody needs to know: the question whether to run it is asked all the same.
    return undefined;
  } finally {
    await rollBack(context.line);
  }
}

async function makePlan({ line, guards }: Context, statement: ClassifiedStatement, signal: AbortSignal): Promise<Plan | undefined> {
  const [name] = targetNames([statement]);
  if (name === undefined) return undefined;
  const others = referencedNames(statement.text).map(({ schema, table }) => (schema === undefined ? quoteName(table) : `${quoteName(schema)}.${quoteName(table)}`));
  const begun = await line.run(
    [
      { text: 'BEGIN TRANSACTION READ WRITE' },
      { text: `SELECT ${guardItem(1)}, pg_catalog.set_config('lock_timeout', '500', true), pg_catalog.set_config('statement_timeout', '10000', true)`, values: guardValues(guards) },
      { text: "SELECT pg_catalog.current_setting('search_path'), pg_catalog.to_regclass($1)::pg_catalog.oid, ARRAY(SELECT pg_catalog.to_regclass(t.name)::pg_catalog.oid FROM pg_catalog.unnest($2::pg_catalog.text[]) AS t(name))", values: [name, arrayLiteral(others)] },
    ],
    { signal, deadlineMs: 15_000 },
  );
  const [path, home, referenced] = begun.kind === 'complete' ? (begun.results[2]?.rows[0] ?? []) : [];
  if (path == null || home == null || referenced == null || referenced.includes('NULL')) return undefined;
  const own = `countersign_trial_${randomUUID().slice(0, 8)}`;
  return await readPlan({ line, path, text: statement.text, signal }, [home, referenced, own]);
}

async function readPlan({ line, path, text, signal }: Pick<Context, 'line'> & { readonly path: string; readonly text: string; readonly signal: AbortSignal }, [home, referenced, own]: readonly [string, string, string]): Promise<Plan | undefined> {
  const ask = async (schema: string): Promise<PlanJson | undefined> => {
    const end = await line.run([{ text: 'SET LOCAL search_path = pg_catalog, pg_temp' }, { text: trialSql, values: [home, referenced, schema] }], { signal, deadlineMs: 15_000 });
    return end.kind === 'complete' ? parse<PlanJson>(end.results[1]) : undefined;
  };
  const first = await ask(own);
  const schema = first?.mayCreate === true ? own : 'pg_temp';
  const plan = schema === own ? first : await ask(schema);
  const tables = plan?.tables ?? [];
  const target = tables.find(({ isHome }) => isHome);
  const isPossible = plan && target && (plan.mayCreate || plan.mayCreateTemporary) && tables.every(({ kind }) => kind === 'r') && new Set(tables.map(({ table }) => table)).size === tables.length;
  const moved = moveTo(text, tables, schema);
  return isPossible && moved !== undefined ? { home: { schema: target.schema, table: target.table }, tables, statements: plan.statements ?? [], schema, text: moved, path } : undefined;
}

type Ran = { readonly commandTag: string; readonly schema: string; readonly copies: readonly CopiedTable[]; readonly before: readonly CatalogRow[]; readonly after: readonly CatalogRow[]; readonly referenced: readonly TableRef[] };

async function run({ line }: Context, plan: Plan, signal: AbortSignal): Promise<Ran | undefined> {
  const { schema, statements, path, text, tables } = plan;
  const apart = { text: 'SET LOCAL search_path = pg_catalog, pg_temp' };
  const written = { text: writtenSql, values: ['false'] };
  const making = [...(schema === 'pg_temp' ? [] : [{ text: `CREATE SCHEMA ${schema}` }]), ...statements.map((each) => ({ text: each }))];
  // A temporary schema has a name of its own.
  const place = `SELECT n.nspname FROM pg_namespace AS n WHERE ${schema === 'pg_temp' ? 'n.oid = pg_my_temp_schema()' : `n.nspname = '${schema}'`}`;
  const steps = [
    apart,
    ...making,
    { text: place },
    { text: copiesSql.replace('$1', `(${place})`) },
    { text: costSql },
    written,
    { text: 'SELECT pg_catalog.set_config($1, $2, true)', values: ['search_path', `${schema}, ${path}`] },
    { text, discard: true },
    { text: 'SET CONSTRAINTS ALL IMMEDIATE' },
    apart,
    { text: costSql },
    written,
    { text: 'ROLLBACK' },
  ];
  const end = await line.run(steps, { signal, deadlineMs: 30_000 });
  if (end.kind !== 'complete') return undefined;
  const results = end.results.slice(1 + making.length);
  const ids = new Map((parse<readonly { readonly id: string; readonly table: string }[]>(results[1]) ?? []).map(({ id, table }) => [table, id]));
  const [costBefore, costAfter] = [results[2], results[8]].map((result) => new Map((parse<readonly CostJson[]>(result) ?? []).map((cost) => [cost.id, cost])));
  const referenced = referencedNames(text).flatMap(({ table }) => tables.filter((each) => each.table === table && !each.isHome));
  return {
    commandTag: results[5]?.tag ?? '',
    schema: results[0]?.rows[0]?.[0] ?? schema,
    copies: tables.map(({ schema: of, table, rows }): CopiedTable => {
      const [old, now] = [costBefore, costAfter].map((costs) => costs?.get(ids.get(table) ?? ''));
      return { table: { schema: of, table }, rows, isRewritten: old !== undefined && now !== undefined && old.storage !== now.storage, isScanned: (now?.scans ?? 0) > (old?.scans ?? 0) };
    }),
    before: parse<{ readonly rows: readonly CatalogRow[] | null }>(results[3])?.rows ?? [],
    after: parse<{ readonly rows: readonly CatalogRow[] | null }>(results[9])?.rows ?? [],
    referenced: referenced.map(({ schema: of, table }) => ({ schema: of, table })),
  };
}

function parse<Json>(result: StepResult | undefined): Json | undefined {
  const text = result?.rows[0]?.[0];
  return text == null ? undefined : (JSON.parse(text) as Json);
}
