/** Optimizer hints that change variables. */

import { only, raise } from './draft.ts';
import type { Draft } from './draft.ts';
import { disguise, isDisguised } from './disguise.ts';
import { effectOf } from './setStatement.ts';
import type { ExecutableComment } from './tokens.ts';
import { worseClass } from '../verdict.ts';

/**
 * Judges the `SET_VAR(name = value)` hints of the statement that ends at `end`.
 *
 * @param from - index of the first hint no earlier statement had
 * @returns the same for the next statement
 */
export function classifyHints(draft: Draft, end: number, from: number): number {
  const { tokens } = draft;
  let next = from;
  for (; next < tokens.hints.length; next++) {
    const hint = tokens.hints[next] as ExecutableComment;
    if (hint.start >= end) break;
    // Before the first word a hint is a plain comment.
    if (hint.start < (tokens.start[draft.first] as number)) continue;
    for (const [, name = ''] of tokens.text.slice(hint.start, hint.end).matchAll(/set_var\s*\(\s*[`"']?([^\s=)`"']+)/gi)) {
      if (isDisguised(name)) {
        raise(draft, 'unknown', disguise(name), only(draft.first));
        continue;
      }
      const effect = effectOf(name.toLowerCase());
      const message = `A hint changes ${name} while the statement runs`;
      raise(draft, worseClass('session', effect?.class ?? 'session'), { code: 'hint-sets-variable', message, tags: effect?.tags ?? [] }, only(draft.first));
    }
  }
  return next;
}
