/** How classes and risks are called where there is room for a few words only. */
import type { StatementClass } from './verdict.ts';

/** What a statement of that class does. No full stop. */
export const classWords: Readonly<Record<StatementClass, string>> = {
  read: 'Only reads',
  session: 'Changes this session only',
  txn: 'Begins, ends or changes a transaction',
  write: 'Changes rows',
  ddl: 'Changes definitions',
  admin: 'Acts on the server, or outside of the database',
  privilege: 'Changes who may do what',
  destructive: 'Takes data away, or may touch every row',
  unknown: 'What it does cannot be told from the text',
};

const keywords: ReadonlyMap<string, string> = new Map([['where', 'WHERE'], ['limit', 'LIMIT']]);

/** `no WHERE`, `table rewrite`: the code of a rule in words. */
export function riskTitle(code: string): string {
  return code.split('-').map((word) => keywords.get(word) ?? word).join(' ');
}
