/** Lines and columns of byte offsets. */

import { createByteMap } from '../core/sql/bytes.ts';
import type { ByteSpan } from '../core/sql/verdict.ts';

/** 1-based; columns count UTF-16 units, as editors do. */
export type Place = { readonly line: number; readonly column: number };

export type Places = { at(byte: number): Place; range(span: ByteSpan): { readonly start: Place; readonly end: Place } };

/** Looks up places in one text. */
export function createPlaces(text: string): Places {
  const map = createByteMap(text);
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  const at = (byte: number): Place => {
    const index = map.toIndex(byte);
    const line = lineAt(lineStarts, index);
    return { line: line + 1, column: index - (lineStarts[line] ?? 0) + 1 };
  };
  return { at, range: ({ start, end }) => ({ start: at(start), end: at(end) }) };
}

function lineAt(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
