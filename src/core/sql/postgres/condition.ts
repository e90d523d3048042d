/**
 * Whether a WHERE can leave out any row of the table that is changed. Errs towards "it cannot": a condition without a column
 * of that table, or one that every row meets, bounds nothing. What depends on data is left to the measured row count.
 */
import { boundedBelow, evaluateAny, evaluateBetween, evaluateIn, evaluatePattern, isNeverNegative, ofComparison, ofConstant, ofSame, type Truth } from './comparisonTruth.ts';
import { compareConstants, constantOf, type Constant } from './constants.ts';
import { asComparison, asExpression, canonical, coverEverything } from './expressions.ts';
import { has, inline, many, names, one, text, type PgNode, type TypedNode } from './tree.ts';

/** A table as a statement calls it. */
export type TableName = { readonly name: string; readonly alias?: string };

export type ConditionContext = {
  /** The table that is changed. */
  readonly target: TableName;
  /** Other tables of the statement. */
  readonly others: readonly TableName[];
};

/** Whether the condition holds for rows of the target. A missing one always does. */
export function truthOf(condition: TypedNode | undefined, context: ConditionContext): Truth {
  if (!condition) return 'always';
  const truth = evaluate(condition, context);
  return truth === 'depends' && !mentionsTarget(condition, context) ? 'always' : truth;
}

function evaluate(condition: TypedNode, context: ConditionContext): Truth {
  const constant = constantOf(condition);
  if (constant) return ofConstant(constant);
  const { type, node } = condition;
  switch (type) {
    case 'BoolExpr':
      return evaluateBoolean(node, context);
    case 'A_Expr':
      return evaluateComparison(node, context);
    case 'NullTest':
      return evaluateNullTest(node, context);
    case 'BooleanTest':
      return evaluateBooleanTest(node, context);
    case 'CoalesceExpr':
      return evaluateFirst(many(node, 'args'), context);
    case 'CaseExpr':
      return evaluateCase(node, context);
    case 'SubLink':
      return evaluateSubLink(node, context);
    case 'TypeCast':
      return evaluateMaybe(one(node, 'arg'), context);
    case 'FuncCall':
      return evaluateCall(node);
    default:
      return 'depends';
  }
}

function evaluateMaybe(condition: TypedNode | undefined, context: ConditionContext): Truth {
  return condition ? evaluate(condition, context) : 'depends';
}

function evaluateBoolean(node: PgNode, context: ConditionContext): Truth {
  const parts = many(node, 'args');
  const truths = parts.map((part) => evaluate(part, context));
  switch (text(node, 'boolop')) {
    case 'AND_EXPR':
      if (truths.includes('never')) return 'never';
      return truths.every((truth) => truth === 'always') ? 'always' : 'depends';
    case 'OR_EXPR':
      if (truths.some((truth, index) => truth === 'always' || isUnboundedBranch(parts[index], truth, context))) return 'always';
      if (coverEverything(parts)) return 'always';
      return truths.every((truth) => truth === 'never') ? 'never' : 'depends';
    case 'NOT_EXPR':
      return invert(parts[0], truths[0]);
    default:
      return 'depends';
  }
}

/** A branch of an OR that no column of the target limits opens the door for every row. */
function isUnboundedBranch(part: TypedNode | undefined, truth: Truth, context: ConditionContext): boolean {
  return truth === 'depends' && part !== undefined && !mentionsTarget(part, context);
}

function invert(inner: TypedNode | undefined, truth: Truth | undefined): Truth {
  // NOT NULL is NULL.
  if (constantOf(inner)?.kind === 'null') return 'never';
  if (truth === 'always') return 'never';
  return truth === 'never' ? 'always' : 'depends';
}

function evaluateComparison(node: PgNode, context: ConditionContext): Truth {
  const comparison = asComparison(node);
  if (!comparison) return 'depends';
  const { kind, operator, left, right } = comparison;
  const [a, b] = [constantOf(left), constantOf(right)];
  if (kind === 'operator' && a && b) return ofComparison(compareConstants(a, operator, b));
  if (kind === 'pattern') return evaluatePattern(operator, b);
  if (kind === 'in') return evaluateIn(comparison);
  if (kind === 'between') return evaluateBetween(comparison);
  if (kind === 'any') return evaluateAny(comparison);
  if (isNeverNegative(left) && b?.kind === 'number') return boundedBelow(operator, b.value);
  if (isNull(a) || isNull(b)) return operator.startsWith('is ') ? 'depends' : 'never';
  if (canonical(left) === canonical(right)) return ofSame(operator);
  // Joined with itself, every row meets at least itself.
  return isSameColumn(left, right, context) && ofSame(operator) === 'always' ? 'always' : 'depends';
}

function isNull(constant: Constant | undefined): boolean {
  return constant?.kind === 'null';
}

/** The same column of the same table, once as the target and once under another name. */
function isSameColumn(left: TypedNode, right: TypedNode, context: ConditionContext): boolean {
  const [a, b] = [columnOf(left, context), columnOf(right, context)];
  return a !== undefined && b !== undefined && a.table !== '' && a.table === b.table && a.column === b.column;
}

function columnOf(expression: TypedNode, { target, others }: ConditionContext): { readonly table: string; readonly column: string } | undefined {
  if (expression.type !== 'ColumnRef') return undefined;
  const [column, table] = names(many(expression.node, 'fields')).toReversed();
  const owner = [target, ...others].find((each) => (each.alias ?? each.name) === table);
  return owner && column !== undefined ? { table: owner.name, column } : undefined;
}

const systemColumns = new Set(['ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax']);

function evaluateNullTest(node: PgNode, context: ConditionContext): Truth {
  const wantsNull = text(node, 'nulltesttype') === 'IS_NULL';
  const argument = one(node, 'arg');
  const constant = constantOf(argument);
  const isNull = constant ? constant.kind === 'null' : isNeverNull(argument, context) ? false : undefined;
  if (isNull === undefined) return 'depends';
  return isNull === wantsNull ? 'always' : 'never';
}

function isNeverNull(argument: TypedNode | undefined, context: ConditionContext): boolean {
  if (!argument) return false;
  if (argument.type === 'ColumnRef') return systemColumns.has(names(many(argument.node, 'fields')).at(-1) ?? '');
  if (argument.type === 'CoalesceExpr') return many(argument.node, 'args').some((each) => (constantOf(each)?.kind ?? 'null') !== 'null');
  // IS NULL and IS TRUE themselves are never NULL.
  return argument.type === 'NullTest' || argument.type === 'BooleanTest' || (argument.type === 'BoolExpr' && evaluate(argument, context) === 'always');
}

function evaluateBooleanTest(node: PgNode, context: ConditionContext): Truth {
  const truth = evaluateMaybe(one(node, 'arg'), context);
  const isNull = constantOf(one(node, 'arg'))?.kind === 'null';
  switch (text(node, 'booltesttype')) {
    case 'IS_TRUE':
      return truth;
    case 'IS_NOT_TRUE':
      return truth === 'never' ? 'always' : truth === 'always' ? 'never' : 'depends';
    case 'IS_FALSE':
      return isNull ? 'never' : invert(undefined, truth);
    case 'IS_NOT_FALSE':
      return isNull ? 'always' : truth;
    case 'IS_UNKNOWN':
      return isNull ? 'always' : 'depends';
    case 'IS_NOT_UNKNOWN':
      return isNull ? 'never' : truth === 'depends' ? 'depends' : 'always';
    default:
      return 'depends';
  }
}

/** COALESCE: the first value that is not NULL. */
function evaluateFirst(parts: readonly TypedNode[], context: ConditionContext): Truth {
  const relevant = parts.filter((part) => constantOf(part)?.kind !== 'null');
  const truths = relevant.map((part) => evaluate(part, context));
  if (truths.length > 0 && truths.every((truth) => truth === 'always')) return 'always';
  return truths.length === 0 || truths.every((truth) => truth === 'never') ? 'never' : 'depends';
}

function evaluateCase(node: PgNode, context: ConditionContext): Truth {
  if (has(node, 'arg')) return evaluateResults(node, context);
  for (const { node: arm } of many(node, 'args')) {
    const when = evaluateMaybe(one(arm, 'expr'), context);
    if (when === 'always') return evaluateMaybe(one(arm, 'result'), context);
    if (when === 'depends') return evaluateResults(node, context);
  }
  return has(node, 'defresult') ? evaluateMaybe(one(node, 'defresult'), context) : 'never';
}

function evaluateResults(node: PgNode, context: ConditionContext): Truth {
  const results = [...many(node, 'args').map((arm) => evaluateMaybe(one(arm.node, 'result'), context)), has(node, 'defresult') ? evaluateMaybe(one(node, 'defresult'), context) : 'never'];
  if (results.every((truth) => truth === 'always')) return 'always';
  return results.every((truth) => truth === 'never') ? 'never' : 'depends';
}

function evaluateCall(node: PgNode): Truth {
  const name = names(many(node, 'funcname')).at(-1);
  const [, second] = many(node, 'args');
  const constant = constantOf(second);
  return name === 'starts_with' && constant?.kind === 'string' && constant.value === '' ? 'always' : 'depends';
}

function evaluateSubLink(node: PgNode, context: ConditionContext): Truth {
  const select = one(node, 'subselect');
  if (select?.type !== 'SelectStmt') return 'depends';
  switch (text(node, 'subLinkType')) {
    case 'EXISTS_SUBLINK':
      return evaluateExists(select.node, context);
    case 'ANY_SUBLINK':
      return isOwnColumnOfAll(node, select.node, context) ? 'always' : 'depends';
    case 'EXPR_SUBLINK':
      return evaluateScalar(select.node, context);
    default:
      return 'depends';
  }
}

/** `(SELECT true)`. */
function evaluateScalar(select: PgNode, context: ConditionContext): Truth {
  const [result, ...more] = many(select, 'targetList');
  return result && more.length === 0 && isBare(select, ['targetList']) ? evaluateMaybe(one(result.node, 'val'), context) : 'depends';
}

/** Whether the SELECT has no other clauses than these. */
function isBare(select: PgNode, clauses: readonly string[]): boolean {
  return Object.keys(select).every((key) => clauses.includes(key) || key === 'limitOption' || key === 'op') && text(select, 'op') === 'SETOP_NONE';
}

/** Without FROM there is a row when the condition holds; a self-join on the same column finds at least the row itself. */
function evaluateExists(select: PgNode, context: ConditionContext): Truth {
  if (isBare(select, ['targetList', 'whereClause']) && !has(select, 'fromClause')) return has(select, 'whereClause') ? evaluateMaybe(one(select, 'whereClause'), context) : 'always';
  const inner = onlyTable(select);
  const where = one(select, 'whereClause');
  if (!inner || !where || !isBare(select, ['targetList', 'fromClause', 'whereClause'])) return 'depends';
  return inner.name === context.target.name && evaluate(where, { target: context.target, others: [inner] }) === 'always' ? 'always' : 'depends';
}

/** `id IN (SELECT id FROM same_table)`. */
function isOwnColumnOfAll(node: PgNode, select: PgNode, { target }: ConditionContext): boolean {
  const inner = onlyTable(select);
  const test = one(node, 'testexpr');
  const [result] = many(select, 'targetList');
  const value = result && one(result.node, 'val');
  if (!inner || inner.name !== target.name || has(node, 'operName') || test?.type !== 'ColumnRef' || value?.type !== 'ColumnRef') return false;
  if (!isBare(select, ['targetList', 'fromClause'])) return false;
  return names(many(test.node, 'fields')).at(-1) === names(many(value.node, 'fields')).at(-1);
}

function onlyTable(select: PgNode): TableName | undefined {
  const [first, ...more] = many(select, 'fromClause');
  return first?.type === 'RangeVar' && more.length === 0 ? tableName(first.node) : undefined;
}

/** The name and alias of a `RangeVar`. */
export function tableName(rangeVar: PgNode): TableName {
  const alias = inline(rangeVar, 'alias');
  return alias ? { name: text(rangeVar, 'relname'), alias: text(alias, 'aliasname') } : { name: text(rangeVar, 'relname') };
}

/** Whether a column of the target may occur: one that belongs to another table by its qualifier does not count. */
function mentionsTarget(expression: TypedNode, context: ConditionContext): boolean {
  if (expression.type === 'CurrentOfExpr') return true;
  if (expression.type === 'ColumnRef') return mayBeTarget(names(many(expression.node, 'fields')), context);
  const inner = expression.type === 'SelectStmt' ? withTablesOf(expression.node, context) : context;
  return asExpression(expression).some((part) => mentionsTarget(part, inner));
}

function mayBeTarget(fields: readonly string[], { target, others }: ConditionContext): boolean {
  const qualifier = fields.at(-2);
  if (fields.at(-1) === '*' && qualifier === undefined) return false;
  if (qualifier === undefined) return true;
  const isOther = others.some((each) => (each.alias ?? each.name) === qualifier);
  return !isOther || (target.alias ?? target.name) === qualifier;
}

/** Tables of a sub-select hide those outside. */
function withTablesOf(select: PgNode, { target, others }: ConditionContext): ConditionContext {
  const inner = many(select, 'fromClause')
    .filter(({ type }) => type === 'RangeVar')
    .map(({ node }) => tableName(node));
  const isHidden = inner.some((each) => (each.alias ?? each.name) === (target.alias ?? target.name));
  return { target: isHidden ? { name: '' } : target, others: [...others, ...inner] };
}
