/** Takes the text that will run out of a document, once, and remembers where each part of it stood. Pure. */
import { statementIn } from '../../../core/sql/splitText.ts';
import type { Dialect } from '../../../core/sql/verdict.ts';

/** Half-open, UTF-16 offsets in the document; a caret is empty. */
export type SelectedRange = { readonly start: number; readonly end: number };

export type FrozenText = {
  readonly text: string;
  /** Where each part of `text` stood in the document, in order. */
  readonly parts: readonly { readonly start: number; readonly documentStart: number; readonly length: number }[];
};

/** Between two parts; on lines of its own, so that a comment at the end of a part cannot swallow it. */
const separator = '\n;\n';

/**
 * The statement at each caret and the text of each selection, in document order, each statement once.
 *
 * @returns `undefined` when no caret is in a statement
 */
export function freezeSelections(text: string, selections: readonly SelectedRange[], dialect: Dialect): FrozenText | undefined {
  const ranges = selections.flatMap(({ start, end }) => (start === end ? (statementIn(text, start, dialect) ?? []) : { start, end })).toSorted((a, b) => a.start - b.start);
  const distinct: SelectedRange[] = [];
  for (const range of ranges) {
    // Two carets in one statement, or a caret inside a selection, mean it once.
    const before = distinct.at(-1);
    if (!before || range.start >= before.end) distinct.push(range);
    else if (range.end > before.end) distinct[distinct.length - 1] = { start: before.start, end: range.end };
  }
  return distinct.length === 0 ? undefined : freeze(text, distinct);
}

export function freezeAll(text: string): FrozenText {
  return freeze(text, [{ start: 0, end: text.length }]);
}

function freeze(text: string, ranges: readonly SelectedRange[]): FrozenText {
  let frozen = '';
  const parts = ranges.map(({ start, end }, index) => {
    if (index > 0) frozen += separator;
    const part = { start: frozen.length, documentStart: start, length: end - start };
    frozen += text.slice(start, end);
    return part;
  });
  return { text: frozen, parts };
}

/** The document's offset of an index of the frozen text; between two parts the end of the first. */
export function toDocumentOffset({ parts }: FrozenText, index: number): number {
  const part = parts.findLast(({ start }) => start <= index) ?? parts[0];
  if (!part) return 0;
  return part.documentStart + Math.min(Math.max(0, index - part.start), part.length);
}
