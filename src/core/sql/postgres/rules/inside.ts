/** What nodes inside a statement do: calls, operators, casts, locks, tables, secrets. */
import { effectOfFunction, isBuiltInColumn, isBuiltInOperator, isBuiltInType, type FunctionEffect } from '../functions.ts';
import type { Finding } from '../findings.ts';
import { secretFinding, secretFindings } from '../secrets.ts';
import { effectOfSetting } from '../settings.ts';
import { constantOf } from '../constants.ts';
import { has, inline, locationOf, many, names, one, text, type PgNode, type TypedNode } from '../tree.ts';
import { describeLocking } from './queries.ts';

/** Observations about one node of an expression or a FROM clause. */
export function describeInside(type: string, node: PgNode): readonly Finding[] {
  switch (type) {
    case 'FuncCall':
      return describeCall(node);
    case 'ColumnRef':
      return describeNotation(names(many(node, 'fields')).slice(1).slice(-1), locationOf(node));
    case 'A_Indirection':
      return describeIndirection(node);
    case 'A_Expr':
      // BETWEEN is kept under its own name, and compares with the operators of the types.
      return text(node, 'kind').includes('BETWEEN') ? [] : describeOperator(names(many(node, 'name')), locationOf(node));
    case 'SubLink':
      return describeOperator(names(many(node, 'operName')), locationOf(node));
    case 'SortBy':
      return describeOperator(names(many(node, 'useOp')), locationOf(node));
    case 'RangeTableSample':
      return describeSampling(node);
    case 'LockingClause':
      return describeLocking();
    case 'A_Const':
      return secretFindings(text(inline(node, 'sval') ?? {}, 'sval'), locationOf(node));
    case 'DefElem':
      return describeOption(node);
    default:
      return [];
  }
}

function describeCall(node: PgNode): readonly Finding[] {
  const name = names(many(node, 'funcname'));
  const args = many(node, 'args');
  const location = locationOf(node);
  const local = name.at(-1) ?? '';
  const effect = effectOfFunction(name);
  if (!effect) return [unlistedFunction(name, location)];
  if (local === 'set_config') return [describeSetConfig(args, location)];
  if (local === 'lo_open' && mayWrite(args[1])) return [calling(local, { class: 'write', tags: ['ro_slip'], effect: 'opens a large object for writing' }, location)];
  // With three arguments it only rewrites; with two it runs a query.
  if (effect.class === 'read' || (local === 'ts_rewrite' && args.length === 3 && !has(node, 'func_variadic'))) return describeHarmless(name, effect.tags, location);
  return [calling(local, effect, location)];
}

/** The flag INV_WRITE in the mode of `lo_open`. */
function mayWrite(mode: TypedNode | undefined): boolean {
  const constant = constantOf(mode);
  return constant?.kind !== 'number' || (constant.value & 0x20000) !== 0;
}

function calling(name: string, { class: statementClass, tags, effect }: FunctionEffect, location: number | undefined): Finding {
  const finding: Finding = { class: statementClass, code: 'function', message: `Calls ${name}, which ${effect}`, tags, location };
  return statementClass === 'admin' ? { ...finding, permanent: true } : finding;
}

function unlistedFunction(name: readonly string[], location: number | undefined): Finding {
  return { class: 'unknown', code: 'unlisted-function', message: `Calls ${name.join('.')}, and what it does is not known`, tags: ['needs_server'], location };
}

/** `x.f` and `(x).f` call the function `f` on `x` when `x` has no such column. */
function describeNotation(fields: readonly string[], location: number | undefined): readonly Finding[] {
  return fields.flatMap((name) => {
    const effect = effectOfFunction([name]);
    if (!effect || effect.class === 'read') return [];
    return [calling(name, effect, location)];
  });
}

function describeIndirection(node: PgNode): readonly Finding[] {
  const argument = one(node, 'arg');
  const fields = names(many(node, 'indirection').filter(({ type }) => type === 'String'));
  const location = argument && locationOf(argument.node);
  const unlisted = fields.filter((name) => !effectOfFunction([name]) && !isColumnOf(argument, name));
  return [...describeNotation(fields, location), ...unlisted.map((name) => (isScalar(argument) ? unlistedFunction([name], location) : unlistedField(name, location)))];
}

/** Whether the rows of an expression surely have the column: those of built-in functions, and of `ROW (…)`. */
function isColumnOf(argument: TypedNode | undefined, name: string): boolean {
  if (argument?.type === 'RowExpr') return /^f\d+$/u.test(name);
  return argument?.type === 'FuncCall' && isBuiltInColumn(names(many(argument.node, 'funcname')), name);
}

function unlistedField(name: string, location: number | undefined): Finding {
  const message = `Asks for ${name}, which is a function when there is no such column`;
  return { class: 'unknown', code: 'unlisted-field', message, tags: ['needs_server'], location, hidden: true };
}

/** A literal or a cast to a built-in type has no columns, so what follows its dot can only be a function. */
function isScalar(argument: TypedNode | undefined): boolean {
  if (argument?.type !== 'TypeCast') return argument?.type === 'A_Const' || argument?.type === 'A_ArrayExpr' || argument?.type === 'A_Expr';
  const type = names(many(inline(argument.node, 'typeName') ?? {}, 'names'));
  return isBuiltInType(type) && type.at(-1) !== 'record';
}

function describeHarmless(name: readonly string[], tags: NonNullable<Finding['tags']>, location: number | undefined): readonly Finding[] {
  return tags.length === 0 ? [] : [{ class: 'read', code: 'bulk-export', message: `Calls ${name.at(-1) ?? ''}, which returns whole tables`, tags, location }];
}

/** SET in the shape of a function: as bad as the setting, when its name can be read here. */
function describeSetConfig(args: readonly TypedNode[], location: number | undefined): Finding {
  const named = args.find(({ type, node }) => type === 'NamedArgExpr' && text(node, 'name') === 'setting_name');
  const [first] = named ? many({ args: [named.node['arg']] }, 'args') : args;
  const constant = first?.type === 'NamedArgExpr' ? undefined : constantOf(first);
  if (constant?.kind !== 'string') return { class: 'unknown', code: 'function', message: 'Calls set_config, and which setting it changes is not written here', location };
  const effect = effectOfSetting(constant.value);
  return { class: effect.class, code: 'set', message: effect.message, tags: effect.tags, location };
}

function describeOperator(name: readonly string[], location: number | undefined): readonly Finding[] {
  if (name.length === 0 || isBuiltInOperator(name)) return [];
  const finding: Finding = { class: 'unknown', code: 'unlisted-operator', message: `Uses the operator ${name.join('.')}, whose function is not known`, tags: ['needs_server'], location };
  return [name.length > 1 ? finding : { ...finding, hidden: true }];
}

/** A conversion to a type that is not built in may run checks and functions of users. */
export function describeType(typeName: PgNode): readonly Finding[] {
  const name = names(many(typeName, 'names'));
  if (isBuiltInType(name) || (name.length === 2 && name[0] === 'information_schema')) return [];
  const message = `Converts to the type ${name.join('.')}, whose checks and functions are not known`;
  return [{ class: 'unknown', code: 'unlisted-type', message, tags: ['needs_server'], location: locationOf(typeName), hidden: true }];
}

const samplingMethods = new Set(['system', 'bernoulli']);

function describeSampling(node: PgNode): readonly Finding[] {
  const name = names(many(node, 'method'));
  const isBuiltIn = samplingMethods.has(name.at(-1) ?? '') && (name.length === 1 || name[0] === 'pg_catalog');
  return isBuiltIn ? [] : [{ class: 'unknown', code: 'unlisted-function', message: `Samples with ${name.join('.')}, and what it does is not known`, tags: ['needs_server'], location: locationOf(node) }];
}

function describeOption(node: PgNode): readonly Finding[] {
  const value = text(inline(inline(node, 'arg') ?? {}, 'String') ?? {}, 'sval');
  const isPassword = /password|passwd|secret|_key$/iu.test(text(node, 'defname')) && value !== '';
  return isPassword ? [secretFinding(locationOf(node))] : secretFindings(value, locationOf(node));
}
