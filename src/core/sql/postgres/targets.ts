/** Which tables a statement names, and whether it reads or changes them. */
import type { Target } from '../verdict.ts';
import { inline, many, names, text, type PgNode } from './tree.ts';
import { isRelation } from './objects.ts';
import type { Visit } from './walk.ts';

/** Fields whose table is changed, as `ParentType.field`. */
const changed = new Set([
  'InsertStmt.relation',
  'UpdateStmt.relation',
  'DeleteStmt.relation',
  'MergeStmt.relation',
  'TruncateStmt.relations',
  'IntoClause.rel',
  'CreateStmt.relation',
  'CreateSeqStmt.sequence',
  'AlterSeqStmt.sequence',
  'AlterTableStmt.relation',
  'PartitionCmd.name',
  'ViewStmt.view',
  'RefreshMatViewStmt.relation',
  'IndexStmt.relation',
  'CreateTrigStmt.relation',
  'RuleStmt.relation',
  'CreatePolicyStmt.table',
  'AlterPolicyStmt.table',
  'RenameStmt.relation',
  'AlterObjectSchemaStmt.relation',
  'AlterOwnerStmt.relation',
  'AlterObjectDependsStmt.relation',
  'GrantStmt.objects',
  'ClusterStmt.relation',
  'VacuumRelation.relation',
  'ReindexStmt.relation',
]);

/** Names that only look like tables: aliases, constraints, types, indexes. */
const notTables = new Set(['LockingClause.lockedRels', 'ConstraintsSetStmt.constraints', 'CompositeTypeStmt.typevar', 'ColumnDef.identitySequence']);

/** The table of a `RangeVar`; `undefined` when the name is not one. `statement` is the node that holds it. */
export function targetOf({ node, field }: Visit, statement: PgNode | undefined, isCte: (name: string) => boolean): Target | undefined {
  const table = text(node, 'relname');
  const schema = text(node, 'schemaname');
  if (notTables.has(field) || table === '') return undefined;
  const isChanged = changed.has(field) || (field === 'CopyStmt.relation' && statement?.['is_from'] === true);
  if (!isChanged && schema === '' && isCte(table)) return undefined;
  const columns = isChanged && statement ? changedColumns(field, statement) : [];
  return {
    ...(schema === '' ? {} : { schema }),
    table,
    access: isChanged ? 'write' : 'read',
    ...(columns.length === 0 ? {} : { columns }),
  };
}

function changedColumns(field: string, statement: PgNode): readonly string[] {
  if (field === 'InsertStmt.relation') return many(statement, 'cols').map(({ node }) => text(node, 'name'));
  if (field === 'UpdateStmt.relation') return many(statement, 'targetList').map(({ node }) => text(node, 'name'));
  return field === 'CopyStmt.relation' ? names(many(statement, 'attlist')) : [];
}

/** The tables, views, sequences and indexes that DROP and COMMENT name by plain lists of words. */
export function listedTargets(type: string, node: PgNode): readonly Target[] {
  if (type === 'DropStmt' && isRelation(text(node, 'removeType'))) {
    return many(node, 'objects').map(({ node: object }) => fromNames(names(many(object, 'items'))));
  }
  // DROP TRIGGER t ON table: the last word is not the table.
  if (type === 'DropStmt' && ['OBJECT_TRIGGER', 'OBJECT_RULE', 'OBJECT_POLICY'].includes(text(node, 'removeType'))) {
    return many(node, 'objects').map(({ node: object }) => fromNames(names(many(object, 'items')).slice(0, -1)));
  }
  return [];
}

function fromNames(parts: readonly string[]): Target {
  const schema = parts.at(-2);
  return { ...(schema === undefined ? {} : { schema }), table: parts.at(-1) ?? '', access: 'write' };
}

/** One entry for each table and access; columns of repeated ones are joined. */
export function mergeTargets(targets: readonly Target[]): readonly Target[] {
  const merged = new Map<string, Target>();
  for (const target of targets) {
    const key = JSON.stringify([target.schema, target.table, target.access]);
    const known = merged.get(key);
    merged.set(key, known ? joinColumns(known, target) : target);
  }
  return [...merged.values()];
}

/** Without columns on one side, it may be any column. */
function joinColumns(a: Target, b: Target): Target {
  if (a.columns && b.columns) return { ...a, columns: [...new Set([...a.columns, ...b.columns])] };
  const { columns: _, ...any } = a;
  return any;
}

/** Names a WITH clause defines. */
export function cteNames(node: PgNode): readonly string[] {
  return many(inline(node, 'withClause') ?? {}, 'ctes').map(({ node: cte }) => text(cte, 'ctename'));
}
