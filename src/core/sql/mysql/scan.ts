/** Walks once over the tokens of queries and expressions: finds what is more than a read, and which tables are named. */

import { judgeCall, refuseWindowless } from './calls.ts';
import { notUnderstood, only, raise } from './draft.ts';
import type { Draft } from './draft.ts';
import { readObjectName } from './names.ts';
import { scanKeyword } from './scanKeyword.ts';
import { createFrame, createScanner, frameAtParenthesis, maxDepth } from './scanner.ts';
import type { Frame, Scanner, ScanStart } from './scanner.ts';
import { canBeName } from './reserved.ts';
import { nameText, tokenKind, tokenText } from './tokens.ts';
import { behindCycle, readCte } from './withClause.ts';

/** Nothing ends with one of these. */
const cannotEnd = new Set([
  ',', '.', '=', '<', '>', '<=', '>=', '<>', '!=', '<=>', '+', '-', '/', '%', '!', '~', '(', '&&', '||', ':=', '|', '&', '^', '<<', '>>', '->', '->>',
  'AND', 'OR', 'XOR', 'WHERE', 'FROM', 'BY', 'SELECT', 'JOIN', 'ON', 'UNION', 'EXCEPT', 'INTERSECT', 'LIMIT', 'HAVING', 'AS', 'IN', 'LIKE', 'NOT',
  'BETWEEN', 'INTO', 'USING', 'WHEN', 'THEN', 'ELSE', 'CASE', 'WITH', 'DISTINCT', 'SET', 'VALUES', 'TABLE', 'DIV', 'MOD', 'REGEXP', 'RLIKE', 'IS', 'FOR', 'EXISTS', 'ANY',
]);

/** Words that may stand where a table is expected and are none. */
const insteadOfTable = new Set(['LATERAL', 'JSON_TABLE', 'DUAL', 'ONLY']);

/** Not reserved everywhere, and still no alias of the table before them. */
const notAliases = new Set(['TABLESAMPLE', 'WINDOW', 'RETURNING', 'OFFSET', 'QUALIFY', 'EXCEPT', 'INTERSECT', 'MINUS']);

/** What a walk found besides the findings in the draft. */
export type Scan = Pick<Scanner, 'tables' | 'ctes'>;

/**
 * Scans tokens `from` up to `to` and raises the draft for everything that is more than a read.
 *
 * Iterative: its memory grows with the depth of parentheses only, and that is limited.
 */
export function scanTokens(draft: Draft, from: number, to: number, start: ScanStart): Scan {
  const scanner = createScanner(draft, from, to, start);
  const { word, kind } = scanner.tokens;
  if (to > from && cannotEnd.has(word[to - 1] as string)) notUnderstood(draft, 'The statement ends too early', to - 1);
  for (; scanner.at < to; scanner.at++) {
    switch (kind[scanner.at]) {
      case tokenKind.operator:
        if (!scanOperator(scanner)) return scanner;
        break;
      case tokenKind.word:
      case tokenKind.quoted:
        scanName(scanner);
        break;
      case tokenKind.illegal:
        notUnderstood(draft, 'The statement contains a character that the server does not accept there', scanner.at);
        break;
      case tokenKind.dollarText:
        raise(draft, 'unknown', { code: 'version-dependent', message: 'Only newer servers read $…$ as quoted text; others read code there' }, only(scanner.at));
        break;
      case tokenKind.text:
        if (word[scanner.at + 1] === '(' && scanner.at + 1 < to) notUnderstood(draft, 'A string cannot be called', scanner.at + 1);
        scanner.expectsTable = false;
        break;
      default:
        scanner.expectsTable = false;
    }
  }
  if (scanner.frames.length > 1) notUnderstood(draft, 'A parenthesis is not closed', to - 1);
  return scanner;
}

/** @returns false when going on makes no sense */
function scanOperator(scanner: Scanner): boolean {
  const { draft, tokens, at } = scanner;
  const next = tokens.word[at + 1] as string;
  const wantedTable = scanner.expectsTable;
  scanner.expectsTable = false;
  switch (tokens.word[at]) {
    case '(':
      if (scanner.frames.length >= maxDepth) {
        raise(draft, 'unknown', { code: 'too-deep', message: `Parentheses are nested more than ${maxDepth} deep; nobody checks what that does` }, only(at));
        return false;
      }
      if (next === ',') notUnderstood(draft, 'A comma has nothing before it', at + 1);
      openFrame(scanner, scanner.nextFrame ?? frameAtParenthesis(scanner, wantedTable));
      return true;
    case ')':
      return closeFrame(scanner);
    case ',':
      scanner.expectsTable = scanner.frame.inFrom;
      if (next === ',' || next === ')') notUnderstood(draft, 'A comma has nothing behind it', at);
      return true;
    case '.':
      if (wantedTable) takeTable(scanner);
      return true;
    case '{':
      scanner.expectsTable = wantedTable && tokens.word[at + 1] === 'OJ';
      if (scanner.expectsTable) scanner.at++;
      return true;
    case ':=':
      raise(draft, 'session', { code: 'session-variable', message: 'Assigns a value to a variable of this session' }, only(at));
      return true;
    case ':': case '@': case '[': case ']':
      notUnderstood(draft, `The server does not accept ${tokens.word[at]} there`, at);
      return true;
    default:
      return true;
  }
}

function openFrame(scanner: Scanner, frame: Frame): void {
  scanner.frames.push(frame);
  scanner.frame = frame;
  scanner.nextFrame = undefined;
  scanner.expectsTable = frame.holds === 'tables';
}

function closeFrame(scanner: Scanner): boolean {
  const { draft, tokens, frames, frame, at } = scanner;
  if (frames.length === 1) {
    notUnderstood(draft, 'A parenthesis closes that was never opened', at);
    return false;
  }
  if (frame.windowFunction >= 0 && !isWindowFollowing(tokens.word[at + 1] as string)) refuseWindowless(draft, frame.windowFunction);
  frames.pop();
  scanner.frame = frames.at(-1) as Frame;
  if (frame.holds === 'cte') {
    const next = behindCycle(tokens, at + 1, scanner.to);
    scanner.at = next - 1;
    if (tokens.word[next] === ',') enterCte(scanner, next + 1);
  }
  return true;
}

function isWindowFollowing(next: string): boolean {
  return next === 'OVER' || next === 'IGNORE' || next === 'RESPECT' || next === 'FROM';
}

/** Notes the common table expression whose name stands at `at`, and continues at its query. */
export function enterCte(scanner: Scanner, at: number): void {
  const cte = readCte(scanner.tokens, at, scanner.to);
  if (cte === undefined) return;
  scanner.ctes.add(cte.name.toLowerCase());
  scanner.nextFrame = createFrame('cte');
  scanner.at = cte.body - 1;
}

function scanName(scanner: Scanner): void {
  const { tokens, at, to } = scanner;
  const word = tokens.word[at] as string;
  const isTablePlace = scanner.expectsTable;
  if (isTablePlace) {
    scanner.expectsTable = false;
    if (!insteadOfTable.has(word)) {
      if (!canBeName(tokens, at)) notUnderstood(scanner.draft, 'The name of a table is missing', at);
      else if (tokens.word[at + 1] !== '(' || at + 1 >= to) return takeTable(scanner);
    }
    // LATERAL keeps the place for a derived table open.
    if (word === 'LATERAL') scanner.expectsTable = true;
  }
  if (tokens.word[at + 1] === '(' && at + 1 < to) {
    if (!isAlias(scanner)) scanCall(scanner, at, isTablePlace);
  } else if (word === '' && tokens.word[at - 1] === '.') scanMember(scanner);
  if (word === 'WITH') {
    enterCte(scanner, tokens.word[at + 1] === 'RECURSIVE' ? at + 2 : at + 1);
    if (scanner.at === at && tokens.word[at + 1] === 'RECURSIVE') notUnderstood(scanner.draft, 'WITH RECURSIVE needs a name and a query', at);
  } else if (word !== '') scanKeyword(scanner, at, word);
}

/** `s.nextval` takes a number from sequence s when MariaDB speaks Oracle's dialect; a column of that name is rare. */
function scanMember({ draft, tokens, at }: Scanner): void {
  if (tokens.mode.dialect !== 'mariadb' || tokenText(tokens, at).toLowerCase() !== 'nextval') return;
  raise(draft, 'write', { code: 'changes-sequence', message: 'May take a number from a sequence; a rollback does not give it back' }, only(at));
}

/** `AS name (columns)` and `(query) name (columns)` name a derived table. */
function isAlias(scanner: Scanner): boolean {
  const { tokens, at, from, frame } = scanner;
  if (at === from || (tokens.kind[at] === tokenKind.word && tokens.word[at] !== '')) return false;
  const before = tokens.word[at - 1];
  return before === 'AS' || (before === ')' && frame.inFrom);
}

function scanCall(scanner: Scanner, at: number, isTablePlace: boolean): void {
  const verdict = judgeCall(scanner.draft, at, { isTablePlace, insideJsonTable: scanner.frames.some(({ holds }) => holds === 'json-table') });
  if (verdict === 'window') scanner.nextFrame = createFrame('arguments', at);
  else if (verdict === 'json-table') scanner.nextFrame = createFrame('json-table');
  // IN (SELECT …) and functions of a sub-query hold a query, not arguments.
  else if (verdict !== 'grammar' && scanner.tokens.word[at + 2] !== 'SELECT' && scanner.tokens.word[at + 2] !== '(') scanner.nextFrame = createFrame('arguments');
}

/** Notes the table named at the scanner's place and moves to the last token of its name and alias. */
function takeTable(scanner: Scanner): void {
  const { tokens, at, to } = scanner;
  const name = readObjectName(tokens, at, to);
  if (name === undefined) return;
  if (tokens.word[name.last] === '(' && name.last < to) {
    scanner.at = name.last - 1;
    return scanCall(scanner, name.last - 1, false);
  }
  let next = name.last;
  if (tokens.word[next] === 'AS' && next < to) next++;
  const hasAlias = next < to && canBeName(tokens, next) && !notAliases.has(tokens.word[next] as string);
  if (name.schema !== undefined || !scanner.ctes.has(name.name.toLowerCase())) {
    scanner.tables.push({
      ...(name.schema === undefined ? {} : { schema: name.schema }),
      table: name.name,
      ...(hasAlias ? { alias: nameText(tokens, next) } : {}),
      first: name.first,
      last: name.last,
    });
  }
  scanner.at = hasAlias ? next : name.last - 1;
}

