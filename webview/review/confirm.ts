/** When Commit may be pressed. Pure; the host checks everything again. */

export type PhraseMatch = 'empty' | 'begun' | 'match' | 'different';

/** Compares character by character: nothing is trimmed, folded or normalised, so nothing that only looks the same passes. */
export function comparePhrase(phrase: string, typed: string): PhraseMatch {
  if (typed === phrase) return 'match';
  if (typed === '') return 'empty';
  return phrase.startsWith(typed) ? 'begun' : 'different';
}

/** What is wrong with a text that is not the phrase, in words; helps without accepting it. */
export function explainDifference(phrase: string, typed: string): string {
  if (typed !== typed.trim() && typed.trim() === phrase) return 'There is a space too many at the beginning or the end.';
  if (typed.replace(/\s+/g, ' ').trim() === phrase) return 'The spaces are not the same.';
  if (typed.toLowerCase() === phrase.toLowerCase()) return 'Capital and small letters have to be the same.';
  if (typed.length === phrase.length && /[^\u0020-\u007e]/.test(typed) && !/[^\u0020-\u007e]/.test(phrase)) return 'One character only looks the same.';
  return 'That is not the text yet.';
}

/** How long Commit stays out of reach after it was earned, and then for keys: a press so soon was meant for something else. */
export const pressGuardMs = 500;

export type PressGuard = {
  /** Tells whether the button is alive now; the time counts from when it last became so. */
  setAlive(isAlive: boolean): void;
  /** Counts from now again, e.g. because the page was hidden. */
  restart(): void;
  isTooEarly(): boolean;
};

/** @param now - milliseconds, any origin, never going back */
export function createPressGuard(now: () => number): PressGuard {
  let since: number | undefined;
  return {
    setAlive: (isAlive) => {
      since = isAlive ? (since ?? now()) : undefined;
    },
    restart: () => {
      if (since !== undefined) since = now();
    },
    isTooEarly: () => since === undefined || now() - since < pressGuardMs,
  };
}
