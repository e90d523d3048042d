/** Constant folding with MySQL's truth values and conversions. */

import { isTruthy, toNumber } from './constants.ts';
import type { Constant } from './constants.ts';
import type { Expression } from './expression.ts';
import { isSame } from './sameExpression.ts';

/** Value of an expression made of constants only; undefined when it is not, or when the value is not certain. */
export function evaluate(expression: Expression): Constant | undefined {
  if (expression.is === 'constant') return expression.value;
  if (expression.is !== 'operation') return undefined;
  const { operator, operands } = expression;
  if (operator === 'AND' || operator === 'OR') return evaluateLogic(operator, operands);
  if (operands.length > 100) return undefined;
  if (isAlwaysZero(operator, operands)) return 0;
  const values = operands.map(evaluate);
  if (values.includes(undefined)) return undefined;
  return evaluateOperation(operator, values as Constant[]);
}

/** `x - x` and `x * 0`, leaving NULL aside. */
function isAlwaysZero(operator: string, operands: readonly Expression[]): boolean {
  const [left, right] = operands;
  if (left === undefined || right === undefined) return false;
  if (operator === '-') return isSame(left, right);
  return operator === '*' && [left, right].some((side) => side.is === 'constant' && side.value === 0);
}

/** One false part makes an AND false whatever the others are. */
function evaluateLogic(operator: 'AND' | 'OR', operands: readonly Expression[]): Constant | undefined {
  const decisive = operator === 'OR';
  let isCertain = true;
  let isNull = false;
  for (const operand of operands) {
    const value = evaluate(operand);
    if (value === undefined) isCertain = false;
    else {
      const truth = isTruthy(value);
      if (truth === decisive) return decisive ? 1 : 0;
      if (truth === undefined) isNull = true;
    }
  }
  if (!isCertain) return undefined;
  return isNull ? null : decisive ? 0 : 1;
}

function evaluateOperation(operator: string, values: readonly Constant[]): Constant | undefined {
  const [one = null, two = null, three = null] = values;
  const test = evaluateTest(operator, values);
  if (test !== undefined || isTest(operator)) return test;
  if (!isCalculable(operator)) return undefined;
  if (one === null) return null;
  if (operator === 'unary -') return -toNumber(one);
  if (two === null) return null;
  if (operator === 'BETWEEN') return three === null ? undefined : compare('>=', one, two) === 1 && compare('<=', one, three) === 1 ? 1 : undefinedUnless(one, two, three);
  return arithmetic(operator, toNumber(one), toNumber(two)) ?? compare(operator, one, two);
}

/** Operators whose value is worked out below, and which are NULL when a side is. Of all others nothing is known. */
function isCalculable(operator: string): boolean {
  return ['unary -', 'BETWEEN', '+', '-', '*', '/', 'XOR', '=', '<>', '<', '>', '<=', '>=', 'LIKE'].includes(operator);
}

function isTest(operator: string): boolean {
  return operator === 'IN' || operator === '<=>' || operator === 'NOT';
}

/** Operators that have an answer even for NULL. */
function evaluateTest(operator: string, values: readonly Constant[]): Constant | undefined {
  const [one = null, two = null] = values;
  switch (operator) {
    case 'IS NULL':
      return one === null ? 1 : 0;
    case 'IS TRUE':
      return isTruthy(one) === true ? 1 : 0;
    case 'IS FALSE':
      return isTruthy(one) === false ? 1 : 0;
    case '<=>':
      return one === null || two === null ? (one === two ? 1 : 0) : compare('=', one, two);
    case 'IN':
      return evaluateIn(one, values.slice(1));
    case 'NOT': {
      const truth = isTruthy(one);
      return truth === undefined ? null : truth ? 0 : 1;
    }
    default:
      return undefined;
  }
}

/** Out of range for certain only among numbers: strings compare by collation. */
function undefinedUnless(...values: Constant[]): number | undefined {
  return values.every((value) => typeof value === 'number') ? 0 : undefined;
}

function evaluateIn(one: Constant, list: readonly Constant[]): Constant | undefined {
  if (one === null) return null;
  const found = list.some((value) => value !== null && compare('=', one, value) === 1);
  if (found) return 1;
  return list.every((value) => typeof value === 'number') && typeof one === 'number' ? 0 : undefined;
}

function arithmetic(operator: string, one: number, two: number): number | undefined {
  switch (operator) {
    case '+':
      return one + two;
    case '-':
      return one - two;
    case '*':
      return one * two;
    case '/':
      return two === 0 ? undefined : one / two;
    case 'XOR':
      return (one !== 0) !== (two !== 0) ? 1 : 0;
    default:
      return undefined;
  }
}

/** Two strings compare by a collation nobody knows here: only equal ones are certain. */
function compare(operator: string, one: Exclude<Constant, null>, two: Exclude<Constant, null>): number | undefined {
  if (typeof one === 'string' && typeof two === 'string') return compareStrings(operator, one, two);
  const a = toNumber(one);
  const b = toNumber(two);
  const results: Record<string, boolean> = { '=': a === b, '<>': a !== b, '<': a < b, '>': a > b, '<=': a <= b, '>=': a >= b };
  const result = results[operator];
  // Decimal fractions are exact on the server and not here: then only a yes is believed.
  const isExact = Number.isSafeInteger(a) && Number.isSafeInteger(b);
  return result === true ? 1 : result === false && isExact ? 0 : undefined;
}

function compareStrings(operator: string, one: string, two: string): number | undefined {
  const isEqual = one.toLowerCase() === two.toLowerCase();
  if (operator === 'LIKE') return /^%+$/.test(two) || (isEqual && !/[%_]/.test(two)) ? 1 : undefined;
  if (isEqual) return operator === '=' || operator === '<=' || operator === '>=' ? 1 : undefined;
  if (!/^[A-Za-z0-9]*$/.test(one + two)) return undefined;
  if (operator === '<>') return 1;
  return operator === '=' ? 0 : undefined;
}
