/** CREATE, ALTER, DROP, RENAME and TRUNCATE. */

import { classifyAccount, noteSecret } from './accounts.ts';
import { classifyAlterTable } from './alterTable.ts';
import { findWord, skipIfExists } from './clauses.ts';
import { commitsImplicitly, notUnderstood, raise } from './draft.ts';
import type { Draft } from './draft.ts';
import { readObjectName, skipAccount } from './names.ts';
import type { ObjectName } from './names.ts';
import { canBeName } from './reserved.ts';
import { scanTokens } from './scan.ts';
import { readsTables, toTable, writesTable } from './targets.ts';
import { tokenKind } from './tokens.ts';
import { readCte } from './withClause.ts';

/** Kinds of objects: how the kind is called in a verdict, and whose business it is. */
const objects: ReadonlyMap<string, 'schema' | 'routine' | 'server' | 'account'> = new Map([
  ['TABLE', 'schema'], ['TABLES', 'schema'], ['VIEW', 'schema'], ['INDEX', 'schema'], ['DATABASE', 'schema'], ['SCHEMA', 'schema'], ['SEQUENCE', 'schema'],
  ['PROCEDURE', 'routine'], ['FUNCTION', 'routine'], ['TRIGGER', 'routine'], ['EVENT', 'routine'], ['PACKAGE', 'routine'], ['LIBRARY', 'routine'],
  ['SERVER', 'server'], ['TABLESPACE', 'server'], ['LOGFILE', 'server'], ['RESOURCE', 'server'], ['REFERENCE', 'server'], ['INSTANCE', 'server'],
  ['USER', 'account'], ['ROLE', 'account'],
]);

/** Words between the verb and the kind of object. */
const modifiers = new Set([
  'OR', 'REPLACE', 'TEMPORARY', 'UNIQUE', 'FULLTEXT', 'SPATIAL', 'ONLINE', 'OFFLINE', 'AGGREGATE', 'UNDO', 'JSON', 'RELATIONAL', 'DUALITY', 'IGNORE',
]);

type Header = {
  /** Token of the word that says what kind of object it is. */
  readonly object: number;
  readonly isReplacing: boolean;
  readonly isTemporary: boolean;
  /** Token of an explicit DEFINER or SQL SECURITY DEFINER, or -1. */
  readonly definer: number;
};

/** CREATE and ALTER. */
export function classifyCreateOrAlter(draft: Draft): void {
  const { tokens, first, last } = draft;
  const header = readHeader(draft);
  const word = header === undefined ? '' : (tokens.word[header.object] as string);
  const owner = objects.get(word);
  if (header === undefined || owner === undefined) return notUnderstood(draft, 'It is not clear what is created or altered', first + 1);
  if (owner === 'account') return classifyAccount(draft, header.object);
  draft.kind = kindOf(draft, word, header.isTemporary);
  const name = readName(draft, header.object);
  if (name === undefined && word !== 'INSTANCE' && !(word === 'DATABASE' || word === 'SCHEMA')) return notUnderstood(draft, 'The name of what is created or altered is missing', header.object);
  if (name === undefined && header.object + 1 >= last) return notUnderstood(draft, 'The name of what is created or altered is missing', header.object);
  commitsImplicitly(draft);
  if (owner === 'server') classifyServerObject(draft, header.object);
  else raise(draft, 'ddl', { code: 'changes-schema', message: 'Changes the structure of the database' }, { first, last: header.object + 1 });
  if (header.definer >= 0) {
    const message = 'Runs with the rights of its definer, whoever uses it';
    raise(draft, 'privilege', { code: 'runs-as-definer', message }, { first: header.definer, last: header.definer + 1 });
  }
  if (tokens.word[first] === 'ALTER' && word === 'TABLE' && name !== undefined) classifyAlterTable(draft, name);
  if (tokens.word[first] === 'CREATE' && name !== undefined) finishCreate(draft, header, name);
}

function kindOf(draft: Draft, word: string, isTemporary: boolean): string {
  const verb = (draft.tokens.word[draft.first] as string).toLowerCase();
  const object = word === 'SCHEMA' ? 'database' : word === 'TABLES' ? 'table' : word === 'LOGFILE' || word === 'RESOURCE' ? `${word.toLowerCase()}-group` : word === 'REFERENCE' ? 'spatial-reference-system' : word.toLowerCase();
  return isTemporary ? `${verb}-temporary-${object}` : `${verb}-${object}`;
}

function readHeader(draft: Draft): Header | undefined {
  const { tokens, first, last } = draft;
  let isReplacing = false;
  let isTemporary = false;
  let definer = -1;
  for (let at = first + 1; at < last; at++) {
    const word = tokens.word[at] as string;
    if (objects.has(word)) return { object: at, isReplacing, isTemporary, definer: definer >= 0 ? definer : definerBehind(draft, at) };
    if (word === 'REPLACE') isReplacing = true;
    else if (word === 'TEMPORARY') isTemporary = true;
    else if (word === 'ALGORITHM') at += tokens.word[at + 1] === '=' ? 2 : 1;
    else if (word === 'DEFINER' && tokens.word[at + 1] === '=') {
      definer = at;
      at = skipAccount(tokens, at + 2) - 1;
    } else if (word === 'SQL' && tokens.word[at + 1] === 'SECURITY') {
      if (tokens.word[at + 2] === 'DEFINER') definer = at;
      at += 2;
    } else if (!modifiers.has(word)) return undefined;
  }
  return undefined;
}

/** SQL SECURITY DEFINER among the characteristics of a routine. */
function definerBehind({ tokens, last }: Draft, object: number): number {
  if (tokens.word[object] !== 'PROCEDURE' && tokens.word[object] !== 'FUNCTION') return -1;
  const body = new Set(['BEGIN', 'RETURN', 'SELECT', 'UPDATE', 'DELETE', 'INSERT', 'CALL', 'IF']);
  for (let at = object + 1; at + 2 < last && !body.has(tokens.word[at] as string); at++) {
    if (tokens.word[at] === 'SQL' && tokens.word[at + 1] === 'SECURITY' && tokens.word[at + 2] === 'DEFINER') return at;
  }
  return -1;
}

function readName(draft: Draft, object: number): ObjectName | undefined {
  const { tokens, last } = draft;
  let at = object + 1;
  if (tokens.word[object] === 'LOGFILE' || tokens.word[object] === 'RESOURCE' || tokens.word[at] === 'BODY' || (tokens.word[object] === 'REFERENCE' && tokens.word[at] === 'SYSTEM')) at++;
  at = skipIfExists(tokens, at);
  if (tokens.kind[at] === tokenKind.number && tokens.word[object] === 'REFERENCE') return { name: '', first: at, last: at + 1 };
  if (tokens.word[object] === 'SERVER' && tokens.kind[at] === tokenKind.text) return { name: '', first: at, last: at + 1 };
  return canBeName(tokens, at) ? readObjectName(tokens, at, last) : undefined;
}

function classifyServerObject(draft: Draft, object: number): void {
  const { tokens, first, last, context } = draft;
  raise(draft, 'admin', { code: 'server-administration', message: 'Changes the server, not only a database' }, { first, last: object + 1 });
  if (tokens.word[object] === 'INSTANCE') {
    const touchesLog = findWord(tokens, object, last, 'REDO_LOG') < last;
    if (touchesLog) raise(draft, 'admin', { code: 'replication-changed', message: 'Without the redo log a crash loses or damages data', tags: ['backup'] }, { first, last });
  }
  if (tokens.word[object] === 'SERVER') noteSecret(draft);
  if (context.dialect === 'mariadb' && tokens.word[object] !== 'SERVER') notUnderstood(draft, 'MariaDB does not know this kind of object', object);
}

function finishCreate(draft: Draft, header: Header, name: ObjectName): void {
  const { tokens, first, last } = draft;
  switch (tokens.word[header.object]) {
    case 'TABLE':
      return finishCreateTable(draft, header, name);
    case 'DATABASE': case 'SCHEMA': case 'SEQUENCE':
      if (header.isReplacing) raise(draft, 'destructive', { code: 'replaces-object', message: `OR REPLACE drops ${name.name} first, with everything in it` }, { first, last: header.object + 1 });
      break;
    case 'INDEX': {
      const on = findWord(tokens, name.last, last, 'ON');
      const table = readObjectName(tokens, on + 1, last);
      if (on === last || table === undefined) notUnderstood(draft, 'CREATE INDEX needs ON and a table', header.object);
      else noteIndex(draft, header.object, table);
      break;
    }
    case 'FUNCTION':
      if (findWord(tokens, name.last, last, 'SONAME') < last) raise(draft, 'admin', { code: 'loads-code', message: 'Loads native code into the server', tags: ['server_file'] }, { first, last });
      break;
    case 'VIEW':
      if (findWord(tokens, name.last, last, 'AS') + 1 >= last) notUnderstood(draft, 'A view needs AS and a query', header.object);
      break;
    default:
  }
  if (header.object + 2 >= last && tokens.word[header.object] !== 'SEQUENCE' && tokens.word[header.object] !== 'DATABASE' && tokens.word[header.object] !== 'SCHEMA') notUnderstood(draft, 'The definition is missing', header.object);
}

function noteIndex(draft: Draft, object: number, table: ObjectName): void {
  const { tokens, first } = draft;
  writesTable(draft, toTable(table));
  const blocks = tokens.word[object - 1] === 'FULLTEXT' || tokens.word[object - 1] === 'SPATIAL';
  const finding = blocks ? { code: 'index-blocks-writers', message: 'Builds an index while writers wait' } : { code: 'index-build', message: 'Builds an index over all rows' };
  raise(draft, 'ddl', finding, { first, last: object + 1 });
}

function finishCreateTable(draft: Draft, header: Header, name: ObjectName): void {
  const { tokens, first, last } = draft;
  writesTable(draft, toTable(name));
  if (name.last >= last) return notUnderstood(draft, 'The columns of the table are missing', header.object);
  if (header.isReplacing) raise(draft, 'destructive', { code: 'replaces-object', message: `OR REPLACE drops ${name.name} first, with all its rows` }, { first, last: header.object + 1 });
  for (let at = name.last; at < last; at++) {
    const isQuery = tokens.word[at] === 'SELECT' || (tokens.word[at] === 'WITH' && readCte(tokens, tokens.word[at + 1] === 'RECURSIVE' ? at + 2 : at + 1, last) !== undefined);
    if (!isQuery) continue;
    let start = at;
    while (start > name.last && tokens.word[start - 1] === '(') start--;
    readsTables(draft, scanTokens(draft, start, last, 'query').tables);
    return;
  }
}
