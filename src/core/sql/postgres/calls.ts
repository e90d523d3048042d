/** Collects the names a statement calls, for a look into the server's catalogue. */
import type { Calls } from '../verdict.ts';
import { isBuiltInType } from './functions.ts';
import { many, names, text, type PgNode } from './tree.ts';

export function createCallList() {
  const functions = new Set<string>();
  const operators = new Set<string>();
  const types = new Set<string>();
  const addUnqualified = (set: Set<string>, name: readonly string[]) => {
    if (name.length === 1 && name[0] !== undefined) set.add(name[0]);
  };

  return {
    /** @param converts whether a type is converted to, not only named */
    see(type: string, node: PgNode, converts: boolean) {
      if (type === 'FuncCall') addUnqualified(functions, names(many(node, 'funcname')));
      else if (type === 'A_Expr' && !text(node, 'kind').includes('BETWEEN')) addUnqualified(operators, names(many(node, 'name')));
      else if (type === 'SubLink') addUnqualified(operators, names(many(node, 'operName')));
      else if (type === 'SortBy') addUnqualified(operators, names(many(node, 'useOp')));
      else if (converts && !isBuiltInType(names(many(node, 'names')))) types.add(names(many(node, 'names')).join('.'));
    },
    isEmpty: () => functions.size + operators.size + types.size === 0,
    list: (): Calls => ({ functions: [...functions], operators: [...operators], types: [...types] }),
  };
}
