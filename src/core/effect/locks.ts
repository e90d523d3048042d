/** Which locks of a change others may wait for. */
import type { HeldLock, TableRef } from './preview.ts';

/** PostgreSQL's table locks by what else they keep out, strongest first. Two that only readers take are not here. */
const blocks: readonly (readonly [mode: string, blocks: HeldLock['blocks']])[] = [
  ['AccessExclusiveLock', 'reads and writes'],
  ['ExclusiveLock', 'writes'],
  ['ShareRowExclusiveLock', 'writes'],
  ['ShareLock', 'writes'],
  ['ShareUpdateExclusiveLock', 'definitions'],
  ['RowExclusiveLock', 'definitions'],
];

/** The strongest lock on each table, strongest first. A mode nobody planned for is treated as the worst. */
export function holdLocks(locks: readonly { readonly table: TableRef; readonly mode: string }[]): readonly HeldLock[] {
  const strongest = new Map<string, { readonly table: TableRef; readonly mode: string }>();
  for (const lock of locks.toSorted((a, b) => strength(a.mode) - strength(b.mode))) {
    const name = JSON.stringify([lock.table.schema, lock.table.table]);
    if (!strongest.has(name)) strongest.set(name, lock);
  }
  return [...strongest.values()].map(({ table, mode }) => ({ table, mode, blocks: blocks.find(([known]) => known === mode)?.[1] ?? 'reads and writes' }));
}

function strength(mode: string): number {
  return blocks.findIndex(([known]) => known === mode);
}
