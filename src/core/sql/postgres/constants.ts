/** Constants in a parse tree, as far as a condition needs them. */
import { has, inline, many, names, one, text, type TypedNode } from './tree.ts';

export type Constant = { readonly kind: 'null' } | { readonly kind: 'boolean'; readonly value: boolean } | { readonly kind: 'number'; readonly value: number } | { readonly kind: 'string'; readonly value: string };

/** The value of a literal, also behind casts and a sign; `undefined` for everything that has to be computed. */
export function constantOf(expression: TypedNode | undefined): Constant | undefined {
  if (!expression) return undefined;
  const { type, node } = expression;
  if (type === 'A_Const') return literal(expression);
  if (type === 'TypeCast') return castConstant(constantOf(one(node, 'arg')), typeNameOf(inline(node, 'typeName')));
  if (type === 'CollateClause') return constantOf(one(node, 'arg'));
  if (type === 'A_Expr' && !has(node, 'lexpr')) return negate(constantOf(one(node, 'rexpr')), names(many(node, 'name')).at(-1));
  return undefined;
}

function typeNameOf(typeName: TypedNode['node'] | undefined): string | undefined {
  return typeName && !has(typeName, 'arrayBounds') ? names(many(typeName, 'names')).at(-1) : undefined;
}

function literal({ node }: TypedNode): Constant | undefined {
  if (node['isnull'] === true) return { kind: 'null' };
  if (has(node, 'boolval')) return { kind: 'boolean', value: inline(node, 'boolval')?.['boolval'] === true };
  if (has(node, 'ival')) return { kind: 'number', value: Number(inline(node, 'ival')?.['ival'] ?? 0) };
  if (has(node, 'fval')) return { kind: 'number', value: Number(inline(node, 'fval')?.['fval'] ?? 0) };
  if (has(node, 'sval')) return { kind: 'string', value: text(inline(node, 'sval') ?? {}, 'sval') };
  return undefined;
}

const numericTypes = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']);
const textTypes = new Set(['text', 'varchar', 'bpchar', 'name']);

function castConstant(constant: Constant | undefined, typeName: string | undefined): Constant | undefined {
  if (!constant || constant.kind === 'null') return constant;
  if (typeName === 'bool') {
    const value = asBoolean(constant);
    return value === undefined ? undefined : { kind: 'boolean', value };
  }
  if (typeName !== undefined && numericTypes.has(typeName)) {
    const value = constant.kind === 'boolean' ? Number(constant.value) : Number(constant.value);
    return Number.isNaN(value) ? undefined : { kind: 'number', value };
  }
  return typeName !== undefined && textTypes.has(typeName) && constant.kind === 'string' ? constant : undefined;
}

function negate(constant: Constant | undefined, operator: string | undefined): Constant | undefined {
  if (constant?.kind !== 'number') return undefined;
  if (operator === '+') return constant;
  return operator === '-' ? { kind: 'number', value: -constant.value } : undefined;
}

const trueWords = ['true', 'yes', 'on', '1'];
const falseWords = ['false', 'no', 'off', '0'];

/** A constant where a Boolean is expected. The server takes unambiguous beginnings of its words. */
export function asBoolean(constant: Constant): boolean | undefined {
  if (constant.kind === 'boolean') return constant.value;
  if (constant.kind === 'number') return constant.value !== 0;
  if (constant.kind === 'null') return undefined;
  const word = constant.value.trim().toLowerCase();
  if (word === '' || word === 'o') return undefined;
  if (trueWords.some((each) => each.startsWith(word))) return true;
  return falseWords.some((each) => each.startsWith(word)) ? false : undefined;
}

/** Compares two constants with an operator; `undefined` when that cannot be told. NULL gives `null`. */
export function compareConstants(left: Constant, operator: string, right: Constant): boolean | null | undefined {
  if (left.kind === 'null' || right.kind === 'null') return null;
  if (left.kind === 'string' && right.kind === 'string') return compareStrings(left.value, operator, right.value);
  const [a, b] = [Number(left.value), Number(right.value)];
  return Number.isNaN(a) || Number.isNaN(b) ? undefined : compareNumbers(a, operator, b);
}

/** The order of strings depends on their collation, so only equality can be told. */
function compareStrings(a: string, operator: string, b: string): boolean | undefined {
  if (operator === '=') return a === b;
  return operator === '<>' || operator === '!=' ? a !== b : undefined;
}

function compareNumbers(a: number, operator: string, b: number): boolean | undefined {
  switch (operator) {
    case '=':
      return a === b;
    case '<>':
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return undefined;
  }
}
