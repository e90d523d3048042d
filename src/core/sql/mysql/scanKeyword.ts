/** What single keywords inside a query mean for the verdict. */

import { upperAscii } from './asciiCase.ts';
import { notUnderstood, only, raise } from './draft.ts';
import type { Scanner } from './scanner.ts';
import { tokenKind, tokenText } from './tokens.ts';

/** Words behind which a FROM list is over. */
const fromEnds = new Set([
  'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'WINDOW', 'QUALIFY', 'UNION', 'EXCEPT', 'INTERSECT', 'SELECT', 'SET', 'INTO', 'PROCEDURE', 'LOCK', 'VALUES', 'RETURNING',
]);

/** Words and signs that cannot follow SELECT at once. */
const notBehindSelect = new Set(['FROM', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'UNION', 'INTO', 'SELECT', 'FOR', 'AND', 'OR', 'AS', 'ON', 'JOIN', 'BY', 'SET', ')', ',', '=', '/', '<', '>', ';']);

/** What may stand before SELECT inside a query. */
const beforeSelect = new Set(['(', ')', 'UNION', 'ALL', 'DISTINCT', 'EXCEPT', 'INTERSECT', 'MINUS', 'RESTRICT']);

/** Words that begin or belong to other statements: inside a query the server refuses them, unless they are functions. */
const strayWords = new Set([
  'ADD', 'ALTER', 'CALL', 'CHANGE', 'CREATE', 'DECLARE', 'DELETE', 'DESCRIBE', 'DROP', 'EXIT', 'EXPLAIN', 'GRANT', 'INFILE', 'INSERT', 'ITERATE',
  'KILL', 'LEAVE', 'LOAD', 'LOOP', 'OPTIMIZE', 'OPTION', 'PURGE', 'RELEASE', 'RENAME', 'REPLACE', 'RESIGNAL', 'RETURN', 'REVOKE', 'SHOW', 'SIGNAL', 'TRIGGER',
  'UNDO', 'UNLOCK', 'UPDATE', 'WHILE', 'WRITE', 'SCHEMAS', 'DATABASES', 'ENCLOSED', 'ESCAPED', 'TERMINATED', 'LINES', 'STARTING', 'OPTIONALLY', 'OUTFILE', 'OUT', 'INOUT', 'TO',
]);

/** Judges the keyword at `at`. */
export function scanKeyword(scanner: Scanner, at: number, word: string): void {
  const { draft, tokens, frame } = scanner;
  const next = at + 1 < scanner.to ? (tokens.word[at + 1] as string) : ';';
  switch (word) {
    case 'SELECT':
      if (notBehindSelect.has(next)) notUnderstood(draft, 'SELECT has nothing to select', at);
      if (at > scanner.from && !beforeSelect.has(tokens.word[at - 1] as string)) notUnderstood(draft, 'The server does not accept SELECT there', at);
      break;
    case 'FROM':
      if (frame.holds === 'query' || frame.holds === 'cte') enterFrom(scanner);
      break;
    case 'JOIN': case 'STRAIGHT_JOIN':
      scanner.expectsTable = frame.inFrom && tokens.word[at - 1] !== 'FOR';
      break;
    case 'TABLE':
      scanner.expectsTable = true;
      break;
    case 'INTO':
      scanInto(scanner, at, next);
      break;
    case 'FOR':
      if (next === 'UPDATE') lockRows(scanner, at, at + 2);
      else if (next === 'SHARE') lockForShare(scanner, at);
      break;
    case 'LOCK':
      if (next === 'IN') lockRows(scanner, at, at + 4);
      else notUnderstood(draft, 'The server does not accept LOCK there', at);
      break;
    case 'PROCEDURE':
      if (skipAnalyse(scanner, at)) break;
      raise(draft, 'unknown', { code: 'procedure-clause', message: 'PROCEDURE hands the rows to a procedure inside the server' }, only(at));
      break;
    case 'NEXT': case 'PREVIOUS':
      if (next === 'VALUE' && tokens.word[at + 2] === 'FOR') scanSequence(scanner, at, word);
      break;
    default:
      if (strayWords.has(word) && next !== '(' && !isPartOfQuery(scanner, at, word)) notUnderstood(draft, `The server does not accept ${word} there`, at);
  }
  if (fromEnds.has(word)) frame.inFrom = false;
}

function enterFrom(scanner: Scanner): void {
  scanner.frame.inFrom = true;
  scanner.expectsTable = true;
}

/** `FOR UPDATE` has been seen with its FOR; `CHARACTER SET` and `ON UPDATE` belong to clauses judged elsewhere. */
function isPartOfQuery(scanner: Scanner, at: number, word: string): boolean {
  const { tokens } = scanner;
  const before = tokens.word[at - 1];
  if (word === 'UPDATE') return before === 'FOR';
  if (word === 'TO') return isEndOfPeriod(scanner, at);
  return word === 'OUTFILE' && before === 'INTO';
}

/** MariaDB's `FOR SYSTEM_TIME FROM … TO …`. */
function isEndOfPeriod({ tokens, draft, from }: Scanner, at: number): boolean {
  let begin = at - 1;
  while (begin > from && tokens.word[begin] !== 'FROM') begin--;
  return draft.context.dialect === 'mariadb' && begin > from + 1 && tokens.word[begin - 2] === 'FOR' && upperAscii(tokenText(tokens, begin - 1)) === 'SYSTEM_TIME';
}

function scanInto(scanner: Scanner, at: number, next: string): void {
  const { draft, tokens } = scanner;
  if (next === 'OUTFILE' || next === 'DUMPFILE') {
    const message = `INTO ${next} writes the rows to a file of the server machine; the server's read-only mode does not stop that`;
    raise(draft, 'admin', { code: 'writes-server-file', message, tags: ['server_file', 'bulk_export', 'ro_slip'] }, { first: at, last: at + 3 });
    draft.returnsRows = false;
    skipExportOptions(scanner, at + 3);
  } else if (tokens.kind[at + 1] === tokenKind.userVariable && at + 1 < scanner.to) {
    raise(draft, 'session', { code: 'session-variable', message: 'Stores the row in variables of this session' }, { first: at, last: at + 2 });
    draft.returnsRows = false;
  } else notUnderstood(draft, 'INTO names neither a file nor a variable of the session', at);
}

const exportWords = new Set(['FIELDS', 'COLUMNS', 'LINES', 'TERMINATED', 'OPTIONALLY', 'ENCLOSED', 'ESCAPED', 'STARTING', 'BY', 'CHARACTER', 'CHARSET', 'SET']);

/** `FIELDS TERMINATED BY ','` and its like, up to the next clause. */
function skipExportOptions(scanner: Scanner, from: number): void {
  const { tokens, to } = scanner;
  let at = from;
  while (at < to && (exportWords.has(tokens.word[at] as string) || tokens.kind[at] === tokenKind.text || tokens.word[at - 1] === 'SET' || tokens.word[at - 1] === 'BY')) at++;
  scanner.at = at - 1;
}

function lockRows(scanner: Scanner, first: number, last: number): void {
  const message = 'Locks the rows it reads until the transaction ends; others wait';
  raise(scanner.draft, 'write', { code: 'locks-rows', message, tags: ['lock'] }, { first, last: Math.min(last, scanner.to) });
}

function lockForShare(scanner: Scanner, at: number): void {
  lockRows(scanner, at, at + 2);
  if (scanner.draft.context.dialect === 'mariadb') notUnderstood(scanner.draft, 'MariaDB does not know FOR SHARE; it is LOCK IN SHARE MODE there', at);
}

/** MariaDB's own `PROCEDURE ANALYSE(numbers)`, the only one there is, returns statistics in place of the rows. */
function skipAnalyse(scanner: Scanner, at: number): boolean {
  const { tokens, to, draft } = scanner;
  if (draft.context.dialect === 'mysql' || upperAscii(tokenText(tokens, at + 1)) !== 'ANALYSE' || tokens.word[at + 2] !== '(') return false;
  let end = at + 3;
  while (end < to && (tokens.kind[end] === tokenKind.number || tokens.word[end] === ',')) end++;
  if (end >= to || tokens.word[end] !== ')') return false;
  scanner.at = end;
  return true;
}

function scanSequence(scanner: Scanner, at: number, word: string): void {
  const { draft } = scanner;
  scanner.at = at + 2;
  if (draft.context.dialect === 'mysql') return notUnderstood(draft, 'MySQL has no sequences', at);
  if (word === 'PREVIOUS') return;
  const message = 'Takes a number from a sequence; a rollback does not give it back';
  raise(draft, 'write', { code: 'changes-sequence', message }, { first: at, last: at + 3 });
}
