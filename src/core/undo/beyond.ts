/** What is still different behind a way back that was tried: said beforehand where a trigger does it, refused where nothing explains it. */
import { rows } from '../effect/describe.ts';
import type { TableRef } from '../effect/preview.ts';
import type { ForeignKey, Trigger } from '../effect/why.ts';
import type { RowCounts } from '../effect/counters.ts';

/** A table that is not as it was, behind the way back. */
export type StillDifferent = {
  readonly id: string;
  readonly table: TableRef;
  /** Rows that differ from what they were before the change. */
  readonly rows: number;
  /** The change itself wrote to it. */
  readonly isOfChange: boolean;
};

export type WayBackFacts = {
  /** What the way back did to each table, partitions under their root. */
  readonly operations: ReadonlyMap<string, RowCounts>;
  readonly foreignKeys: readonly ForeignKey[];
  readonly triggers: readonly Trigger[];
  readonly nameOf: (id: string) => string;
};

export type Remaining = { readonly reason?: string; readonly leaves: readonly string[] };

/** Tables by the root of their partitions. */
export function explainRemaining(tables: readonly StillDifferent[], facts: WayBackFacts): Remaining {
  const leaves: string[] = [];
  for (const each of tables) {
    const name = `${each.table.schema}.${each.table.table}`;
    const trigger = isReachedByKey(each, facts) ? undefined : facts.triggers.find((candidate) => hasFired(candidate, facts) && (candidate.table === each.id || candidate.mentions.includes(each.id)));
    if (!trigger) {
      const reason = each.isOfChange ? `rows of ${name} would not come back as they were.` : `taking it back would change rows of ${name}, which the change did not touch.`;
      return { reason, leaves: [] };
    }
    const by = `the trigger ${trigger.name} on ${facts.nameOf(trigger.table)}`;
    leaves.push(each.isOfChange ? `In ${name} ${rows(each.rows)} ${each.rows === 1 ? 'does' : 'do'} not come back exactly as before: ${by} changes rows on the way back.` : `On the way back ${by} writes to ${name}.`);
  }
  return { leaves };
}

const countOf = { insert: 'inserted', update: 'updated', delete: 'deleted' } as const;

/** Whether it fired on the way back; then it may have given rows other values on their way. */
export function hasFired({ table, events }: Trigger, { operations }: Pick<WayBackFacts, 'operations'>): boolean {
  const counts = operations.get(table);
  return counts !== undefined && events.some((event) => counts[countOf[event]] > 0);
}

/** A row that goes and comes back at once takes its children with it, where the foreign key says so. */
function isReachedByKey({ id }: StillDifferent, { foreignKeys, operations }: WayBackFacts): boolean {
  return foreignKeys.some(({ child, parent, onDelete, onUpdate }) => {
    const counts = child === id ? operations.get(parent) : undefined;
    return counts !== undefined && ((counts.deleted > 0 && onDelete !== 'none') || (counts.updated > 0 && onUpdate !== 'none'));
  });
}
