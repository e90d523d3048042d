/** COPY and EXPLAIN. */
import type { StatementTag } from '../../verdict.ts';
import { fact, type Finding, type StatementFacts } from '../findings.ts';
import { relationRead, relationWrite } from '../relations.ts';
import { booleanOption, flag, has, inline, many, one, text, type PgNode } from '../tree.ts';

export function describeCopy(node: PgNode): StatementFacts {
  const isFrom = flag(node, 'is_from');
  const relation = inline(node, 'relation');
  const onTable = relation ? (isFrom ? relationWrite(relation) : relationRead(relation)) : [];
  const findings = [isFrom ? copyIn(node) : copyOut(node), ...onTable];
  const isOnServer = flag(node, 'is_program') || has(node, 'filename');
  // Rolling back does not take back what a program did or a file got.
  return { kind: 'copy', findings, canPreview: isFrom && !flag(node, 'is_program') ? true : !isOnServer };
}

function copyIn(node: PgNode): Finding {
  const table = text(inline(node, 'relation') ?? {}, 'relname');
  if (flag(node, 'is_program')) return fact('copy-program', 'admin', `Runs a program on the server and writes what it prints into ${table}`, ['server_program', 'ro_slip']);
  if (has(node, 'filename')) return fact('copy-file', 'admin', `Writes a file of the server into ${table}`, ['server_file']);
  return fact('copy', 'write', `Adds rows to ${table}`);
}

function copyOut(node: PgNode): Finding {
  const source = text(inline(node, 'relation') ?? {}, 'relname') || 'the result of a query';
  if (flag(node, 'is_program')) return fact('copy-program', 'admin', `Runs a program on the server and gives it ${source}`, ['server_program', 'bulk_export', 'ro_slip']);
  if (has(node, 'filename')) return fact('copy-file', 'admin', `Writes ${source} into a file on the server`, ['server_file', 'bulk_export', 'ro_slip']);
  return fact('copy', 'read', `Exports ${source}`, ['bulk_export']);
}

/** Whether EXPLAIN runs its statement: the last ANALYZE option counts, and anything but a clear "no" is a yes. */
export function isExecutedByExplain(node: PgNode): boolean {
  const last = many(node, 'options').findLast(({ node: each }) => text(each, 'defname').toLowerCase() === 'analyze');
  return last !== undefined && booleanOption(last.node) !== false;
}

export function describeExplain(node: PgNode): StatementFacts {
  const isExecuted = isExecutedByExplain(node);
  const inner = one(node, 'query');
  const creates = inner?.type === 'CreateTableAsStmt' || (inner?.type === 'SelectStmt' && has(inner.node, 'intoClause'));
  const tags: readonly StatementTag[] = isExecuted && creates ? ['ro_slip'] : [];
  const message = isExecuted ? 'Runs the statement to measure it' : 'Shows how the statement would run';
  return { kind: 'explain', findings: [fact('explain', 'read', message, tags)], returnsRows: true };
}
