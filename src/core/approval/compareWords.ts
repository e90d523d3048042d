/** Six words as somebody heard them, against those of what came. The first four letters of each tell them apart. */

export type Compared =
  | { readonly kind: 'same' }
  /** Fewer or more than there are. */
  | { readonly kind: 'count'; readonly heard: number }
  /** Which are others, counted from 1. */
  | { readonly kind: 'other'; readonly at: readonly number[] };

const tellingLetters = 4;

/** @param heard - typed by a person: separated by anything but letters, numbered or not, abbreviated to four letters or not */
export function compareWords(words: readonly string[], heard: string): Compared {
  const typed = heard.toLowerCase().match(/[a-z]+/g) ?? [];
  if (typed.length !== words.length) return { kind: 'count', heard: typed.length };
  const at = words.flatMap((word, index) => (isSame(word, typed[index] ?? '') ? [] : [index + 1]));
  return at.length === 0 ? { kind: 'same' } : { kind: 'other', at };
}

/** Words of three letters are whole with three. */
function isSame(word: string, typed: string): boolean {
  return word.startsWith(typed) && typed.length >= Math.min(tellingLetters, word.length);
}
