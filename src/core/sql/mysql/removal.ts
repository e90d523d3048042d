/** DROP, TRUNCATE and RENAME. */

import { classifyAccount } from './accounts.ts';
import { findWord, skipIfExists } from './clauses.ts';
import { commitsImplicitly, notUnderstood, raise } from './draft.ts';
import type { Draft } from './draft.ts';
import { readObjectName } from './names.ts';
import { canBeName } from './reserved.ts';
import { toTable, writesTable } from './targets.ts';
import { nameText, tokenKind } from './tokens.ts';

/** Kinds of objects behind DROP, by the words that name them; the longer ones first. */
const droppable: readonly { readonly words: readonly string[]; readonly kind: string }[] = [
  { words: ['TEMPORARY', 'TABLE'], kind: 'temporary-table' },
  { words: ['TEMPORARY', 'TABLES'], kind: 'temporary-table' },
  { words: ['TEMPORARY', 'SEQUENCE'], kind: 'sequence' },
  { words: ['TABLE'], kind: 'table' },
  { words: ['TABLES'], kind: 'table' },
  { words: ['VIEW'], kind: 'view' },
  { words: ['DATABASE'], kind: 'database' },
  { words: ['SCHEMA'], kind: 'database' },
  { words: ['INDEX'], kind: 'index' },
  { words: ['PROCEDURE'], kind: 'procedure' },
  { words: ['FUNCTION'], kind: 'function' },
  { words: ['TRIGGER'], kind: 'trigger' },
  { words: ['EVENT'], kind: 'event' },
  { words: ['SEQUENCE'], kind: 'sequence' },
  { words: ['PACKAGE', 'BODY'], kind: 'package-body' },
  { words: ['PACKAGE'], kind: 'package' },
  { words: ['LIBRARY'], kind: 'library' },
  { words: ['SERVER'], kind: 'server' },
  { words: ['UNDO', 'TABLESPACE'], kind: 'undo-tablespace' },
  { words: ['TABLESPACE'], kind: 'tablespace' },
  { words: ['LOGFILE', 'GROUP'], kind: 'logfile-group' },
  { words: ['RESOURCE', 'GROUP'], kind: 'resource-group' },
  { words: ['SPATIAL', 'REFERENCE', 'SYSTEM'], kind: 'spatial-reference-system' },
];

/** DROP at the beginning of the draft. */
export function classifyDrop(draft: Draft): void {
  const { tokens, first, last } = draft;
  const word = tokens.word[first + 1];
  if (word === 'USER' || word === 'ROLE') return classifyAccount(draft, first + 1);
  if (word === 'PREPARE') {
    draft.kind = 'deallocate-prepare';
    return raise(draft, 'session', { code: 'session-state', message: 'Forgets a prepared statement of this session' }, { first, last });
  }
  const object = droppable.find(({ words }) => words.every((part, index) => tokens.word[first + 1 + index] === part));
  if (object === undefined) return notUnderstood(draft, 'It is not clear what is dropped', first + 1);
  const at = skipIfExists(tokens, first + 1 + object.words.length);
  const isName = canBeName(tokens, at) || (object.kind === 'spatial-reference-system' && tokens.kind[at] === tokenKind.number) || (object.kind === 'server' && tokens.kind[at] === tokenKind.text);
  if (at >= last || !isName) return notUnderstood(draft, 'The name of what is dropped is missing', first + object.words.length);
  draft.kind = `drop-${object.kind}`;
  commitsImplicitly(draft);
  raise(draft, 'destructive', { code: 'drops-object', message: `Drops the ${object.kind.replaceAll('-', ' ')} ${nameText(tokens, at)}; a rollback does not bring it back` }, { first, last: at });
  noteDroppedTables(draft, object.kind, at);
}

function noteDroppedTables(draft: Draft, kind: string, from: number): void {
  const { tokens, last } = draft;
  if (kind === 'index') {
    const on = findWord(tokens, from, last, 'ON');
    const table = readObjectName(tokens, on + 1, last);
    if (on === last || table === undefined) return notUnderstood(draft, 'DROP INDEX needs ON and a table', from);
    return writesTable(draft, toTable(table));
  }
  if (kind !== 'table' && kind !== 'temporary-table' && kind !== 'view') return;
  for (let at = from; at < last; at++) {
    const name = canBeName(tokens, at) ? readObjectName(tokens, at, last) : undefined;
    if (name === undefined) return notUnderstood(draft, 'The name of a table is missing', at);
    writesTable(draft, toTable(name));
    if (tokens.word[name.last] !== ',') return;
    at = name.last;
    if (at + 1 === last) notUnderstood(draft, 'The name of a table is missing', at);
  }
}

/** TRUNCATE at the beginning of the draft. */
export function classifyTruncate(draft: Draft): void {
  const { tokens, first, last } = draft;
  const at = tokens.word[first + 1] === 'TABLE' ? first + 2 : first + 1;
  const name = at < last && canBeName(tokens, at) ? readObjectName(tokens, at, last) : undefined;
  if (name === undefined) return notUnderstood(draft, 'The name of a table is missing', first);
  if (name.last < last && tokens.word[name.last] !== 'WAIT' && tokens.word[name.last] !== 'NOWAIT') return notUnderstood(draft, 'The server does not accept what follows the table', name.last);
  draft.kind = 'truncate';
  commitsImplicitly(draft);
  raise(draft, 'destructive', { code: 'empties-table', message: `Removes every row of ${name.name}; a rollback does not bring them back` }, { first, last: name.last });
  writesTable(draft, toTable(name));
}

/** RENAME TABLE and RENAME USER. */
export function classifyRename(draft: Draft): void {
  const { tokens, first, last } = draft;
  if (tokens.word[first + 1] === 'USER') return classifyAccount(draft, first + 1);
  const isTable = tokens.word[first + 1] === 'TABLE' || tokens.word[first + 1] === 'TABLES';
  let at = skipIfExists(tokens, first + 2);
  if (!isTable || findWord(tokens, at, last, 'TO') === last) return notUnderstood(draft, 'RENAME needs TABLE, a name, TO and another name', first);
  draft.kind = 'rename-table';
  commitsImplicitly(draft);
  raise(draft, 'ddl', { code: 'changes-schema', message: 'Gives tables other names; whatever uses the old ones fails' }, { first, last: first + 2 });
  for (; at < last; at++) {
    const from = readObjectName(tokens, at, last);
    const to = from === undefined ? undefined : readObjectName(tokens, findWord(tokens, from.last, last, 'TO') + 1, last);
    if (from === undefined || to === undefined) return notUnderstood(draft, 'RENAME TABLE needs pairs of names', at);
    writesTable(draft, toTable(from));
    writesTable(draft, toTable(to));
    at = findWord(tokens, to.last, last, ',');
  }
}
