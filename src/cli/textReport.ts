/** Verdicts for people: where, what class, why. */

import type { ClassifiedStatement, Dialect, Reason, ScriptVerdict } from '../core/sql/verdict.ts';
import { createPlaces } from './places.ts';
import type { Places } from './places.ts';
import { remediesOf } from './riskLines.ts';
import { visible } from './visible.ts';

/** The whole verdict on one text. */
export function toText(name: string, text: string, verdict: ScriptVerdict): string {
  const places = createPlaces(text);
  const lines = [`${visible(name)}: ${verdict.class}${verdict.error === undefined ? '' : ` (${visible(verdict.error.message)})`}`];
  for (const statement of verdict.statements) lines.push('', ...describe(statement, verdict.dialect, places));
  if (verdict.statements.length === 0 && verdict.error === undefined) lines.push('  nothing to execute');
  return `${lines.join('\n')}\n`;
}

/** One statement with its reasons, indented. */
function describe(statement: ClassifiedStatement, dialect: Dialect, places: Places): readonly string[] {
  const { line, column } = places.at(statement.start);
  const tags = statement.tags.length === 0 ? '' : `  [${statement.tags.join(', ')}]`;
  return [`  ${line}:${column}  ${statement.class}  ${statement.kind}${tags}`, `    ${excerpt(statement.text)}`, ...explain(statement, dialect, places).map((line) => `    ${line}`)];
}

/** Why it has its class, and what to do about it. */
export function explain(statement: ClassifiedStatement, dialect: Dialect, places: Places): readonly string[] {
  return [...statement.reasons.map((reason) => `- ${describeReason(reason, places)}`), ...remediesOf(statement, dialect).map((remedy) => `→ ${remedy}`)];
}

/** The message, and where it points. */
function describeReason(reason: Reason, places: Places): string {
  if (reason.span === undefined) return visible(reason.message);
  const { line, column } = places.at(reason.span.start);
  return `${visible(reason.message)} (${line}:${column})`;
}

/** The beginning of a statement on one line. */
export function excerpt(text: string, most = 100): string {
  const line = visible(text.slice(0, most * 4).replaceAll(/\s+/g, ' ').trim());
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
