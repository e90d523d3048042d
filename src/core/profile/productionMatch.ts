/** Suggests that a connection is production by the look of its names. Never decides, never says that something is not. */
import { matchesGlob } from '../glob.ts';

/**
 * The first pattern that one of the texts matches as a whole, ignoring case; `*` stands for any characters, `?` for one.
 *
 * @param patterns - the value of `countersign.production.match`; entries that are no text are ignored
 */
export function matchProduction(texts: readonly string[], patterns: readonly unknown[]): string | undefined {
  const usable = patterns.filter((pattern): pattern is string => typeof pattern === 'string' && pattern.trim() !== '');
  return usable.find((pattern) => texts.some((text) => matchesGlob(text.toLowerCase(), pattern.trim().toLowerCase())));
}
