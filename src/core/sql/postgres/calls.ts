/** Collects the names a statement calls, for a look into the server's catalogue. */
import type { Calls } from '../verdict.ts';
import { isBuiltInType } from './functions.ts';
import { many, names, text, type PgNode } from './tree.ts';

export function createCallList() {
  const functions = new Set<string>();
  const fields = new Set<string>();
  const operators = new Set<string>();
  const types = new Set<string>();
  const addUnqualified = (set: Set<string>, name: readonly string[]) => {
    if (name.length === 1 && name[0] !== undefined) set.add(name[0]);
  };

  const addAll = (set: Set<string>, list: readonly string[]) => {
    for (const name of list) if (name !== '*') set.add(name);
  };

  return {
    /** @param converts whether a type is converted to, not only named */
    see(type: string, node: PgNode, converts: boolean) {
      if (type === 'FuncCall') addUnqualified(functions, names(many(node, 'funcname')));
      // `x.f` calls `f` on `x` when there is no such column.
      else if (type === 'ColumnRef') addAll(fields, names(many(node, 'fields')).slice(1).slice(-1));
      else if (type === 'A_Indirection') addAll(fields, names(many(node, 'indirection').filter((each) => each.type === 'String')));
      else if (type === 'A_Expr' && text(node, 'kind').includes('BETWEEN')) addAll(operators, ['>=', '<=']);
      else if (type === 'A_Expr') addUnqualified(operators, names(many(node, 'name')));
      else if (type === 'SubLink') addUnqualified(operators, subLinkOperator(node));
      else if (type === 'SortBy') addUnqualified(operators, names(many(node, 'useOp')));
      else if (converts && !isBuiltInType(names(many(node, 'names')))) types.add(names(many(node, 'names')).join('.'));
    },
    /** `undefined` when there are none. */
    list(): Calls | undefined {
      if (functions.size + fields.size + operators.size + types.size === 0) return undefined;
      return { functions: [...functions], fields: [...fields], operators: [...operators], types: [...types] };
    },
  };
}

/** IN compares with `=`. */
function subLinkOperator(node: PgNode): readonly string[] {
  const name = names(many(node, 'operName'));
  return name.length === 0 && text(node, 'subLinkType') === 'ANY_SUBLINK' ? ['='] : name;
}
