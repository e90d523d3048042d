/** Decides whether `name (` is harmless: default is no. */

import { upperAscii } from './asciiCase.ts';
import { findWord } from './clauses.ts';
import { only, raise } from './draft.ts';
import type { Draft } from './draft.ts';
import {
  keywordInBoth, keywordInMariadb, keywordInMysql, nativeElsewhere, nativeInBoth, nativeInMariadb, nativeInMysql, nativeInNewerMariadb,
  tightInBoth, tightInMariadb, tightInMysql,
} from './functionNames.data.ts';
import { isGrammar } from './grammarWords.ts';
import type { CallPlace } from './grammarWords.ts';
import { dangerousFamilies, sequenceEffects, sideEffects } from './sideEffects.ts';
import type { SideEffect } from './sideEffects.ts';
import { nameText, tokenKind } from './tokens.ts';
import type { MysqlDialect } from './tokens.ts';
import { behindParentheses } from './withClause.ts';

const natives: Record<MysqlDialect, ReadonlySet<string>> = {
  mysql: new Set([...nativeInBoth, ...nativeInMysql, ...nativeElsewhere]),
  mariadb: new Set([...nativeInBoth, ...nativeInMariadb, ...nativeInNewerMariadb]),
};
const keywordFunctions: Record<MysqlDialect, ReadonlySet<string>> = {
  mysql: new Set([...keywordInBoth, ...keywordInMysql]),
  mariadb: new Set([...keywordInBoth, ...keywordInMariadb]),
};
const tightFunctions: Record<MysqlDialect, ReadonlySet<string>> = {
  mysql: new Set([...tightInBoth, ...tightInMysql]),
  mariadb: new Set([...tightInBoth, ...tightInMariadb]),
};

/** Window functions that older versions do not reserve: certain only together with OVER. */
const windowFunctions = new Set([
  'ROW_NUMBER', 'RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST', 'NTILE', 'LAG', 'LEAD', 'FIRST_VALUE', 'LAST_VALUE', 'NTH_VALUE',
]);

/** `window`: harmless only if OVER follows the closing parenthesis. `grammar`: no call at all. */
export type CallVerdict = 'harmless' | 'window' | 'json-table' | 'grammar' | 'raised';

/** Judges the word or quoted name at `at`, behind which a parenthesis opens, and raises the draft when it is not harmless. */
export function judgeCall(draft: Draft, at: number, { isTablePlace, insideJsonTable }: CallPlace): CallVerdict {
  const { tokens, context } = draft;
  const before = at > draft.first ? (tokens.word[at - 1] as string) : '';
  if (before === '.') return refuse(draft, at - 2, at, 'A function of a named database is a stored function, which may do anything');
  const isQuoted = tokens.kind[at] === tokenKind.quoted;
  const name = upperAscii(nameText(tokens, at));
  if (!isQuoted) {
    if (keywordFunctions[context.dialect].has(name)) return judgeKeyword(draft, at, name, isTablePlace);
    if (isGrammar(draft, at, name, { isTablePlace, insideJsonTable })) return 'grammar';
  }
  const effect = effectOf(draft, at, name);
  if (effect !== undefined) {
    raise(draft, effect.class, effect, { first: at, last: at + 1 });
    return 'raised';
  }
  if (natives[context.dialect].has(name) || name === 'LAST_INSERT_ID') return 'harmless';
  return refuseByName(draft, at, name);
}

function judgeKeyword(draft: Draft, at: number, name: string, isTablePlace: boolean): CallVerdict {
  const { tokens, context } = draft;
  if (tokens.end[at] !== tokens.start[at + 1] && tightFunctions[context.dialect].has(name)) {
    return refuse(draft, at, at, `With a gap before the parenthesis ${name} may be a stored function, depending on sql_mode. Remove the gap`);
  }
  if (context.dialect === 'mariadb' && geometryShapes.has(name) && !hasGeometryArguments(draft, at, name)) {
    return refuse(draft, at, at, `With these arguments ${name} is a stored function, which may do anything`);
  }
  if (name === 'JSON_TABLE') return isTablePlace ? 'json-table' : refuse(draft, at, at, 'Where no table is expected JSON_TABLE may be a stored function, which may do anything');
  if (!windowFunctions.has(name)) return 'harmless';
  // LAST_VALUE is an ordinary function of MariaDB, too.
  return context.dialect === 'mariadb' && name === 'LAST_VALUE' ? 'harmless' : 'window';
}

/** MariaDB's grammar takes these for its own only with the arguments they need. */
const geometryShapes = new Set(['POINT', 'LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON', 'GEOMETRYCOLLECTION']);

function hasGeometryArguments({ tokens, last }: Draft, at: number, name: string): boolean {
  if (tokens.word[at + 2] === ')') return false;
  const end = behindParentheses(tokens, at + 1, last) - 1;
  const comma = findWord(tokens, at + 2, end, ',');
  return name !== 'POINT' || (comma < end && findWord(tokens, comma + 1, end, ',') === end);
}

function effectOf(draft: Draft, at: number, name: string): SideEffect | undefined {
  if (name === 'LAST_INSERT_ID' && draft.tokens.word[at + 2] !== ')') {
    return { class: 'session', code: 'session-state', message: 'LAST_INSERT_ID with an argument changes what this session reports as the last generated key' };
  }
  const effect = sideEffects.get(name);
  return effect ?? (draft.context.dialect === 'mariadb' ? sequenceEffects.get(name) : undefined);
}

function refuseByName(draft: Draft, at: number, name: string): CallVerdict {
  const family = dangerousFamilies.find(({ prefix }) => name.startsWith(prefix));
  const message = `${name} is not one of the server's own functions: a stored or loaded function may do anything`;
  if (family === undefined) return refuse(draft, at, at, message);
  raise(draft, 'unknown', { code: 'unknown-function', message: `${message} ${family.message}`, tags: ['needs_server', ...family.tags] }, only(at));
  return 'raised';
}

/** The call's verdict when OVER must follow and does not. */
export function refuseWindowless(draft: Draft, at: number): CallVerdict {
  return refuse(draft, at, at, `${nameText(draft.tokens, at).toUpperCase()} without OVER is a stored function on older servers, which may do anything`);
}

function refuse(draft: Draft, first: number, at: number, message: string): CallVerdict {
  raise(draft, 'unknown', { code: 'unknown-function', message, tags: ['needs_server'] }, { first: Math.max(first, draft.first), last: at + 1 });
  return 'raised';
}
