/** Which statement a place in a text belongs to, whatever the dialect. */

/** Half-open range of UTF-16 indices: without white space and comments around it and without what ends it. */
export type StatementRange = { readonly start: number; readonly end: number };

export type StatementPlace = StatementRange & {
  /** One past the semicolon or delimiter, or the end of the text. */
  readonly next: number;
};

/**
 * The statement a caret is in, from the first character to just behind the semicolon. On the rest of that line it still
 * belongs to it; in comments right above a statement it belongs to that one. Elsewhere between statements: `undefined`.
 *
 * @param places - in order; no more of them are taken than needed
 */
export function placeAt(text: string, places: Iterable<StatementPlace>, offset: number): StatementRange | undefined {
  let before: StatementPlace | undefined;
  for (const place of places) {
    if (before && isOnLineAfter(text, before, Math.min(offset, place.start))) {
      if (offset < place.start) return rangeOf(before);
    } else if (offset < place.start) return isRightAbove(text, offset, place.start) ? rangeOf(place) : undefined;
    if (offset <= place.next) return rangeOf(place);
    before = place;
  }
  return before && isOnLineAfter(text, before, offset) ? rangeOf(before) : undefined;
}

function rangeOf({ start, end }: StatementPlace): StatementRange {
  return { start, end };
}

function isOnLineAfter(text: string, place: StatementPlace, offset: number): boolean {
  return offset >= place.next && !/[\n\r]/u.test(text.slice(place.next, offset));
}

/** Whether only comment lines lie between: neither the caret's own line nor one below it is empty. */
function isRightAbove(text: string, offset: number, start: number): boolean {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return text
    .slice(lineStart, start)
    .split('\n')
    .slice(0, -1)
    .every((line) => line.trim() !== '');
}
