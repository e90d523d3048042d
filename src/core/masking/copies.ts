/** Finds values that are masked in one place where they stand in another: a history table, a document, a message of the server. Pure. */

/** Shorter ones stand in other texts by chance. In UTF-16 units. */
export const shortestCopy = 6;

/** Of a text so much is read, and told: no reviewer is shown more of a value. In UTF-16 units. */
export const longestTold = 4096;

/** Replaces every copy in a text, of which at most the beginning comes back. */
export type ReplaceCopies = (text: string) => string;

/**
 * Linear in the text, however many values there are: candidates are found by their beginning. Copies in other case, and as JSON
 * writes them, are found too.
 *
 * @param values - of masked columns
 * @param standIn - what takes the place of a copy of this value
 */
export function createCopyReplacer(values: Iterable<string>, standIn: (value: string) => string): ReplaceCopies {
  const byStart = indexByStart(values);
  if (byStart.size === 0) return (text) => text;
  return (text) => {
    // A copy that begins in what is told is recognised to its end.
    const folded = fold(text.slice(0, 2 * longestTold));
    const end = Math.min(text.length, longestTold);
    let told = '';
    let from = 0;
    for (let at = 0; at < end; ) {
      const found = byStart.get(folded.slice(at, at + shortestCopy))?.find(({ needle }) => folded.startsWith(needle, at));
      if (!found) {
        at += 1;
        continue;
      }
      told += text.slice(from, at) + standIn(found.value);
      at += found.length;
      from = at;
    }
    const rest = text.slice(from, Math.max(from, end));
    return from + rest.length < text.length ? `${told}${rest}…` : told + rest;
  };
}

/** `needle` is the beginning of what is longer than any text that is read; `length` is that of the whole. */
type Copy = { readonly needle: string; readonly length: number; readonly value: string };

/** The longest first, so that of two values that begin alike the whole one is found. */
function indexByStart(values: Iterable<string>): ReadonlyMap<string, readonly Copy[]> {
  const index = new Map<string, Copy[]>();
  for (const value of values) {
    const spellings = new Set([value, JSON.stringify(value).slice(1, -1)]);
    for (const spelling of spellings) {
      if (spelling.length < shortestCopy || !/[\p{L}\p{N}]/u.test(spelling)) continue;
      const needle = fold(spelling.slice(0, longestTold));
      const start = needle.slice(0, shortestCopy);
      const copies = index.get(start) ?? [];
      copies.push({ needle, length: spelling.length, value });
      index.set(start, copies);
    }
  }
  return new Map([...index].map(([start, copies]) => [start, copies.toSorted((a, b) => b.length - a.length)]));
}

/** Lower case character by character, so that every index means the same place in both texts, whatever stands around it. */
function fold(text: string): string {
  return text.replaceAll(/\p{Lu}/gu, (character) => {
    const lower = character.toLowerCase();
    return lower.length === character.length ? lower : character;
  });
}
