/** Collects the names a statement calls, for a look into the server's catalogue. */
import type { Calls } from '../verdict.ts';
import { isBuiltInType } from './functions.ts';
import { flag, has, many, names, text, type PgNode } from './tree.ts';

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
      const sqlJson = type === 'JsonFuncExpr' ? jsonFunctions[text(node, 'op')] : grammarFunctions[type];
      if (type === 'FuncCall') addUnqualified(functions, names(many(node, 'funcname')));
      else if (sqlJson) functions.add(sqlJson);
      // `x.f` calls `f` on `x` when there is no such column.
      else if (type === 'ColumnRef') addAll(fields, names(many(node, 'fields')).slice(1).slice(-1));
      else if (type === 'A_Indirection') addAll(fields, names(many(node, 'indirection').filter((each) => each.type === 'String')));
      else if (type === 'A_Expr' && text(node, 'kind').includes('BETWEEN')) addAll(operators, ['>=', '<=']);
      else if (type === 'A_Expr') addUnqualified(operators, names(many(node, 'name')));
      else if (comparesSilently(type, node)) operators.add('=');
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

/** Grammar since PostgreSQL 16 and 17. For older servers they are calls, of whatever a user made of that name. */
const grammarFunctions: Readonly<Record<string, string>> = {
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
  JsonTable: 'json_table',
};

const jsonFunctions: Readonly<Record<string, string>> = { JSON_EXISTS_OP: 'json_exists', JSON_QUERY_OP: 'json_query', JSON_VALUE_OP: 'json_value' };

/** `CASE x WHEN y`, `JOIN … USING (x)` and NATURAL JOIN find the operator `=` like a written one. */
function comparesSilently(type: string, node: PgNode): boolean {
  if (type === 'CaseExpr') return has(node, 'arg');
  return type === 'JoinExpr' && (has(node, 'usingClause') || flag(node, 'isNatural'));
}

/** IN compares with `=`. */
function subLinkOperator(node: PgNode): readonly string[] {
  const name = names(many(node, 'operName'));
  return name.length === 0 && text(node, 'subLinkType') === 'ANY_SUBLINK' ? ['='] : name;
}
