/**
 * The lock that a definition takes on its table, as the manual says it ("ALTER TABLE", "Explicit Locking"). What is not listed
 * takes the strongest, as in the manual.
 */
import { outerTokens } from './relationNames.ts';

export type TableLock = 'AccessExclusiveLock' | 'ShareRowExclusiveLock' | 'ShareLock' | 'ShareUpdateExclusiveLock';

const strongestFirst: readonly TableLock[] = ['AccessExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock', 'ShareUpdateExclusiveLock'];

/** What each subcommand begins with; the first that fits. */
const weaker: readonly (readonly [pattern: RegExp, lock: TableLock])[] = [
  [/^add (?:constraint \S+ )?foreign key/u, 'ShareRowExclusiveLock'],
  [/^(?:enable|disable) (?:replica |always )?trigger/u, 'ShareRowExclusiveLock'],
  [/^validate constraint/u, 'ShareUpdateExclusiveLock'],
  [/^alter (?:column )?\S+ (?:set statistics|(?:re)?set \()/u, 'ShareUpdateExclusiveLock'],
  [/^(?:cluster on|set without cluster)/u, 'ShareUpdateExclusiveLock'],
];

/** Of an ALTER TABLE or a CREATE INDEX that runs in a transaction. */
export function tableLockOf(text: string): TableLock {
  const tokens = outerTokens(text);
  if (tokens[0] === 'create') return 'ShareLock';
  const locks = subcommands(tokens).map((words) => weaker.find(([pattern]) => pattern.test(words))?.[1] ?? 'AccessExclusiveLock');
  return strongestFirst.find((lock) => locks.includes(lock)) ?? 'AccessExclusiveLock';
}

/** What stands behind the name of the table, split at commas. */
function subcommands(tokens: readonly string[]): readonly string[] {
  const header = /^alter table (?:if exists )?(?:only )?\S+(?: \. \S+)* (?:\* )?/u;
  return tokens.join(' ').replace(header, '').split(' , ');
}
