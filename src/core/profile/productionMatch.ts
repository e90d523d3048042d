/** Suggests that a connection is production by the look of its names. Never decides, never says that something is not. */

/**
 * The first pattern that one of the texts matches as a whole, ignoring case; `*` stands for any characters, `?` for one.
 *
 * @param patterns - the value of `countersign.production.match`; entries that are no text are ignored
 */
export function matchProduction(texts: readonly string[], patterns: readonly unknown[]): string | undefined {
  const usable = patterns.filter((pattern): pattern is string => typeof pattern === 'string' && pattern.trim() !== '');
  return usable.find((pattern) => texts.some((text) => matches(text.toLowerCase(), pattern.trim().toLowerCase())));
}

/** Linear in time for any pattern, unlike a regular expression made of it. */
function matches(text: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (inPattern < pattern.length && (pattern[inPattern] === '?' || pattern[inPattern] === text[at]) && pattern[inPattern] !== '*') {
      at += 1;
      inPattern += 1;
    } else if (pattern[inPattern] === '*') {
      star = inPattern;
      resume = at;
      inPattern += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      inPattern = star + 1;
    } else return false;
  }
  return /^\**$/u.test(pattern.slice(inPattern));
}
