/** SHOW and HELP. */

import { upperAscii } from './asciiCase.ts';
import { findClause } from './clauses.ts';
import { notUnderstood, raise } from './draft.ts';
import type { Draft } from './draft.ts';
import { scanTokens } from './scan.ts';
import { tokenText } from './tokens.ts';

/** What may stand behind SHOW; every server reads only for these. */
const showable = new Set([
  'ALL', 'ANALYZE', 'AUTHORS', 'BINARY', 'BINLOG', 'CHARACTER', 'CHARSET', 'COLLATION', 'COLUMNS', 'CONTRIBUTORS', 'COUNT', 'CREATE', 'DATABASES', 'ENGINE', 'ENGINES', 'ERRORS',
  'EVENTS', 'EXPLAIN', 'EXTENDED', 'FIELDS', 'FULL', 'FUNCTION', 'GLOBAL', 'GRANTS', 'INDEX', 'INDEXES', 'KEYS', 'LIBRARY', 'LOCAL', 'LOCALES', 'MASTER', 'OPEN', 'PACKAGE', 'PLUGINS',
  'PRIVILEGES', 'PROCEDURE', 'PROCESSLIST', 'PROFILE', 'PROFILES', 'RELAYLOG', 'REPLICA', 'REPLICAS', 'SCHEMAS', 'SESSION', 'SLAVE', 'STATUS', 'STORAGE', 'TABLE', 'TABLES', 'TRIGGERS',
  'VARIABLES', 'WARNINGS', 'CLIENT_STATISTICS', 'INDEX_STATISTICS', 'TABLE_STATISTICS', 'USER_STATISTICS', 'USER_VARIABLES', 'WSREP_MEMBERSHIP', 'WSREP_STATUS',
]);

/** These need another word behind them. */
const needsMore = new Set(['ALL', 'ANALYZE', 'BINARY', 'BINLOG', 'CHARACTER', 'COLUMNS', 'COUNT', 'CREATE', 'ENGINE', 'EXPLAIN', 'EXTENDED', 'FIELDS', 'FULL', 'FUNCTION', 'GLOBAL', 'INDEX', 'INDEXES', 'KEYS', 'LOCAL', 'MASTER', 'OPEN', 'PACKAGE', 'PROCEDURE', 'RELAYLOG', 'REPLICA', 'SESSION', 'SLAVE', 'STORAGE', 'TABLE']);

/** SHOW at the beginning of the draft. */
export function classifyShow(draft: Draft): void {
  const { tokens, first, last } = draft;
  draft.kind = 'show';
  draft.returnsRows = true;
  draft.canPreview = true;
  const what = (tokens.word[first + 1] as string) || upperAscii(tokenText(tokens, first + 1));
  if (first + 1 >= last || !showable.has(what) || (first + 2 >= last && needsMore.has(what))) return notUnderstood(draft, 'It is not known what this shows', first);
  if (what === 'CREATE' && first + 3 >= last) return notUnderstood(draft, 'SHOW CREATE needs a kind of object and a name', first);
  if (what === 'CREATE' && (tokens.word[first + 2] === 'USER' || tokens.word[first + 2] === 'SERVER')) raise(draft, 'read', { code: 'reads-secrets', message: 'Shows how an account authenticates', tags: ['secret'] }, { first, last });
  const where = findClause(tokens, first + 2, last, new Set(['WHERE', 'LIKE', 'LIMIT']));
  if (where < last) scanTokens(draft, where + 1, last, 'expressions');
  for (let at = first + 1; at < where; at++) {
    const isCount = tokens.word[at] === '(' && (tokens.word[at + 1] === '*' || tokens.word[at + 1] === ')');
    if (tokens.word[at] === '(' && !isCount) return notUnderstood(draft, 'The server does not accept a parenthesis there', at);
  }
}

/** HELP at the beginning of the draft. */
export function classifyHelp(draft: Draft): void {
  draft.kind = 'help';
  draft.returnsRows = true;
  draft.canPreview = true;
  if (draft.first + 2 !== draft.last) notUnderstood(draft, 'HELP needs one word or text', draft.first);
}
