/** INSERT, REPLACE and LOAD. */

import { upperAscii } from './asciiCase.ts';
import { findWord, skipWords } from './clauses.ts';
import { notUnderstood, only, raise } from './draft.ts';
import type { Draft } from './draft.ts';
import { readObjectName } from './names.ts';
import { canBeName } from './reserved.ts';
import { scanTokens } from './scan.ts';
import { readsTables, toTable, writesTable } from './targets.ts';
import { nameText, tokenKind, tokenText } from './tokens.ts';
import { behindParentheses } from './withClause.ts';

const modifiers = new Set(['LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE']);
const queryStarts = new Set(['SELECT', 'WITH', 'TABLE', '(']);
const queryStartsInside = new Set([...queryStarts, 'VALUES']);

/** INSERT or REPLACE whose verb stands at `verb`. */
export function classifyInsert(draft: Draft, verb: number): void {
  const { tokens, last } = draft;
  const isReplace = tokens.word[verb] === 'REPLACE';
  draft.kind = isReplace ? 'replace' : 'insert';
  draft.canPreview = true;
  const finding = isReplace ? { code: 'replaces-rows', message: 'Adds rows and removes those with the same key' } : { code: 'adds-rows', message: 'Adds rows' };
  raise(draft, 'write', finding, only(verb));
  let at = skipWords(tokens, verb + 1, last, modifiers);
  if (tokens.word[at] === 'INTO') at++;
  const name = canBeName(tokens, at) ? readObjectName(tokens, at, last) : undefined;
  if (name === undefined) return notUnderstood(draft, 'The name of a table is missing', at);
  at = name.last;
  if (tokens.word[at] === 'PARTITION' && tokens.word[at + 1] === '(') at = behindParentheses(tokens, at + 1, last);
  const columns = readColumns(draft, at);
  writesTable(draft, toTable(name), columns.names);
  scanValues(draft, columns.end);
}

/** `(a, b)`, unless the parenthesis holds a query. */
function readColumns(draft: Draft, at: number): { readonly names: readonly string[]; readonly end: number } {
  const { tokens, last } = draft;
  if (tokens.word[at] !== '(' || queryStartsInside.has(tokens.word[at + 1] as string)) return { names: [], end: at };
  const end = behindParentheses(tokens, at, last);
  const names: string[] = [];
  for (let column = at + 1; column < end - 1; column++) {
    if (canBeName(tokens, column) && tokens.word[column + 1] !== '.') names.push(nameText(tokens, column));
  }
  return { names, end };
}

/** Values, a query or assignments, then what happens with rows whose key exists. */
function scanValues(draft: Draft, at: number): void {
  const { tokens, last } = draft;
  const first = tokens.word[at] as string;
  const isValues = first === 'VALUES' || first === 'VALUE';
  if (at >= last || !(isValues || first === 'SET' || queryStarts.has(first))) return notUnderstood(draft, 'The values to insert are missing', Math.min(at, last - 1));
  const duplicate = findDuplicate(draft, at);
  const returning = findWord(tokens, at, last, 'RETURNING');
  const valuesEnd = Math.min(duplicate, returning);
  readsTables(draft, scanTokens(draft, isValues || first === 'SET' ? at + 1 : at, valuesEnd, queryStarts.has(first) ? 'query' : 'expressions').tables);
  if (duplicate < last) {
    raise(draft, 'write', { code: 'changes-rows', message: 'Rows whose key exists are changed instead' }, { first: duplicate, last: duplicate + 4 });
    readsTables(draft, scanTokens(draft, duplicate + 4, returning, 'expressions').tables);
  }
  if (returning === last) return;
  draft.returnsRows = true;
  if (draft.context.dialect === 'mysql') notUnderstood(draft, 'MySQL does not know RETURNING', returning);
  else scanTokens(draft, returning + 1, last, 'expressions');
}

function findDuplicate(draft: Draft, from: number): number {
  const { tokens, last } = draft;
  for (let at = from; at < last; at++) {
    at = findWord(tokens, at, last, 'ON');
    if (tokens.word[at + 1] === 'DUPLICATE' && tokens.word[at + 2] === 'KEY' && tokens.word[at + 3] === 'UPDATE') return at;
  }
  return last;
}

/** LOAD DATA, LOAD XML and LOAD INDEX. */
export function classifyLoad(draft: Draft): void {
  const { tokens, first, last } = draft;
  if (tokens.word[first + 1] === 'INDEX') {
    draft.kind = 'load-index';
    draft.returnsRows = true;
    return raise(draft, 'admin', { code: 'server-administration', message: 'Loads indexes into a cache of the server' }, only(first));
  }
  draft.kind = tokens.word[first + 1] === 'XML' ? 'load-xml' : 'load-data';
  const infile = skipWords(tokens, first + 2, last, new Set(['LOW_PRIORITY', 'CONCURRENT', 'LOCAL', ...(draft.context.dialect === 'mysql' ? ['FROM'] : [])]));
  const into = skipWords(tokens, infile + 2, last, new Set(['REPLACE', 'IGNORE']));
  const name = readObjectName(tokens, into + 2, last);
  const isKnown = tokens.word[first + 1] === 'DATA' || tokens.word[first + 1] === 'XML';
  if (!isKnown || !isSource(draft, infile) || tokens.kind[infile + 1] !== tokenKind.text || tokens.word[into] !== 'INTO' || tokens.word[into + 1] !== 'TABLE' || name === undefined) {
    return notUnderstood(draft, 'Only LOAD DATA INFILE … INTO TABLE … and LOAD XML INFILE … INTO TABLE … are known', first);
  }
  draft.canPreview = true;
  if (tokens.word[infile] !== 'INFILE') raise(draft, 'admin', { code: 'reads-server-file', message: 'Adds rows that the server fetches from elsewhere', tags: ['server_file'] }, { first: infile, last: infile + 2 });
  else if (hasWord(draft, first + 2, infile, 'LOCAL')) raise(draft, 'write', { code: 'adds-rows', message: 'Adds rows from a file of this computer', tags: ['client_file'] }, only(first));
  else raise(draft, 'admin', { code: 'reads-server-file', message: 'Adds rows from a file of the server machine', tags: ['server_file'] }, { first: infile, last: infile + 2 });
  writesTable(draft, toTable(name));
  const set = findWord(tokens, name.last, last, 'SET');
  // CHARACTER SET comes before, and without an assignment.
  const assignments = tokens.word[set - 1] === 'CHARACTER' || tokens.word[set - 1] === 'CHAR' ? findWord(tokens, set + 1, last, 'SET') : set;
  if (assignments < last) readsTables(draft, scanTokens(draft, assignments + 1, last, 'expressions').tables);
}

/** A file, or with FROM and MySQL's bulk loader an address. */
function isSource({ tokens, context }: Draft, at: number): boolean {
  if (tokens.word[at] === 'INFILE') return true;
  return context.dialect === 'mysql' && tokens.word[at - 1] === 'FROM' && ['URL', 'S3'].includes(upperAscii(tokenText(tokens, at)));
}

function hasWord(draft: Draft, from: number, to: number, word: string): boolean {
  for (let at = from; at < to; at++) if (draft.tokens.word[at] === word) return true;
  return false;
}
