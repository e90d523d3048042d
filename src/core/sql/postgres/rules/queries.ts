/** SELECT, INSERT, UPDATE, DELETE, MERGE: what they do at their head. */
import type { StatementClass } from '../../verdict.ts';
import type { Truth } from '../comparisonTruth.ts';
import { tableName, truthOf, type ConditionContext, type TableName } from '../condition.ts';
import type { Finding, StatementFacts } from '../findings.ts';
import { relationWrite } from '../relations.ts';
import { has, inline, locationOf, many, one, text, type PgNode, type TypedNode } from '../tree.ts';

export function describeSelect(node: PgNode): StatementFacts {
  const into = inline(node, 'intoClause');
  if (into) {
    const table = text(inline(into, 'rel') ?? {}, 'relname');
    return { kind: 'select-into', findings: [{ class: 'ddl', code: 'select-into', message: `Creates the table ${table} from a query` }] };
  }
  return { kind: has(node, 'valuesLists') ? 'values' : 'select', findings: [], returnsRows: true };
}

export function describeLocking(): readonly Finding[] {
  return [{ class: 'write', code: 'row-locks', message: 'Locks the rows it reads until the transaction ends', tags: ['lock'] }];
}

export function describeInsert(node: PgNode): StatementFacts {
  return writing('insert', node, [{ class: 'write', code: 'insert', message: `Adds rows to ${nameOf(node)}` }]);
}

export function describeUpdate(node: PgNode): StatementFacts {
  const truth = truthOf(one(node, 'whereClause'), contextOf(node, 'fromClause'));
  return writing('update', node, [boundedness({ verb: 'Changes', kind: 'update', node, truth })]);
}

export function describeDelete(node: PgNode): StatementFacts {
  const truth = truthOf(one(node, 'whereClause'), contextOf(node, 'usingClause'));
  return writing('delete', node, [boundedness({ verb: 'Deletes', kind: 'delete', node, truth })]);
}

export function describeMerge(node: PgNode): StatementFacts {
  const context = contextOf(node, 'sourceRelation');
  const join = truthOf(one(node, 'joinCondition'), context);
  const findings = many(node, 'mergeWhenClauses').map(({ node: clause }) => describeWhen(clause, join, context, nameOf(node)));
  return writing('merge', node, findings);
}

function describeWhen(clause: PgNode, join: Truth, context: ConditionContext, table: string): Finding {
  const command = text(clause, 'commandType');
  if (command === 'CMD_NOTHING') return { class: 'write', code: 'merge', message: `Leaves rows of ${table} as they are` };
  if (command !== 'CMD_DELETE' && command !== 'CMD_UPDATE') return { class: 'write', code: 'merge', message: `Adds rows to ${table}` };
  const verb = command === 'CMD_DELETE' ? 'Deletes' : 'Changes';
  const isBySource = text(clause, 'matchKind') === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE';
  const isBounded = (!isBySource && join !== 'always') || (has(clause, 'condition') && truthOf(one(clause, 'condition'), context) !== 'always');
  if (isBounded) return { class: 'write', code: 'merge', message: `${verb} the rows of ${table} that match` };
  const reach = isBySource ? `every row of ${table} that the source does not have` : `every row of ${table}: its ON condition holds for all of them`;
  return { class: 'destructive', code: 'always-true-where', message: `${verb} ${reach}` };
}

type Change = { readonly verb: string; readonly kind: string; readonly node: PgNode; readonly truth: Truth };

function boundedness({ verb, kind, node, truth }: Change): Finding {
  const table = nameOf(node);
  const condition = one(node, 'whereClause');
  if (!condition) return { class: 'destructive', code: 'no-where', message: `${verb} every row of ${table}: it has no WHERE`, location: locationOf(inline(node, 'relation') ?? {}) };
  const location = whereLocation(condition);
  if (truth === 'always') return { class: 'destructive', code: 'always-true-where', message: `${verb} every row of ${table}: its WHERE leaves none out`, location };
  const statementClass: StatementClass = 'write';
  return truth === 'never'
    ? { class: statementClass, code: kind, message: `${verb} no row of ${table}: its WHERE is never true`, location }
    : { class: statementClass, code: kind, message: `${verb} rows of ${table}`, location };
}

/** The place of an operator is in its middle; its left side begins it. */
function whereLocation(condition: TypedNode): number | undefined {
  const left = one(condition.node, 'lexpr') ?? many(condition.node, 'args')[0];
  return left && condition.type !== 'FuncCall' ? whereLocation(left) : locationOf(condition.node);
}

function writing(kind: string, node: PgNode, findings: readonly Finding[]): StatementFacts {
  const relation = inline(node, 'relation') ?? {};
  return { kind, findings: [...findings, ...relationWrite(relation)], returnsRows: has(node, 'returningClause') };
}

function nameOf(node: PgNode): string {
  return text(inline(node, 'relation') ?? {}, 'relname');
}

function contextOf(node: PgNode, field: string): ConditionContext {
  const single = one(node, field);
  const sources = single ? [single] : many(node, field);
  return { target: tableName(inline(node, 'relation') ?? {}), others: sources.flatMap(tablesOf) };
}

function tablesOf({ type, node }: TypedNode): readonly TableName[] {
  if (type === 'RangeVar') return [tableName(node)];
  if (type === 'JoinExpr') return [one(node, 'larg'), one(node, 'rarg')].flatMap((side) => (side ? tablesOf(side) : []));
  const alias = inline(node, 'alias');
  return alias ? [{ name: '', alias: text(alias, 'aliasname') }] : [];
}
