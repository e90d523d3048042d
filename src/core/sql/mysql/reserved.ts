/** Which words cannot be names without quotes. */

import { reservedInBoth, reservedInMariadb, reservedInMysql } from './keywords.data.ts';
import { tokenKind } from './tokens.ts';
import type { MysqlDialect, Tokens } from './tokens.ts';

const reserved: Record<MysqlDialect, ReadonlySet<string>> = {
  mysql: new Set([...reservedInBoth, ...reservedInMysql]),
  mariadb: new Set([...reservedInBoth, ...reservedInMariadb]),
};

/** Whether a keyword, in upper case, is reserved by the dialect. */
export function isReserved(dialect: MysqlDialect, word: string): boolean {
  return reserved[dialect].has(word);
}

/** Whether the token can stand for the name of something. */
export function canBeName(tokens: Tokens, at: number): boolean {
  const kind = tokens.kind[at];
  if (kind === tokenKind.quoted) return true;
  return kind === tokenKind.word && (tokens.word[at] === '' || !isReserved(tokens.mode.dialect, tokens.word[at] as string));
}
