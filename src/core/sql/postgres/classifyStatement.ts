/** Gathers what the rules tell about one statement of a parse tree. */
import { statementTags, worstClass, type Calls, type StatementClass, type StatementTag, type Target } from '../verdict.ts';
import { createCallList } from './calls.ts';
import type { Finding, StatementFacts } from './findings.ts';
import { relationCreated, relationRead } from './relations.ts';
import { describeStatement } from './rules/describe.ts';
import { describeInside, describeType } from './rules/inside.ts';
import { outermost, scopeInside, scopeOfField, type Scope } from './scope.ts';
import { listedTargets, mergeTargets, targetOf } from './targets.ts';
import type { PgNode, TypedNode } from './tree.ts';
import { walk, type Visit } from './walk.ts';

/** A statement without its place in the text. Locations in `findings` are byte offsets in the whole text. */
export type Classification = {
  readonly kind: string;
  readonly class: StatementClass;
  readonly tags: readonly StatementTag[];
  readonly targets: readonly Target[];
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly canPreview: boolean;
  readonly canRunInTransaction: boolean;
  readonly returnsRows: boolean;
  readonly calls?: Calls;
};

/** Visits the whole statement: every node and every field has to be known, or the statement is `unknown`. */
export function classifyStatement(statement: TypedNode): Classification {
  const gathered = createGathering();
  walk({ ...statement, field: 'RawStmt.stmt' }, outermost, gathered.visitor);
  const facts = describeStatement(statement.type, statement.node);
  const { findings, nested } = gathered;
  if (!facts) findings.push({ class: 'unknown', code: 'unlisted', message: `${statement.type} is not a statement this version knows`, permanent: true });
  const { relevant, settledClass } = settleHidden(findings);
  const calls = gathered.calls.list();
  return {
    kind: facts?.kind ?? 'unparsed',
    class: worstClass(relevant.map((finding) => finding.class)),
    tags: statementTags.filter((tag) => relevant.some((finding) => finding.tags?.includes(tag))),
    targets: mergeTargets(gathered.targets),
    findings: bySeverity(relevant),
    canPreview: nested.every((each) => each.canPreview !== false) && !relevant.some((finding) => finding.permanent),
    canRunInTransaction: nested.every((each) => each.canRunInTransaction !== false),
    returnsRows: facts?.returnsRows === true,
    ...(calls ? { calls: settledClass ? { ...calls, settledClass } : calls } : {}),
  };
}

function createGathering() {
  const findings: Finding[] = [];
  const targets: Target[] = [];
  const calls = createCallList();
  /** Facts of the statement and of those executed inside it. */
  const nested: StatementFacts[] = [];
  /** The node around a table, which tells its columns. */
  let around: PgNode | undefined;

  function enter(visit: Visit, scope: Scope): Scope {
    const { type, node } = visit;
    if (type === 'RangeVar') seeTable(visit, scope);
    else seeNode(visit, scope);
    return scopeInside(type, node, scope);
  }

  function seeNode({ type, node, field }: Visit, scope: Scope) {
    const facts = describeStatement(type, node);
    if (facts) {
      if (scope.mode === 'run') nested.push(facts);
      keep(facts.findings, scope);
      if (scope.mode !== 'define') targets.push(...listedTargets(type, node));
    }
    keep(describeInside(type, node), scope);
    const converts = type === 'TypeName' && isConversion(field, scope);
    if (converts) keep(describeType(node), scope);
    if (scope.mode !== 'define') calls.see(type, node, converts);
  }

  function seeTable(visit: Visit, scope: Scope) {
    const target = scope.mode === 'define' && !visit.field.endsWith('.view') ? undefined : targetOf(visit, around, (name) => scope.ctes.has(name));
    if (!target) return;
    targets.push(scope.mode === 'plan' ? { ...target, access: 'read' } : target);
    keep(target.access === 'read' ? relationRead(visit.node) : relationCreated(visit), scope);
  }

  /** What is only planned or stored does nothing now; but a function that claims to be constant runs while planning. */
  function keep(found: readonly Finding[], { mode }: Scope) {
    findings.push(...found.filter((finding) => mode === 'run' || finding.class === 'read' || (mode === 'plan' && (finding.class === 'unknown' || finding.whilePlanning))));
  }

  return {
    findings,
    targets,
    calls,
    nested,
    visitor: {
      enter,
      scopeOfField(type: string, node: PgNode, field: string, scope: Scope): Scope {
        around = node;
        return scopeOfField(type, node, field, scope);
      },
      unlisted(name: string) {
        findings.push({ class: 'unknown', code: 'unlisted', message: `It holds ${name}, which this version does not know`, permanent: true });
      },
    },
  };
}

const conversions = new Set(['TypeCast.typeName', 'JsonOutput.typeName', 'JsonTableColumn.typeName', 'RangeTableFuncCol.typeName', 'XmlSerialize.typeName']);

function isConversion(field: string, scope: Scope): boolean {
  return conversions.has(field) || (field === 'ColumnDef.typeName' && scope.convertsColumns === true);
}

/** Hidden calls turn a read into an unknown; what writes calls functions of that sort anyway. */
function settleHidden(findings: readonly Finding[]): { readonly relevant: readonly Finding[]; readonly settledClass?: StatementClass } {
  const visible = findings.filter((finding) => !finding.hidden);
  const settledClass = worstClass(visible.map((finding) => finding.class));
  if (settledClass !== 'read' && settledClass !== 'session') return { relevant: visible };
  return visible.length === findings.length ? { relevant: findings } : { relevant: findings, settledClass };
}

function bySeverity(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => (a.class === b.class ? 0 : worstClass([a.class, b.class]) === a.class ? -1 : 1));
}
