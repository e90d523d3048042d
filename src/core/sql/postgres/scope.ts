/** What holds at a place in the parse tree: whether it is executed, and which names are no tables. */
import { isExecutedByExplain } from './rules/copying.ts';
import { flag, inline, many, text, type PgNode } from './tree.ts';

/**
 * `run`: executed. `plan`: only planned, which still evaluates functions that claim to be constant.
 * `define`: stored for later.
 */
export type Mode = 'run' | 'plan' | 'define';

export type Scope = {
  readonly mode: Mode;
  /** Names of common table expressions that can be seen. */
  readonly ctes: ReadonlySet<string>;
  /** Those of the WITH clause around, in order, and what is visible outside of it. */
  readonly with?: { readonly names: readonly string[]; readonly isRecursive: boolean; readonly outside: ReadonlySet<string> };
  /** In the column list of a function in FROM: its types are converted to. */
  readonly convertsColumns?: true;
};

export const outermost: Scope = { mode: 'run', ctes: new Set() };

/** Fields that are stored, not executed. `*` stands for every field of the node. */
const definitions = new Set([
  'ViewStmt.query',
  'CreateFunctionStmt.*',
  'RuleStmt.whereClause',
  'RuleStmt.actions',
  'CreateTrigStmt.whenClause',
  'CreatePolicyStmt.*',
  'AlterPolicyStmt.*',
  'CreateStmt.tableElts',
  'CreateStmt.constraints',
  'CreateStmt.partspec',
  'CreateDomainStmt.*',
  'CreateStatsStmt.*',
  'PrepareStmt.query',
  'PublicationTable.whereClause',
  'DefineStmt.*',
]);

/** What holds inside a node. */
export function scopeInside(type: string, node: PgNode, scope: Scope): Scope {
  if (type === 'CommonTableExpr') return insideCte(text(node, 'ctename'), scope);
  if (type === 'RangeFunction') return { ...scope, convertsColumns: true };
  const clause = inline(node, 'withClause');
  if (!clause) return scope;
  const names = many(clause, 'ctes').map(({ node: cte }) => text(cte, 'ctename'));
  return { ...scope, ctes: new Set([...scope.ctes, ...names]), with: { names, isRecursive: flag(clause, 'recursive'), outside: scope.ctes } };
}

/** Without RECURSIVE, a common table expression sees those before it, and neither itself nor later ones. */
function insideCte(name: string, scope: Scope): Scope {
  if (!scope.with || scope.with.isRecursive) return scope;
  const { names, outside } = scope.with;
  return { ...scope, ctes: new Set([...outside, ...names.slice(0, names.indexOf(name))]) };
}

/** What holds in one field of a node. */
export function scopeOfField(type: string, node: PgNode, field: string, scope: Scope): Scope {
  const mode = modeOfField(type, node, field);
  if (mode === undefined || scope.mode === 'define') return scope;
  return { ...scope, mode };
}

function modeOfField(type: string, node: PgNode, field: string): Mode | undefined {
  if (definitions.has(`${type}.${field}`) || definitions.has(`${type}.*`)) return 'define';
  if (type === 'ExplainStmt' && field === 'query') return isExecutedByExplain(node) ? undefined : 'plan';
  // WITH NO DATA.
  if (type === 'CreateTableAsStmt' && field === 'query' && flag(inline(node, 'into') ?? {}, 'skipData')) return 'plan';
  return type === 'AlterTableCmd' && text(node, 'subtype') === 'AT_ColumnDefault' ? 'define' : undefined;
}
