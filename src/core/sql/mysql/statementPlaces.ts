/** Finds statements in a script without looking at what they do: for the caret and for marks in the editor. */
import type { StatementPlace } from '../statementPlaces.ts';
import { splitStatements } from './split.ts';
import type { MysqlDialect } from './tokens.ts';
import { tokenize } from './tokenize.ts';

/** The statements of a script, in order, under the server's default sql_mode. DELIMITER lines belong to none. */
export function mysqlPlaces(text: string, dialect: MysqlDialect): readonly StatementPlace[] {
  const tokens = tokenize(text, { dialect, ansiQuotes: false, noBackslashEscapes: false, swallowingCharset: false });
  return splitStatements(tokens).map(({ first, last }) => {
    const end = tokens.end[last - 1] ?? text.length;
    const cut = tokens.cuts.find((each) => each.token === last && each.start >= end && !each.isCommand);
    const next = cut?.end ?? (last < tokens.count && tokens.word[last] === ';' ? tokens.end[last] : undefined) ?? end;
    return { start: tokens.start[first] ?? 0, end, next };
  });
}
