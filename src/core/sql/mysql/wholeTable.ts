/** Conditions that name a column and still hold for every row. */

import { toNumber } from './constants.ts';
import { evaluate } from './evaluate.ts';
import type { Expression } from './expression.ts';
import { isSame } from './sameExpression.ts';
import type { Tokens } from './tokens.ts';

/** The text, and the tables of the statement in lower case. */
export type ConditionContext = { readonly tokens: Tokens; readonly tables: readonly string[] };

/** Greatest value of a signed 32-bit key: a bound above it bounds nothing. */
const greatestKey = 2_147_483_647;

/** Whether the condition is one of the known ways to write "all rows". */
export function isWholeTableIdiom(context: ConditionContext, expression: Expression): boolean {
  // A generated key is never 0.
  if (isKey(context, expression)) return true;
  if (expression.is !== 'operation') return false;
  const { operator, operands } = expression;
  const [left, right] = operands as [Expression, Expression];
  switch (operator) {
    case '=': case '<=>': case '<=': case '>=': case 'LIKE': case 'SOUNDS LIKE':
      return isSame(left, right) || (operator === 'LIKE' && isAnyPattern(right)) || isKeyBound(context, operator, left, right);
    case '<>': case '<': case '>':
      return isKeyBound(context, operator, left, right);
    case 'REGEXP':
      return right.is === 'constant' && typeof right.value === 'string' && ['', '.', '.*', '.+', '^', '$', '^.', '^.*', '^.+', '^.*$', '.*$', '.?'].includes(right.value);
    case 'IN':
      return operands.slice(1).some((operand) => isSame(left, operand)) || isOwnColumn(context, left, right);
    case 'BETWEEN':
      return isSame(left, right) && isSame(left, operands[2] as Expression) ? true : isKeyBound(context, '>=', left, right) && isKeyBound(context, '<=', left, operands[2] as Expression);
    case 'NOT':
      return isNegatedIdiom(context, left);
    case 'XOR':
      return right.is === 'operation' && right.operator === 'NOT' && isSame(left, right.operands[0] as Expression);
    default:
      return false;
  }
}

/** `NOT (id IS NULL)`, `id NOT IN (0)`, `id NOT BETWEEN …` below the first key. */
function isNegatedIdiom(context: ConditionContext, expression: Expression): boolean {
  if (expression.is !== 'operation') return false;
  const [left, ...others] = expression.operands as [Expression, ...Expression[]];
  if (!isKey(context, left)) return false;
  if (expression.operator === 'IS NULL') return true;
  return expression.operator === 'IN' && others.length > 0 && others.every((operand) => isBelowKeys(operand));
}

function isAnyPattern(expression: Expression): boolean {
  return expression.is === 'constant' && typeof expression.value === 'string' && /^%+$/.test(expression.value);
}

/** `id > 0`, `id <> -1`, `id < 99999999999`: bounds outside of what generated keys are. Also with the sides exchanged. */
function isKeyBound(context: ConditionContext, operator: string, left: Expression, right: Expression): boolean {
  if (!isKey(context, left) && isKey(context, right)) return isKeyBound(context, mirrored.get(operator) ?? operator, right, left);
  if (!isKey(context, left)) return isLengthBound(operator, left, right);
  const value = evaluate(right);
  if (value === undefined || value === null) return false;
  const number = toNumber(value);
  switch (operator) {
    case '>':
      return number <= 0;
    case '>=':
      return number <= 1;
    case '<>':
      return number <= 0;
    case '<': case '<=':
      return number >= greatestKey;
    default:
      return false;
  }
}

const mirrored: ReadonlyMap<string, string> = new Map([['<', '>'], ['>', '<'], ['<=', '>='], ['>=', '<=']]);

/** `LENGTH(a) >= 0` and `ABS(a) > -1` hold for whatever is there. */
function isLengthBound(operator: string, left: Expression, right: Expression): boolean {
  if (left.is !== 'call' || !['LENGTH', 'CHAR_LENGTH', 'CHARACTER_LENGTH', 'OCTET_LENGTH', 'BIT_LENGTH', 'ABS'].includes(left.name)) return false;
  const value = evaluate(right);
  if (typeof value !== 'number') return false;
  return (operator === '>=' && value <= 0) || (operator === '>' && value < 0) || (operator === '<>' && value < 0);
}

function isBelowKeys(expression: Expression): boolean {
  const value = evaluate(expression);
  return value !== undefined && value !== null && toNumber(value) <= 0;
}

/** By its name the generated key of one of the tables. */
function isKey(context: ConditionContext, expression: Expression): boolean {
  if (expression.is !== 'column') return false;
  const name = expression.parts.at(-1) as string;
  if (['id', '_id', 'pk', 'uuid', 'guid'].includes(name)) return true;
  return context.tables.some((table) => [table, table.replace(/s$/, '')].some((stem) => name === `${stem}_id` || name === `${stem}id`));
}

/** `id IN (SELECT id FROM t)` on t itself. */
function isOwnColumn({ tokens, tables }: ConditionContext, left: Expression, right: Expression | undefined): boolean {
  if (left.is !== 'column' || right?.is !== 'query') return false;
  let at = right.first + 1;
  if (tokens.word[at] === 'DISTINCT') at++;
  const column = tokens.text.slice(tokens.start[at], tokens.end[at]).replaceAll('`', '').toLowerCase();
  if (column !== left.parts.at(-1) || tokens.word[at + 1] !== 'FROM') return false;
  const table = tokens.text.slice(tokens.start[at + 2], tokens.end[at + 2]).replaceAll('`', '').toLowerCase();
  return tables.includes(table) && at + 3 >= right.last;
}
