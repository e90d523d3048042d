/** Access to the parse tree of libpg-query: JSON in which defaults (0, false, '') are left out. */
import { parseNodes } from './nodes.data.ts';

/** The fields of a node. */
export type PgNode = Readonly<Record<string, unknown>>;

/** A node and what it is. */
export type TypedNode = { readonly type: string; readonly node: PgNode };

/** What a field holds: a plain value, nodes of any type, or a node of one type. */
export type FieldKind = 'plain' | 'any' | { readonly type: string };

let schema: ReadonlyMap<string, ReadonlyMap<string, FieldKind>> | undefined;

/** The fields a node may have; `undefined` when the parser cannot make such a node. */
export function fieldsOf(type: string): ReadonlyMap<string, FieldKind> | undefined {
  schema ??= new Map(Object.entries(parseNodes).map(([name, fields]) => [name, new Map(fields.split(' ').map(parseField))]));
  return schema.get(type);
}

function parseField(field: string): [string, FieldKind] {
  if (field.endsWith('*')) return [field.slice(0, -1), 'any'];
  const [name = '', type] = field.split(':');
  return [name, type === undefined ? 'plain' : { type }];
}

export function isRecord(value: unknown): value is PgNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A node out of its wrapper `{ Type: {…} }`. */
export function unwrap(value: unknown): TypedNode | undefined {
  if (!isRecord(value)) return undefined;
  let type: string | undefined;
  for (const key in value) {
    if (type !== undefined) return undefined;
    type = key;
  }
  const node = type === undefined ? undefined : value[type];
  return type !== undefined && isRecord(node) ? { type, node } : undefined;
}

/** A node stored without wrapper. */
export function inline(node: PgNode, field: string): PgNode | undefined {
  const value = node[field];
  return isRecord(value) ? value : undefined;
}

/** A single wrapped node. */
export function one(node: PgNode, field: string): TypedNode | undefined {
  return unwrap(node[field]);
}

/** The wrapped nodes of a list, without its gaps. */
export function many(node: PgNode, field: string): readonly TypedNode[] {
  const value = node[field];
  return Array.isArray(value) ? value.map(unwrap).filter((each) => each !== undefined) : [];
}

/** A string; empty when it was left out. */
export function text(node: PgNode, field: string): string {
  const value = node[field];
  return typeof value === 'string' ? value : '';
}

export function flag(node: PgNode, field: string): boolean {
  return node[field] === true;
}

export function has(node: PgNode, field: string): boolean {
  return Object.hasOwn(node, field);
}

/** The strings of a list of `String` nodes, e.g. the parts of a qualified name. Other nodes give `*`. */
export function names(nodes: readonly TypedNode[]): readonly string[] {
  return nodes.map(({ type, node }) => (type === 'String' ? text(node, 'sval') : '*'));
}

/** Byte offset of the node in the whole text, when the parser kept it. */
export function locationOf(node: PgNode): number | undefined {
  const { location = 0 } = node;
  return typeof location === 'number' && location >= 0 ? location : undefined;
}

/** The option of that name in a list of `DefElem`s; the last one wins. */
export function option(options: readonly TypedNode[], name: string): PgNode | undefined {
  return options.findLast(({ type, node }) => type === 'DefElem' && text(node, 'defname') === name)?.node;
}

/** An option's value as the server reads a Boolean; `undefined` for what it would refuse. A bare option is true. */
export function booleanOption(defElem: PgNode): boolean | undefined {
  const argument = one(defElem, 'arg');
  if (!argument) return true;
  if (argument.type === 'Integer') return integerAsBoolean(argument.node['ival'] ?? 0);
  if (argument.type === 'Boolean') return flag(argument.node, 'boolval');
  const word = argument.type === 'String' ? text(argument.node, 'sval').toLowerCase() : '';
  if (word === 'true' || word === 'on') return true;
  return word === 'false' || word === 'off' ? false : undefined;
}

function integerAsBoolean(value: unknown): boolean | undefined {
  return value === 1 ? true : value === 0 ? false : undefined;
}
