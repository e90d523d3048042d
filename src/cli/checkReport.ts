/** Findings of a check for people. */

import type { CheckedFile } from './checkCommand.ts';
import { excerpt, explain } from './textReport.ts';
import { visible } from './visible.ts';

/** `file:line:column: class kind`, the statement, its reasons; a count at the end. */
export function toCheckText(files: readonly CheckedFile[]): string {
  const lines = files.flatMap(describeFile);
  const count = files.reduce((sum, { problems }) => sum + problems.length, 0);
  const checked = `${files.length} ${files.length === 1 ? 'file' : 'files'} checked`;
  lines.push(count === 0 ? `${checked}, nothing found` : `${checked}, ${count} ${count === 1 ? 'problem' : 'problems'} found`);
  return `${lines.join('\n')}\n`;
}

function describeFile({ name, verdict, places, problems }: CheckedFile): readonly string[] {
  return problems.flatMap(({ statement, message, span }) => {
    const { line, column } = places.at(span.start);
    if (statement === undefined) return [`${visible(name)}:${line}:${column}: ${visible(message)}`, ''];
    return [
      `${visible(name)}:${line}:${column}: ${statement.class} ${statement.kind}`,
      `  ${excerpt(statement.text)}`,
      ...explain(statement, verdict.dialect, places).map((line) => `  ${line}`),
      '',
    ];
  });
}
