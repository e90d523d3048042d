/** Findings of a check as SARIF 2.1.0, which code scanning tools read. */

import type { ClassifiedStatement, Dialect } from '../core/sql/verdict.ts';
import type { CheckedFile, Problem } from './checkCommand.ts';

/** One run for all files. */
export function toSarif(files: readonly CheckedFile[]): string {
  const results = files.flatMap((file) => file.problems.map((problem) => toResult(file, problem)));
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].sort().map((id) => ({ id }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'Countersign', rules } }, columnKind: 'utf16CodeUnits', results }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function toResult({ name, places, verdict }: CheckedFile, { statement, message, span }: Problem) {
  const { start, end } = places.range(span);
  return {
    ruleId: statement === undefined ? 'unreadable' : ruleOf(statement, verdict.dialect),
    level: 'error',
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: { uri: toUri(name) }, region: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column } } }],
  };
}

/** The reason that decided: for PostgreSQL the worst comes first, for the others last in most cases. A statement without any is named by its kind. */
function ruleOf({ reasons, kind }: ClassifiedStatement, dialect: Dialect): string {
  return reasons.at(dialect === 'postgresql' ? 0 : -1)?.code ?? kind;
}

/** Relative names stay relative: they are looked up below the root of the repository. */
function toUri(name: string): string {
  return name.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}
