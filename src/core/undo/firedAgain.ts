/** Triggers of people fire again on the way back. What they wrote the first time is theirs to take back, where they can. */
import type { RowCounts } from '../effect/counters.ts';
import type { TableRef } from '../effect/preview.ts';
import { groupByTrigger, type Trigger } from '../effect/why.ts';

export type TouchedByChange = {
  readonly id: string;
  readonly table: TableRef;
  readonly counts: RowCounts;
  /** A statement names it, or a foreign key reached it: not only a trigger can have written here. */
  readonly isOwn: boolean;
};

export type FiredAgain = {
  /** Tables that the same triggers write to on the way back: a log gets new lines, a sum is corrected. */
  readonly left: ReadonlySet<string>;
  readonly leaves: readonly string[];
  /** Triggers that fire on the way back, on tables that come back. */
  readonly firing: readonly Trigger[];
};

/** The event by which each kind of change is taken back. */
const inverse = { inserted: 'delete', updated: 'update', deleted: 'insert' } as const;

export function findFiredAgain(tables: readonly TouchedByChange[], triggers: readonly Trigger[]): FiredAgain {
  const firing = triggers.flatMap((trigger) => {
    const on = tables.find(({ id }) => id === trigger.table);
    return on && fires(trigger, on) ? [{ trigger, on }] : [];
  });
  const left = new Set(
    tables.filter(({ id, isOwn }) => !isOwn && firing.some(({ trigger, on }) => on.isOwn && on.id !== id && trigger.mentions.includes(id))).map(({ id }) => id),
  );
  const undone = firing.filter(({ on }) => !left.has(on.id));
  return {
    left,
    firing: undone.map(({ trigger }) => trigger),
    leaves: [
      ...groupByTrigger(undone.map(({ trigger, on }) => ({ trigger: trigger.name, on: nameOf(on.table) }))).map((named) => `The ${named} fires again.`),
      ...tables.filter(({ id }) => left.has(id)).map(({ table }) => `${nameOf(table)} is not restored: the trigger that wrote to it does so again.`),
    ],
  };
}

function fires({ events }: Trigger, { counts }: TouchedByChange): boolean {
  return (['inserted', 'updated', 'deleted'] as const).some((kind) => counts[kind] > 0 && events.includes(inverse[kind]));
}

function nameOf({ schema, table }: TableRef): string {
  return `${schema}.${table}`;
}
