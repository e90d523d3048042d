/** A token outside of all parentheses: words in lower case, punctuation as it is, everything else without text. */
export type OuterWord = { readonly word: string; /** UTF-16, half-open. */ readonly start: number; readonly end: number };
