/** Whether MySQL's and MariaDB's description of a result can be believed: of derived tables and unions it names the wrong columns. Pure. */
import { tokenize } from '../sql/mysql/tokenize.ts';
import { tokenKind, type MysqlDialect } from '../sql/mysql/tokens.ts';

/** Each of these makes a table of its own, under a name of its own. */
const makesTable: ReadonlySet<string> = new Set(['WITH', 'UNION', 'EXCEPT', 'INTERSECT', 'MINUS', 'TABLE', 'VALUES', 'JSON_TABLE', 'PROCEDURE', 'LATERAL', 'SET', 'EXECUTE', 'CALL', 'RETURNING']);

/** One SELECT over tables, and nothing beside it. Where quotes or comments could be read in another way, it is none. */
export function isFlatSelect(text: string, dialect: MysqlDialect): boolean {
  const tokens = tokenize(text, { dialect, ansiQuotes: false, noBackslashEscapes: false, swallowingCharset: false });
  if (tokens.failure !== undefined || tokens.backslashInText || tokens.backslashInDoubleQuotes || tokens.swallowable || tokens.skippedExecutables.length > 0) return false;
  let selects = 0;
  for (let index = 0; index < tokens.count; index += 1) {
    const kind = tokens.kind[index];
    if (kind === tokenKind.executable || kind === tokenKind.dollarText || kind === tokenKind.illegal) return false;
    if (kind !== tokenKind.word) continue;
    const word = text.slice(tokens.start[index], tokens.end[index]).toUpperCase();
    if (makesTable.has(word)) return false;
    if (word === 'SELECT') selects += 1;
  }
  return selects === 1;
}
