/** From what a change wrote to its preview. */
import type { ChangeRequest } from '../../../app/ports.ts';
import { epochMs } from '../../../core/brand.ts';
import { totalOf } from '../../../core/effect/counters.ts';
import { quoteName } from '../../../core/effect/mysql/keyText.ts';
import type { Preview, RanStatement, TableEffect } from '../../../core/effect/preview.ts';
import { explainTable, type Causes, type TouchedTable } from '../../../core/effect/why.ts';
import type { ClassifiedStatement } from '../../../core/sql/verdict.ts';
import { commandTag } from '../commandTag.ts';
import type { Context } from '../context.ts';
import type { StatementAccount, TableAccount } from './account.ts';
import { ask, errnoOf } from './asking.ts';
import { tableId, type TableId } from './catalog.ts';
import type { Measured } from './measure.ts';
import type { Plan } from './plan.ts';
import { qualifiedName } from './rows.ts';

export async function previewOf(context: Context, { statements, limits }: ChangeRequest, measured: Measured): Promise<Preview> {
  const { plan, tables, accounts, completeness, written } = measured;
  const sizes = await countTables(measured);
  const effects = effectsOf(plan, tables, completeness.exactness).map((effect) => withSize(effect, sizes));
  return {
    statements: statements.map((statement, index) => toRan(statement, accounts[index], shareOf(measured, index), limits.returnedRows)),
    effects,
    permanent: permanentOf(measured, statements),
    ...(completeness.unlisted === undefined ? {} : { unlisted: completeness.unlisted }),
    notices: measured.notices,
    transactionId: written.transactionId ?? `connection ${context.threadId}`,
    openedAt: measured.openedAt,
    expiresAt: epochMs(context.clock.now() + limits.holdMs),
  };
}

function effectsOf(plan: Plan, tables: ReadonlyMap<TableId, TableAccount>, exactness: TableEffect['exactness']): readonly TableEffect[] {
  const groups = new Map<string, TouchedTable>();
  for (const [id, { operations }] of tables) {
    const facts = plan.tables.get(id);
    const { inserted, updated, deleted } = operations;
    if (facts && totalOf(operations) > 0) groups.set(id, { id, table: facts.ref, counts: { inserted, updated, deleted }, emptied: false });
  }
  const causes = causesOf(plan);
  return [...groups.values()]
    .map((group): TableEffect => {
      const cause = tables.get(group.id)?.cause ?? 'unknown';
      const why = explainTable(group, { groups, roots: new Map(), causes }, cause);
      return { table: group.table, ...group.counts, why, cause, ...(exactness === undefined ? {} : { exactness }) };
    })
    .toSorted((a, b) => compare(a.table.schema, b.table.schema) || compare(a.table.table, b.table.table));
}

function causesOf({ statements, foreignKeys, triggers, mentioned, views, viewTables }: Plan): Causes {
  const targets = statements.flatMap(({ write }): readonly TableId[] => {
    switch (write.kind) {
      case 'rows':
        return write.taken.map(({ facts }) => facts.id);
      case 'adds':
        return [write.facts.id];
      case 'opaque':
        return write.targets.map(({ id }) => id);
      case 'nothing':
        return [];
    }
  });
  return {
    // What is behind a view is what the statement means.
    targets: [...targets, ...viewTables],
    views: views.map((view) => ({ ...view, id: tableId(view) })),
    foreignKeys,
    triggers: triggers.map((trigger) => ({ table: trigger.table, name: trigger.name, events: [trigger.event], mentions: mentioned.get(trigger) ?? [] })),
    inheritance: [],
  };
}

/** By code unit, so that every machine sorts alike. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Its own share, where the shares together are the whole. */
function shareOf({ plan, tables, accounts, completeness }: Measured, index: number): readonly TableEffect[] | undefined {
  if (accounts.length < 2 || completeness.exactness !== 'exact') return undefined;
  const whole = [...tables].every(([id, { operations }]) => {
    const sum = accounts.reduce((total, account) => total + totalOf(account.tables.get(id)?.operations ?? none), 0);
    return sum === totalOf(operations);
  });
  const own = accounts[index];
  return whole && own ? effectsOf(plan, own.tables, completeness.exactness) : undefined;
}

const none = { inserted: 0, updated: 0, deleted: 0 };

function toRan(statement: ClassifiedStatement, account: StatementAccount | undefined, effects: readonly TableEffect[] | undefined, keep = 0): RanStatement {
  const { text } = statement;
  if (!account) return { text, commandTag: '', rows: 0 };
  const { result } = account;
  const rows = result.fields.length > 0 ? result.rows.length : result.affectedRows;
  return { text, commandTag: commandTag(statement, [result], rows), rows, ...(effects ? { effects } : {}), ...(keep > 0 && result.rows.length > 0 ? { returned: result.rows.slice(0, keep) } : {}) };
}

function permanentOf({ plan, tables }: Measured, statements: readonly ClassifiedStatement[]): readonly string[] {
  const numbered = [...tables].flatMap(([id, { operations }]) => {
    const facts = plan.tables.get(id);
    return facts && operations.inserted > 0 && facts.columns.some(({ isAutoIncrement }) => isAutoIncrement) ? [`${facts.ref.schema}.${facts.ref.table}`] : [];
  });
  return [
    ...numbered.toSorted().map((name) => `Automatic numbers that rows of ${name} took stay used after a rollback.`),
    ...(statements.some(({ text }) => /\bget_lock\s*\(/i.test(text)) ? ['Named locks taken with GET_LOCK are kept until the session ends, whatever is rolled back.'] : []),
  ];
}

/** Larger tables are not counted for this: the server's estimate will do. */
const maxCounted = 100_000;

/** Rows the statements' own tables had before. */
async function countTables({ plan, tables, former }: Measured): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const [id, { cause, operations }] of tables) {
    const facts = plan.tables.get(id);
    if (!facts || cause === 'cascade' || cause === 'trigger' || operations.updated + operations.deleted === 0 || sizes.size >= 5) continue;
    const { schema, table } = facts.ref;
    try {
      const { rows } = await ask(former, `SELECT COUNT(*) FROM (SELECT 1 FROM ${qualifiedName(facts)} LIMIT ${String(maxCounted + 1)}) AS ${quoteName('counted')}`);
      const counted = Number(rows[0]?.[0] ?? 0);
      sizes.set(JSON.stringify([schema, table]), counted > maxCounted ? Math.max(facts.rows, counted) : counted);
    } catch (thrown) {
      if (errnoOf(thrown) === undefined) throw thrown;
    }
  }
  return sizes;
}

function withSize(effect: TableEffect, sizes: ReadonlyMap<string, number>): TableEffect {
  const tableRows = sizes.get(JSON.stringify([effect.table.schema, effect.table.table]));
  return tableRows === undefined ? effect : { ...effect, tableRows };
}
