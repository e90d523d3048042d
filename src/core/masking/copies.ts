/** Finds values that are masked in one place where they stand in another: a history table, a document, a message of the server. Pure. */

/** Shorter ones stand in other texts by chance. In UTF-16 units. */
export const shortestCopy = 6;

/** Replaces every copy in a text. */
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
    const folded = fold(text);
    let done = '';
    let from = 0;
    for (let at = 0; at + shortestCopy <= text.length; ) {
      const found = byStart.get(folded.slice(at, at + shortestCopy))?.find(({ needle }) => folded.startsWith(needle, at));
      if (!found) {
        at += 1;
        continue;
      }
      done += text.slice(from, at) + standIn(found.value);
      at += found.needle.length;
      from = at;
    }
    return done + text.slice(from);
  };
}

type Copy = { readonly needle: string; readonly value: string };

/** The longest first, so that of two values that begin alike the whole one is found. */
function indexByStart(values: Iterable<string>): ReadonlyMap<string, readonly Copy[]> {
  const index = new Map<string, Copy[]>();
  for (const value of values) {
    const spellings = new Set([value, JSON.stringify(value).slice(1, -1)]);
    for (const spelling of spellings) {
      if (spelling.length < shortestCopy || !/[\p{L}\p{N}]/u.test(spelling)) continue;
      const needle = fold(spelling);
      const start = needle.slice(0, shortestCopy);
      const copies = index.get(start) ?? [];
      copies.push({ needle, value });
      index.set(start, copies);
    }
  }
  return new Map([...index].map(([start, copies]) => [start, copies.toSorted((a, b) => b.needle.length - a.needle.length)]));
}

/** Lower case character by character, so that every index means the same place in both texts, whatever stands around it. */
function fold(text: string): string {
  return text.replaceAll(/\p{Lu}/gu, (character) => {
    const lower = character.toLowerCase();
    return lower.length === character.length ? lower : character;
  });
}
