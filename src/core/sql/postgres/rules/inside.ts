/** What nodes inside a statement do: calls, operators, casts, locks, tables, secrets. */
import { effectOfFunction, isBuiltInOperator, isBuiltInType } from '../functions.ts';
import type { Finding } from '../findings.ts';
import { secretFinding, secretFindings } from '../secrets.ts';
import { effectOfSetting } from '../settings.ts';
import { constantOf } from '../constants.ts';
import { has, inline, locationOf, many, names, text, type PgNode, type TypedNode } from '../tree.ts';
import { describeLocking } from './queries.ts';

/** Observations about one node of an expression or a FROM clause. */
export function describeInside(type: string, node: PgNode): readonly Finding[] {
  switch (type) {
    case 'FuncCall':
      return describeCall(node);
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
  if (!effect) return [{ class: 'unknown', code: 'unlisted-function', message: `Calls ${name.join('.')}, and what it does is not known`, tags: ['needs_server'], location }];
  if (local === 'set_config') return [describeSetConfig(args, location)];
  // With three arguments it only rewrites; with two it runs a query.
  if (effect.class === 'read' || (local === 'ts_rewrite' && args.length === 3 && !has(node, 'func_variadic'))) return describeHarmless(name, effect.tags, location);
  return [
    {
      class: effect.class,
      code: 'function',
      message: `Calls ${local}, which ${effect.effect}`,
      tags: effect.tags,
      location,
      // What setval does is final at once, with nobody asked.
      ...(effect.class === 'admin' || local === 'setval' ? { permanent: true } : {}),
    },
  ];
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
