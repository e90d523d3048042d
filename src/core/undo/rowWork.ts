/** What has to be done to the rows of a table to bring back what was there before. */
import type { Row } from '../effect/preview.ts';
import type { UndoTable, UniqueRule } from './undoTable.ts';

export type Update = { readonly before: Row; readonly after: Row };

export type RowWork = {
  readonly table: UndoTable;
  /** Rows as the change left them, to be deleted. */
  readonly remove: readonly Row[];
  /** Rows as they were, to be inserted. */
  readonly restore: readonly Row[];
  readonly update: readonly Update[];
};

export type RowWorkEnd = { readonly kind: 'work'; readonly work: RowWork } | { readonly kind: 'none'; readonly reason: string };

/** Updates that the server would refuse on the way back become a deletion and an insertion. */
export function planRows(table: UndoTable): RowWorkEnd {
  const updates = table.changes.flatMap((change): Update[] => (change.kind === 'updated' ? [change] : []));
  const immovable = updates.filter((update) => changes(table, update).some((column) => table.columns[column]?.isIdentityAlways));
  const colliding = collisions(table, updates);
  const rebuilt = new Set([...immovable, ...colliding.sure]);
  if (rebuilt.size > 0 && table.isReferenced) return { kind: 'none', reason: immovable.length > 0 ? identityReason(table) : collisionReason(table) };
  // Where only the server can tell, deleting and inserting is the way that always works, if nothing else hangs on the rows.
  if (!table.isReferenced) for (const update of colliding.possible) rebuilt.add(update);
  return {
    kind: 'work',
    work: {
      table,
      remove: [...table.changes.flatMap((change) => (change.kind === 'inserted' ? [change.after] : [])), ...[...rebuilt].map(({ after }) => after)],
      restore: [...table.changes.flatMap((change) => (change.kind === 'deleted' ? [change.before] : [])), ...[...rebuilt].map(({ before }) => before)],
      update: updates.filter((update) => !rebuilt.has(update) && changes(table, update).length > 0),
    },
  };
}

/** Positions of the columns whose value has to be written back. */
export function changes({ columns }: UndoTable, { before, after }: Update): readonly number[] {
  return columns.flatMap((column, position) => (!column.isGenerated && before[position] !== after[position] ? [position] : []));
}

/**
 * Updates that would for a moment make two rows alike where they must differ: the server checks row by row.
 * `sure`: another updated row still holds the value. `possible`: the rule is an expression or has a condition.
 */
function collisions(table: UndoTable, updates: readonly Update[]): { readonly sure: readonly Update[]; readonly possible: readonly Update[] } {
  const sure = new Set<Update>();
  const possible = new Set<Update>();
  for (const rule of table.uniques) {
    const moved = updates.filter((update) => changes(table, update).some((column) => rule.columns.includes(column)));
    if (moved.length < 2) continue;
    if (!rule.isExact) for (const update of moved) possible.add(update);
    else for (const update of occupied(rule, moved)) sure.add(update);
  }
  return { sure: [...sure], possible: [...possible] };
}

function occupied({ columns }: UniqueRule, moved: readonly Update[]): readonly Update[] {
  const valueOf = (row: Row) => JSON.stringify(columns.map((column) => row[column] ?? null));
  const held = new Set(moved.map(({ after }) => valueOf(after)));
  return moved.filter(({ before }) => held.has(valueOf(before)));
}

function identityReason({ table }: UndoTable): string {
  return `a row of ${table.schema}.${table.table} was replaced by one with another generated number, and rows elsewhere depend on it.`;
}

function collisionReason({ table }: UndoTable): string {
  return `rows of ${table.schema}.${table.table} exchanged values that must be unique, and rows elsewhere depend on them.`;
}
