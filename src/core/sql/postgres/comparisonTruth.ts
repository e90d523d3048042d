/** Comparisons that hold for every row, or for none, whatever the table: no data is needed to see it. */
import { asBoolean, compareConstants, constantOf, type Constant } from './constants.ts';
import { canonical, type Comparison } from './expressions.ts';
import { many, names, type TypedNode } from './tree.ts';

/** `always`: every row; `never`: no row; `depends`: on the row. */
export type Truth = 'always' | 'never' | 'depends';

export function ofConstant(constant: Constant): Truth {
  const value = asBoolean(constant);
  if (value === undefined) return constant.kind === 'null' ? 'never' : 'depends';
  return value ? 'always' : 'never';
}

export function ofComparison(value: boolean | null | undefined): Truth {
  if (value === undefined) return 'depends';
  return value === true ? 'always' : 'never';
}

export function ofSame(operator: string): Truth {
  if (['=', '>=', '<=', 'is not distinct from'].includes(operator)) return 'always';
  return ['<>', '!=', '<', '>', 'is distinct from'].includes(operator) ? 'never' : 'depends';
}

const everyString = new Set(['', '^', '$', '.*', '^.*', '.*$', '^.*$', '.*?', '(.*)', '^(.*)$', '()', '.{0,}']);

export function evaluatePattern(operator: string, pattern: Constant | undefined): Truth {
  if (pattern?.kind !== 'string') return 'depends';
  const { value } = pattern;
  const matchesAll = operator.endsWith('~') || operator.endsWith('~*') ? (operator.includes('~~') ? /^%+$/u.test(value) : everyString.has(value)) : false;
  if (operator === 'similar') return /^(?:%|\(%\))+$/u.test(value) ? 'always' : 'depends';
  if (operator === '^@') return value === '' ? 'always' : 'depends';
  if (!matchesAll) return 'depends';
  return operator.startsWith('!') ? 'never' : 'always';
}

export function evaluateIn({ operator, left, list }: Comparison): Truth {
  const same = list.some((item) => canonical(item) === canonical(left));
  if (same) return operator === '=' ? 'always' : 'never';
  const constant = constantOf(left);
  const constants = list.map(constantOf);
  if (!constant || constants.some((each) => !each)) return 'depends';
  const found = constants.some((each) => each && compareConstants(constant, '=', each) === true);
  return found === (operator === '=') ? 'always' : 'never';
}

export function evaluateBetween({ operator, left, list }: Comparison): Truth {
  const [low, high] = list;
  if (!low || !high) return 'depends';
  const isInside = [low, high].every((bound) => canonical(bound) === canonical(left));
  if (!isInside) return 'depends';
  return operator.startsWith('not') ? 'never' : 'always';
}

/** `x = ANY (ARRAY[x, …])`. */
export function evaluateAny({ operator, left, right }: Comparison): Truth {
  const elements = right.type === 'A_ArrayExpr' ? many(right.node, 'elements') : [];
  return operator === '=' && elements.some((element) => canonical(element) === canonical(left)) ? 'always' : 'depends';
}

const neverNegative = new Set(['length', 'char_length', 'character_length', 'octet_length', 'bit_length', 'abs', 'cardinality', 'strpos']);

export function isNeverNegative(expression: TypedNode): boolean {
  return expression.type === 'FuncCall' && neverNegative.has(names(many(expression.node, 'funcname')).at(-1) ?? '');
}

export function boundedBelow(operator: string, bound: number): Truth {
  if (operator === '>=') return bound <= 0 ? 'always' : 'depends';
  if (operator === '>' || operator === '<>' || operator === '!=') return bound < 0 ? 'always' : 'depends';
  return (operator === '<' && bound <= 0) || (operator === '<=' && bound < 0) || (operator === '=' && bound < 0) ? 'never' : 'depends';
}
