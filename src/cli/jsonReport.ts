/** Verdicts for programs. */

import type { ClassifiedStatement, ScriptVerdict } from '../core/sql/verdict.ts';

/** The one JSON line of a text. Offsets are UTF-8 bytes; `error` is there when the text could not be split or parsed. */
export function toJson({ dialect, class: scriptClass, statements, error }: ScriptVerdict) {
  return { dialect, class: scriptClass, statements: statements.map(toStatement), ...(error === undefined ? {} : { error: error.message }) };
}

function toStatement({ start, end, kind, class: statementClass, tags, reasons, targets }: ClassifiedStatement) {
  return { start, end, kind, class: statementClass, tags, reasons: reasons.map(({ code, message }) => ({ code, message })), targets };
}
