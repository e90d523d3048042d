/** The one way the team file is read where trust depends on it: JSON with comments and trailing commas, and no second meaning. */
import { textOf } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { depthOf, endOfString, isPlain, maxBodyBytes } from './strictJson.ts';
import type { Parsed } from './strictJson.ts';

const maxDepth = 12;

/**
 * The value, or `undefined` for what is not clean. Repeated keys are refused: people see the first, parsers keep the last.
 *
 * Editors read the same file with a parser that also finds the place of a mistake; what this one refuses is not trusted.
 */
export function parseJsonc(bytes: Bytes): Parsed | undefined {
  if (bytes.length > maxBodyBytes) return undefined;
  const text = textOf(bytes);
  const plain = text === undefined ? undefined : withoutComments(text);
  if (plain === undefined || depthOf(plain) > maxDepth) return undefined;
  try {
    const value: unknown = JSON.parse(plain);
    return isPlain(value) && membersOf(value) === colonsOf(plain) ? { value } : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}

/** Comments and trailing commas left out; `undefined` when a comment is not closed. */
function withoutComments(text: string): string | undefined {
  const kept: string[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const here = text.slice(i, i + 2);
    const end = here === '//' ? endOfLine(text, i) : here === '/*' ? text.indexOf('*/', i + 2) + 1 : text.charAt(i) === '"' ? endOfString(text, i) : undefined;
    if (end === 0) return undefined;
    if (end === undefined) kept.push(text.charAt(i));
    else kept.push(here.startsWith('"') ? text.slice(i, end + 1) : ' ');
    i = end ?? i;
  }
  return kept.map((piece, index) => (piece === ',' && isTrailing(kept, index) ? ' ' : piece)).join('');
}

/** Index of the last character before the line break, or of the text. */
function endOfLine(text: string, start: number): number {
  const end = text.slice(start).search(/[\r\n]/);
  return end === -1 ? text.length - 1 : start + end - 1;
}

/** After a value, before the end of its list. */
function isTrailing(pieces: readonly string[], comma: number): boolean {
  const before = pieces[besides(pieces, comma, -1)];
  const after = pieces[besides(pieces, comma, 1)];
  return (after === '}' || after === ']') && before !== undefined && !['{', '[', ','].includes(before);
}

function besides(pieces: readonly string[], comma: number, step: 1 | -1): number {
  let at = comma + step;
  while (/^\s$/.test(pieces[at] ?? '')) at += step;
  return at;
}

/** Each member of an object is written with exactly one colon outside strings. */
function colonsOf(text: string): number {
  let colons = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (text.charAt(i) === '"') i = endOfString(text, i);
    else if (text.charAt(i) === ':') colons += 1;
  }
  return colons;
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value).reduce((sum: number, member) => sum + membersOf(member), 0);
  return Array.isArray(value) ? inside : Object.keys(value).length + inside;
}
