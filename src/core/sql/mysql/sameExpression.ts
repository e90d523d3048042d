/** Compares expressions by how they are written. */

import type { Expression } from './expression.ts';

/** Whether two expressions read alike and give the same value within a row. */
export function isSame(first: Expression, second: Expression): boolean {
  const [one, other] = [withoutNeutral(first), withoutNeutral(second)];
  if (one.is === 'column' && other.is === 'column') return isSameColumn(one.parts, other.parts);
  if (one.is === 'constant' && other.is === 'constant') return one.value === other.value;
  if (one.is === 'operation' && other.is === 'operation') return one.operator === other.operator && isSameList(one.operands, other.operands);
  if (one.is === 'call' && other.is === 'call') return one.name === other.name && !isRandom(one.name) && isSameList(one.operands, other.operands);
  return false;
}

/** `x + 0`, `x - 0`, `x * 1` and `x / 1` are x. */
function withoutNeutral(expression: Expression): Expression {
  if (expression.is !== 'operation' || expression.operands.length !== 2) return expression;
  const [left, right] = expression.operands as [Expression, Expression];
  return right.is === 'constant' && neutral.has(expression.operator) && neutral.get(expression.operator) === right.value ? withoutNeutral(left) : expression;
}

const neutral: ReadonlyMap<string, number> = new Map([['+', 0], ['-', 0], ['*', 1], ['/', 1]]);

export function isSameList(one: readonly Expression[], other: readonly Expression[]): boolean {
  return one.length === other.length && one.every((expression, index) => isSame(expression, other[index] as Expression));
}

/** `t.a` and `a` are taken for the same column. */
function isSameColumn(one: readonly string[], other: readonly string[]): boolean {
  const shared = Math.min(one.length, other.length);
  return one.slice(-shared).join('.') === other.slice(-shared).join('.');
}

function isRandom(name: string): boolean {
  return name === 'RAND' || name === 'UUID' || name === 'RANDOM_BYTES' || name === 'UUID_SHORT';
}
