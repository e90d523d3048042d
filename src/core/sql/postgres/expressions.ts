/** Shapes of expressions: comparisons in one form, equality of meaning, and everything inside. */
import { constantOf } from './constants.ts';
import { has, isRecord, many, names, one, text, unwrap, type PgNode, type TypedNode } from './tree.ts';

/** A comparison; `list` holds the right side of IN and the bounds of BETWEEN. */
export type Comparison = {
  readonly kind: 'operator' | 'pattern' | 'in' | 'between' | 'any';
  readonly operator: string;
  readonly left: TypedNode;
  readonly right: TypedNode;
  readonly list: readonly TypedNode[];
};

const patternOperators = new Set(['~', '~*', '!~', '!~*', '~~', '~~*', '!~~', '!~~*', '^@']);

/** Reads an `A_Expr` with two sides. */
export function asComparison(node: PgNode): Comparison | undefined {
  const left = one(node, 'lexpr');
  const right = one(node, 'rexpr');
  const operator = names(many(node, 'name')).at(-1) ?? '';
  if (!left || !right) return undefined;
  const list = right.type === 'List' ? many(right.node, 'items') : [];
  switch (text(node, 'kind')) {
    case 'AEXPR_OP':
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return { kind: patternOperators.has(operator) ? 'pattern' : 'operator', operator, left, right: unescaped(right), list };
    case 'AEXPR_SIMILAR':
      return operator === '~' ? { kind: 'pattern', operator: 'similar', left, right: unescaped(right), list } : undefined;
    case 'AEXPR_IN':
      return { kind: 'in', operator, left, right, list };
    case 'AEXPR_OP_ANY':
      return { kind: 'any', operator, left, right, list };
    case 'AEXPR_DISTINCT':
      return { kind: 'operator', operator: 'is distinct from', left, right, list };
    case 'AEXPR_NOT_DISTINCT':
      return { kind: 'operator', operator: 'is not distinct from', left, right, list };
    case 'AEXPR_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
      return { kind: 'between', operator: 'between', left, right, list };
    case 'AEXPR_NOT_BETWEEN':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return { kind: 'between', operator: 'not between', left, right, list };
    default:
      return undefined;
  }
}

/** LIKE … ESCAPE and SIMILAR TO wrap their pattern in a function. */
function unescaped(pattern: TypedNode): TypedNode {
  const name = pattern.type === 'FuncCall' ? names(many(pattern.node, 'funcname')).at(-1) : undefined;
  const [inner] = many(pattern.node, 'args');
  return inner && (name === 'like_escape' || name === 'similar_to_escape') ? inner : pattern;
}

/** Equal for expressions that are written alike, apart from positions, and apart from adding nothing. */
export function canonical(expression: TypedNode): string {
  return written(simplify(expression));
}

/** The expression as text, without positions. */
function written({ type, node }: TypedNode): string {
  return `${type}${writtenValue(node)}`;
}

const positions = new Set(['location', 'name_location', 'rexpr_list_start', 'rexpr_list_end', 'list_start', 'list_end']);

function writtenValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writtenValue).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  let result = '{';
  for (const key in value) if (!positions.has(key)) result += `${key}:${writtenValue(value[key])};`;
  return `${result}}`;
}

/** Whether two parts of parse trees mean the same: all but positions. Ends at the first difference. */
export function isAlike(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, index) => isAlike(each, b[index]));
  if (!isRecord(a) || !isRecord(b)) return a === b;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.every((key) => positions.has(key) || isAlike(a[key], b[key]));
}

const neutral: Readonly<Record<string, string | number>> = { '+': 0, '-': 0, '*': 1, '/': 1, '||': '' };

/** `x + 0` is `x`, `x - x` is 0, `x * 0` is 0. */
function simplify(expression: TypedNode): TypedNode {
  if (expression.type !== 'A_Expr' || text(expression.node, 'kind') !== 'AEXPR_OP') return expression;
  const comparison = asComparison(expression.node);
  if (!comparison || comparison.kind !== 'operator') return expression;
  const { operator, right } = comparison;
  const left = simplify(comparison.left);
  const constant = constantOf(right);
  const value = constant && 'value' in constant ? constant.value : undefined;
  if (value !== undefined && neutral[operator] === value) return left;
  const isZero = (operator === '*' && value === 0) || (operator === '-' && isAlike(left, right));
  return isZero ? { type: 'A_Const', node: { ival: {} } } : expression;
}

/**
 * Whether the branches of an OR leave out no row, NULLs aside: `x` and `NOT x`, `x = 5` and `x <> 5`, `x > 5` and `x < 7`,
 * IS NULL and IS NOT NULL.
 */
export function coverEverything(branches: readonly TypedNode[]): boolean {
  const seen = new Set<string>();
  const bounds = new Map<string, { above: number; below: number }>();
  for (const branch of branches) {
    const { key, opposites } = asTest(branch);
    if (opposites.some((opposite) => seen.has(opposite)) || meetsOtherBound(branch, bounds)) return true;
    seen.add(key);
  }
  return false;
}

const oppositeOperators: Readonly<Record<string, readonly string[]>> = {
  '=': ['<>'],
  '<>': ['='],
  '<': ['>='],
  '>=': ['<', '<='],
  '>': ['<='],
  '<=': ['>', '>='],
};

type Test = {
  readonly key: string;
  /** Keys of what would complete it. */
  readonly opposites: readonly string[];
};

function asTest(branch: TypedNode): Test {
  const { type, node } = branch;
  const [inner] = type === 'BoolExpr' && text(node, 'boolop') === 'NOT_EXPR' ? many(node, 'args') : [];
  if (inner) {
    const { key } = asTest(inner);
    return { key: `not ${key}`, opposites: [key] };
  }
  const { test, on, opposites } = testParts(branch);
  const key = `${test} ${on}`;
  return { key, opposites: [`not ${key}`, ...opposites.map((opposite) => `${opposite} ${on}`)] };
}

/** What is tested, apart from how. */
function testParts(branch: TypedNode): { readonly test: string; readonly on: string; readonly opposites: readonly string[] } {
  const { type, node } = branch;
  const argument = one(node, 'arg');
  if (argument && (type === 'NullTest' || type === 'BooleanTest')) {
    const test = text(node, type === 'NullTest' ? 'nulltesttype' : 'booltesttype');
    return { test, on: canonical(argument), opposites: [oppositeTest(test)] };
  }
  const comparison = type === 'A_Expr' ? asComparison(node) : undefined;
  if (comparison?.kind !== 'operator') return { test: '', on: canonical(branch), opposites: [] };
  const { operator, left, right } = comparison;
  return { test: operator, on: `${canonical(left)} ${canonical(right)}`, opposites: oppositeOperators[operator] ?? [] };
}

function oppositeTest(test: string): string {
  return test.startsWith('IS_NOT_') ? test.replace('IS_NOT_', 'IS_') : test.replace('IS_', 'IS_NOT_');
}

/** `x > 5 OR x < 7`: every number is in one of them. */
function meetsOtherBound(branch: TypedNode, bounds: Map<string, { above: number; below: number }>): boolean {
  const comparison = branch.type === 'A_Expr' ? asComparison(branch.node) : undefined;
  const constant = comparison && constantOf(comparison.right);
  if (comparison?.kind !== 'operator' || constant?.kind !== 'number') return false;
  const key = canonical(comparison.left);
  const bound = bounds.get(key) ?? { above: Infinity, below: -Infinity };
  if (comparison.operator === '>' || comparison.operator === '>=') bound.above = Math.min(bound.above, constant.value);
  if (comparison.operator === '<' || comparison.operator === '<=') bound.below = Math.max(bound.below, constant.value);
  bounds.set(key, bound);
  return bound.above < bound.below;
}

/** The nodes directly inside, whatever field they are in. */
export function asExpression({ node }: TypedNode): readonly TypedNode[] {
  return Object.values(node).flatMap((value) => nodesIn(value));
}

function nodesIn(value: unknown): readonly TypedNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (!isRecord(value)) return [];
  const wrapped = unwrap(value);
  if (wrapped && /^[A-Z]/u.test(wrapped.type)) return [wrapped];
  // A node without wrapper, e.g. a SELECT inside a set operation: its own type does not matter here.
  return has(value, 'targetList') || has(value, 'fromClause') ? [{ type: 'SelectStmt', node: value }] : Object.values(value).flatMap(nodesIn);
}
