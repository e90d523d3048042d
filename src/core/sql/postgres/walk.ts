/** Visits every node of a parse tree. What the parser is not known to make is reported, never skipped. */
import { fieldsOf, isRecord, unwrap, type PgNode, type TypedNode } from './tree.ts';

/** A node and the field it was found in, as `ParentType.field`. */
export type Visit = TypedNode & { readonly field: string };

export type Visitor<Scope> = {
  /** Called before the fields of a node; returns what holds in them. */
  enter(visit: Visit, scope: Scope): Scope;
  /** Narrows the scope for one field. */
  scopeOfField(type: string, node: PgNode, field: string, scope: Scope): Scope;
  /** A node, field or value that is not in the list of what the parser makes. */
  unlisted(name: string): void;
};

/** Depth-first, in the order of the tree. */
export function walk<Scope>(visit: Visit, scope: Scope, visitor: Visitor<Scope>): void {
  const { type, node } = visit;
  const fields = fieldsOf(type);
  if (!fields) {
    visitor.unlisted(type);
    return;
  }
  const inner = visitor.enter(visit, scope);
  for (const [name, value] of Object.entries(node)) {
    const field = `${type}.${name}`;
    const kind = fields.get(name);
    if (kind === undefined || (kind === 'plain' && typeof value === 'object')) visitor.unlisted(field);
    else if (kind !== 'plain') walkField(value, kind, { field, scope: visitor.scopeOfField(type, node, name, inner), visitor });
  }
}

type Place<Scope> = { readonly field: string; readonly scope: Scope; readonly visitor: Visitor<Scope> };

function walkField<Scope>(value: unknown, kind: 'any' | { readonly type: string }, place: Place<Scope>): void {
  const { field, scope, visitor } = place;
  if (Array.isArray(value)) {
    for (const element of value) walkField(element, kind, place);
    return;
  }
  // An empty object is a gap in a list, or a node whose fields all have their defaults.
  if (kind === 'any' && isRecord(value) && Object.keys(value).length === 0) return;
  const inner = kind === 'any' ? unwrap(value) : isRecord(value) ? { type: kind.type, node: value } : undefined;
  if (inner) walk({ ...inner, field }, scope, visitor);
  else visitor.unlisted(field);
}
