/** Findings of a check as SARIF 2.1.0, which code scanning tools read. */

import type { ClassifiedStatement } from '../core/sql/verdict.ts';
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

function toResult(file: CheckedFile, { statement, message }: Problem) {
  return {
    ruleId: statement === undefined ? 'unreadable' : ruleOf(statement),
    level: 'error',
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: { uri: toUri(file.name) }, region: regionOf(file, statement) } }],
  };
}

/** The last reason is the one that decided in most cases; a statement without any is named by its kind. */
function ruleOf(statement: ClassifiedStatement): string {
  return statement.reasons.at(-1)?.code ?? statement.kind;
}

function regionOf({ places }: CheckedFile, statement: ClassifiedStatement | undefined) {
  const { start, end } = places.range({ start: statement?.start ?? 0, end: statement?.end ?? 0 });
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** Relative names stay relative: they are looked up below the root of the repository. */
function toUri(name: string): string {
  return name.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}
