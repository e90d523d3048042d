/** Findings of a check as annotations of GitHub Actions. */

import type { CheckedFile, Problem } from './checkCommand.ts';

/** One workflow command a line. */
export function toGithub(files: readonly CheckedFile[]): string {
  return files.flatMap((file) => file.problems.map((problem) => `${annotation(file, problem)}\n`)).join('');
}

function annotation({ name, places }: CheckedFile, { statement, message, span }: Problem): string {
  const { start, end } = places.range(span);
  const properties = [`file=${escapeProperty(name)}`, `line=${start.line}`, `endLine=${end.line}`, `col=${start.column}`, `title=${escapeProperty(`Countersign: ${statement?.kind ?? 'unknown'}`)}`];
  return `::error ${properties.join(',')}::${escapeData(message)}`;
}

/** Line breaks and percent signs would end the command. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
