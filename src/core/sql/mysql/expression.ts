/** Parses the expressions of WHERE clauses far enough to see which of them are true for every row. */

import { upperAscii } from './asciiCase.ts';
import { canBeName } from './reserved.ts';
import { nameText, tokenKind, tokenText } from './tokens.ts';
import type { Tokens } from './tokens.ts';
import { behindParentheses } from './withClause.ts';
import { readConstant } from './constants.ts';
import type { Constant } from './constants.ts';

export type Expression =
  | { readonly is: 'constant'; readonly value: Constant }
  /** `parts` are the dotted names in lower case. */
  | { readonly is: 'column'; readonly parts: readonly string[] }
  | { readonly is: 'operation'; readonly operator: string; readonly operands: readonly Expression[] }
  | { readonly is: 'call'; readonly name: string; readonly operands: readonly Expression[] }
  /** A sub-query: tokens inside its parentheses. */
  | { readonly is: 'query'; readonly first: number; readonly last: number }
  /** Variables, parameters, the clock: a value that no column decides. */
  | { readonly is: 'outside' };

/** Where the parser stands. `isLost` once it met something it does not know. */
export type ExpressionReader = { readonly tokens: Tokens; at: number; readonly to: number; depth: number; isLost: boolean };

const maxExpressionDepth = 120;

const outside: Expression = { is: 'outside' };

/** Binding strength of infix operators, weakest first. */
const strength: ReadonlyMap<string, number> = new Map([
  ['OR', 1], ['||', 1], ['XOR', 2], ['AND', 3], ['&&', 3],
  ['=', 5], ['<=>', 5], ['>=', 5], ['>', 5], ['<=', 5], ['<', 5], ['<>', 5], ['!=', 5], ['IS', 5],
  ['LIKE', 6], ['REGEXP', 6], ['RLIKE', 6], ['IN', 6], ['BETWEEN', 6], ['NOT', 6], ['SOUNDS', 6], ['MEMBER', 6],
  ['|', 7], ['&', 8], ['<<', 9], ['>>', 9], ['+', 10], ['-', 10], ['*', 11], ['/', 11], ['%', 11], ['DIV', 11], ['MOD', 11], ['^', 12],
  ['COLLATE', 15], ['->', 15], ['->>', 15],
]);
const comparison = 5;
const predicate = 6;
const tightest = 15;
const operatorNames: ReadonlyMap<string, string> = new Map([['||', 'OR'], ['&&', 'AND'], ['!=', '<>'], ['RLIKE', 'REGEXP'], ['%', 'MOD']]);

/**
 * Parses the expression that begins at token `from`.
 *
 * @returns undefined when it is not understood; otherwise the expression and the token behind it
 */
export function parseExpression(tokens: Tokens, from: number, to: number): { readonly expression: Expression; readonly end: number } | undefined {
  const reader: ExpressionReader = { tokens, at: from, to, depth: 0, isLost: false };
  const expression = parseInfix(reader, 0);
  return reader.isLost ? undefined : { expression, end: reader.at };
}

function wordAt(reader: ExpressionReader, offset = 0): string {
  const at = reader.at + offset;
  return at < reader.to ? (reader.tokens.word[at] as string) : '';
}

function accept(reader: ExpressionReader, word: string): boolean {
  if (reader.at >= reader.to || reader.tokens.word[reader.at] !== word) return false;
  reader.at++;
  return true;
}

function lost(reader: ExpressionReader): Expression {
  reader.isLost = true;
  return outside;
}

function operation(operator: string, ...operands: Expression[]): Expression {
  return { is: 'operation', operator, operands };
}

function parseInfix(reader: ExpressionReader, weakest: number): Expression {
  if (++reader.depth > maxExpressionDepth) return lost(reader);
  let left = parsePrefix(reader);
  while (!reader.isLost) {
    const word = wordAt(reader);
    const power = strength.get(word);
    if (power === undefined || power <= weakest) break;
    reader.at++;
    left = power === comparison || power === predicate ? parseComparison(reader, left, word, false) : power === tightest ? parseTight(reader, left, word) : chain(operatorNames.get(word) ?? word, left, parseInfix(reader, power));
  }
  reader.depth--;
  return left;
}

/** `a OR b OR c` becomes one operation with three operands, so that depth does not grow with length. */
function chain(operator: string, left: Expression, right: Expression): Expression {
  if ((operator === 'OR' || operator === 'AND') && left.is === 'operation' && left.operator === operator) {
    (left.operands as Expression[]).push(right);
    return left;
  }
  return operation(operator, left, right);
}

function parseTight(reader: ExpressionReader, left: Expression, word: string): Expression {
  reader.at++;
  return word === 'COLLATE' ? left : operation(word, left);
}

function parseComparison(reader: ExpressionReader, left: Expression, word: string, isNegated: boolean): Expression {
  const finish = (result: Expression): Expression => (isNegated ? operation('NOT', result) : result);
  switch (word) {
    case 'NOT': {
      const next = wordAt(reader);
      if (next !== 'LIKE' && next !== 'REGEXP' && next !== 'RLIKE' && next !== 'IN' && next !== 'BETWEEN') return lost(reader);
      reader.at++;
      return parseComparison(reader, left, next, true);
    }
    case 'IS':
      return parseIs(reader, left);
    case 'IN':
      return finish(parseIn(reader, left));
    case 'BETWEEN': {
      const low = parseInfix(reader, predicate);
      if (!accept(reader, 'AND')) return lost(reader);
      return finish(operation('BETWEEN', left, low, parseInfix(reader, predicate)));
    }
    case 'LIKE': case 'REGEXP': case 'RLIKE': {
      const pattern = parseInfix(reader, predicate);
      if (accept(reader, 'ESCAPE')) parsePrefix(reader);
      return finish(operation(word === 'LIKE' ? 'LIKE' : 'REGEXP', left, pattern));
    }
    case 'SOUNDS':
      return accept(reader, 'LIKE') ? operation('SOUNDS LIKE', left, parseInfix(reader, predicate)) : lost(reader);
    case 'MEMBER':
      accept(reader, 'OF');
      return operation('MEMBER OF', left, parsePrefix(reader));
    default: {
      const isQuantified = ['ALL', 'ANY', 'SOME'].includes(wordAt(reader)) && wordAt(reader, 1) === '(';
      if (isQuantified) reader.at++;
      return operation(isQuantified ? `${word} ALL` : (operatorNames.get(word) ?? word), left, parseInfix(reader, comparison));
    }
  }
}

function parseIs(reader: ExpressionReader, left: Expression): Expression {
  const isNegated = accept(reader, 'NOT');
  const what = wordAt(reader);
  reader.at++;
  if (what !== 'NULL' && what !== 'TRUE' && what !== 'FALSE' && what !== 'UNKNOWN') return lost(reader);
  const result = operation(`IS ${what === 'UNKNOWN' ? 'NULL' : what}`, left);
  return isNegated ? operation('NOT', result) : result;
}

function parseIn(reader: ExpressionReader, left: Expression): Expression {
  if (wordAt(reader) !== '(') return lost(reader);
  const list = parseParentheses(reader);
  return operation('IN', left, ...(list.is === 'operation' && list.operator === 'ROW' ? list.operands : [list]));
}

function parsePrefix(reader: ExpressionReader): Expression {
  if (++reader.depth > maxExpressionDepth) return lost(reader);
  const result = parseOperand(reader);
  reader.depth--;
  return result;
}

function parseOperand(reader: ExpressionReader): Expression {
  const { tokens, at, to } = reader;
  if (at >= to) return lost(reader);
  const constant = readConstant(tokens, at, to);
  if (constant !== undefined) {
    reader.at = constant.end;
    return constant.value === undefined ? outside : { is: 'constant', value: constant.value };
  }
  if (tokens.kind[at] === tokenKind.userVariable) return skip(reader, 1);
  const word = tokens.word[at] as string;
  switch (word) {
    case '(':
      return parseParentheses(reader);
    case 'NOT': case '!':
      reader.at++;
      return operation('NOT', parseInfix(reader, word === '!' ? 13 : 4));
    case '-': case '+': case '~':
      reader.at++;
      return word === '+' ? parsePrefix(reader) : operation(`unary ${word}`, parsePrefix(reader));
    case 'BINARY':
      reader.at++;
      return parsePrefix(reader);
    case 'EXISTS':
      reader.at++;
      return operation('EXISTS', parseParentheses(reader));
    case 'CASE':
      return parseCase(reader);
    case 'INTERVAL':
      return parseInterval(reader);
    case '?':
      return skip(reader, 1);
    case '{':
      return parseBraces(reader);
    case '@@':
      return skip(reader, tokens.word[at + 2] === '.' ? 4 : 2);
    default:
      return parseNamed(reader);
  }
}

function skip(reader: ExpressionReader, count: number): Expression {
  reader.at += count;
  return outside;
}

/** A sub-query, a value in parentheses, or a row of values. */
function parseParentheses(reader: ExpressionReader): Expression {
  const { tokens, at } = reader;
  if (wordAt(reader) !== '(') return lost(reader);
  const end = behindParentheses(tokens, at, reader.to);
  let first = at + 1;
  while (tokens.word[first] === '(' && first < end) first++;
  const word = tokens.word[first];
  if (word === 'SELECT' || word === 'WITH' || word === 'VALUES' || word === 'TABLE') {
    // `((SELECT 1) + 1)` is a value; only when nothing but parentheses surrounds the query it is one.
    if (behindParentheses(tokens, first - 1, end) + (first - at - 1) === end) {
      reader.at = end;
      return { is: 'query', first, last: end - 1 };
    }
  }
  reader.at++;
  const values = [parseInfix(reader, 0)];
  while (accept(reader, ',')) values.push(parseInfix(reader, 0));
  if (!accept(reader, ')')) return lost(reader);
  return values.length === 1 ? (values[0] as Expression) : { is: 'operation', operator: 'ROW', operands: values };
}

function parseCase(reader: ExpressionReader): Expression {
  const operands: Expression[] = [];
  reader.at++;
  while (!reader.isLost && !accept(reader, 'END')) {
    const word = wordAt(reader);
    if (word === 'WHEN' || word === 'THEN' || word === 'ELSE') reader.at++;
    operands.push(parseInfix(reader, 0));
  }
  return operation('CASE', ...operands);
}

/** `INTERVAL value unit`, or the function of that name. */
function parseInterval(reader: ExpressionReader): Expression {
  reader.at++;
  const value = parseInfix(reader, 0);
  if (reader.tokens.kind[reader.at] === tokenKind.word && strength.get(wordAt(reader)) === undefined && wordAt(reader) !== '') reader.at++;
  return operation('INTERVAL', value);
}

/** `{d '2026-01-01'}` and its like. */
function parseBraces(reader: ExpressionReader): Expression {
  reader.at += 2;
  const value = parseInfix(reader, 0);
  return accept(reader, '}') ? operation('{}', value) : lost(reader);
}

const clockWords = new Set(['CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP', 'CURRENT_USER', 'CURRENT_ROLE', 'LOCALTIME', 'LOCALTIMESTAMP', 'UTC_DATE', 'UTC_TIME', 'UTC_TIMESTAMP', 'DEFAULT']);

function parseNamed(reader: ExpressionReader): Expression {
  const { tokens, at } = reader;
  if (wordAt(reader, 1) === '(') return parseCall(reader);
  if (clockWords.has(tokens.word[at] as string)) return skip(reader, 1);
  if (wordAt(reader) === '.') reader.at++;
  if (!canBeName(tokens, reader.at)) return lost(reader);
  const parts = [nameText(tokens, reader.at).toLowerCase()];
  reader.at++;
  while (wordAt(reader) === '.' && reader.at + 1 < reader.to) {
    parts.push(nameText(tokens, reader.at + 1).toLowerCase());
    reader.at += 2;
  }
  if (wordAt(reader) === '(') return parseCall({ ...reader, at: reader.at - 1 }, reader);
  return { is: 'column', parts };
}

/** Arguments in words of their own (`CAST(x AS CHAR)`, `TRIM(BOTH …)`) are searched for names instead of parsed. */
function parseCall(call: ExpressionReader, reader: ExpressionReader = call): Expression {
  const { tokens, at } = call;
  const open = at + 1;
  const end = behindParentheses(tokens, open, reader.to);
  const name = upperAscii(nameText(tokens, at));
  const inner: ExpressionReader = { tokens, at: open + 1, to: end - 1, depth: reader.depth, isLost: false };
  const operands: Expression[] = [];
  while (inner.at < inner.to && !inner.isLost) {
    operands.push(parseInfix(inner, 0));
    if (inner.at < inner.to && !accept(inner, ',')) inner.isLost = true;
  }
  reader.at = end;
  if (name === 'MATCH' && wordAt(reader) === 'AGAINST' && wordAt(reader, 1) === '(') reader.at = behindParentheses(tokens, reader.at + 1, reader.to);
  return { is: 'call', name, operands: inner.isLost ? namesBetween(tokens, open + 1, end - 1) : operands };
}

function namesBetween(tokens: Tokens, from: number, to: number): Expression[] {
  const columns: Expression[] = [];
  for (let at = from; at < to; at++) {
    const isPlainName = tokens.kind[at] === tokenKind.quoted || (tokens.kind[at] === tokenKind.word && tokens.word[at] === '');
    if (isPlainName && tokens.word[at + 1] !== '(' && tokens.kind[at + 1] !== tokenKind.text) columns.push({ is: 'column', parts: [tokenText(tokens, at).toLowerCase()] });
  }
  return columns;
}
