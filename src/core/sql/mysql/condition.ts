/** Says whether a WHERE clause leaves any row out. */

import { evaluate } from './evaluate.ts';
import type { Expression } from './expression.ts';
import { parseExpression } from './expression.ts';
import { isTruthy } from './constants.ts';
import { isSame, isSameList } from './sameExpression.ts';
import { isWholeTableIdiom } from './wholeTable.ts';
import type { ConditionContext } from './wholeTable.ts';
import type { Tokens } from './tokens.ts';

/**
 * `every-row`: true for every row that this can be seen from the text.
 * `no-column`: the same answer for all rows, and which one is decided elsewhere.
 * `never`: false for every row.
 */
export type ConditionVerdict = 'depends' | 'every-row' | 'no-column' | 'never' | 'not-understood';

/** Judges the condition at tokens `from`..`to`; `end` is where it stops. */
export function judgeCondition(tokens: Tokens, from: number, to: number, tables: readonly string[]): { readonly verdict: ConditionVerdict; readonly end: number } {
  const parsed = parseExpression(tokens, from, to);
  if (parsed === undefined) return { verdict: 'not-understood', end: from };
  return { verdict: judge({ tokens, tables }, parsed.expression), end: parsed.end };
}

function judge(context: ConditionContext, expression: Expression): ConditionVerdict {
  if (expression.is === 'operation') {
    if (expression.operator === 'AND') return judgeAll(expression.operands.map((operand) => judge(context, operand)));
    if (expression.operator === 'OR') return judgeAny(context, expression.operands);
    if (expression.operator === 'NOT') {
      const negated = negate(expression.operands[0] as Expression);
      if (negated !== undefined) return judge(context, negated);
    }
  }
  if (isCertainlyFalse(expression)) return 'never';
  const value = evaluate(expression);
  if (value !== undefined && isTruthy(value) === true) return 'every-row';
  if (isWholeTableIdiom(context, expression)) return 'every-row';
  return mentionsColumn(context, expression) ? 'depends' : 'no-column';
}

/** Only what cannot be meant otherwise: FALSE, 0, NULL and comparisons of two whole numbers. */
function isCertainlyFalse(expression: Expression): boolean {
  if (expression.is === 'constant') return expression.value === null || expression.value === 0;
  if (expression.is !== 'operation' || !['=', '<>', '<', '>', '<=', '>='].includes(expression.operator)) return false;
  return expression.operands.every((operand) => operand.is === 'constant' && Number.isSafeInteger(operand.value)) && evaluate(expression) === 0;
}

function judgeAll(verdicts: readonly ConditionVerdict[]): ConditionVerdict {
  if (verdicts.includes('never')) return 'never';
  if (verdicts.includes('depends')) return 'depends';
  return verdicts.includes('no-column') ? 'no-column' : 'every-row';
}

function judgeAny(context: ConditionContext, operands: readonly Expression[]): ConditionVerdict {
  const verdicts = operands.map((operand) => judge(context, operand));
  if (verdicts.includes('every-row') || hasComplements(operands)) return 'every-row';
  if (verdicts.includes('no-column')) return 'no-column';
  return verdicts.every((verdict) => verdict === 'never') ? 'never' : 'depends';
}

/** `a = 1 OR a <> 1` and its like. Bounded, because every pair is compared. */
function hasComplements(operands: readonly Expression[]): boolean {
  if (operands.length > 20) return false;
  return operands.some((one, index) => operands.slice(index + 1).some((other) => areComplements(one, other)));
}

function areComplements(one: Expression, other: Expression): boolean {
  const negated = negate(one) ?? { is: 'operation', operator: 'NOT', operands: [one] };
  const negatedOther = negate(other);
  if (isSame(negated, other) || (negatedOther !== undefined && isSame(one, negatedOther))) return true;
  if (one.is !== 'operation' || other.is !== 'operation') return false;
  const covering = (one.operator === '>=' && other.operator === '<=') || (one.operator === '<=' && other.operator === '>=');
  return covering && isSameList(one.operands, other.operands);
}

const opposites: ReadonlyMap<string, string> = new Map([['=', '<>'], ['<>', '='], ['<', '>='], ['>=', '<'], ['>', '<='], ['<=', '>']]);

/** The expression that is true where this one is false, when it can be written without NOT. */
function negate(expression: Expression): Expression | undefined {
  if (expression.is !== 'operation') return undefined;
  const { operator, operands } = expression;
  if (operator === 'NOT') return operands[0];
  const opposite = opposites.get(operator);
  if (opposite !== undefined) return { is: 'operation', operator: opposite, operands };
  if (operator !== 'AND' && operator !== 'OR') return undefined;
  const negated = operands.map((operand): Expression => negate(operand) ?? { is: 'operation', operator: 'NOT', operands: [operand] });
  return { is: 'operation', operator: operator === 'AND' ? 'OR' : 'AND', operands: negated };
}

/** Whether any part can differ from row to row. */
function mentionsColumn(context: ConditionContext, expression: Expression): boolean {
  switch (expression.is) {
    case 'column':
      return true;
    case 'query':
      return queryMayDependOnRow(context.tokens, expression.first, expression.last);
    case 'operation':
    case 'call':
      return expression.operands.some((operand) => mentionsColumn(context, operand));
    default:
      return false;
  }
}

/** Without a condition inside it, a query gives the same result for every row around it. */
function queryMayDependOnRow(tokens: Tokens, first: number, last: number): boolean {
  for (let at = first; at < last; at++) {
    const word = tokens.word[at];
    if (word === 'WHERE' || word === 'HAVING' || word === 'ON' || word === 'USING') return true;
  }
  return false;
}
