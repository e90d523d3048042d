/** A row of questions with a way back. */
import type { Answer, Place } from './ask.ts';

export type StepEnd<Draft> =
  | Answer<Draft>
  /** There is nothing to ask here. */
  | { readonly kind: 'skip' }
  /** Another question comes next, counted from 0. */
  | { readonly kind: 'go-to'; readonly step: number; readonly value: Draft };

/** Asks one question and returns the draft with its answer. */
export type Step<Draft> = (draft: Draft, place: Place) => Promise<StepEnd<Draft>>;

/** Goes through the steps, forth and back. `undefined` when the person gave up. */
export async function runSteps<Draft>(steps: readonly Step<Draft>[], start: Draft): Promise<Draft | undefined> {
  let draft = start;
  let direction = 1;
  let index = 0;
  for (let step = steps[index]; step; step = steps[index]) {
    const end = await step(draft, { step: index + 1, total: steps.length, canGoBack: index > 0 });
    if (end.kind === 'cancelled') return undefined;
    if (end.kind === 'value' || end.kind === 'go-to') draft = end.value;
    if (end.kind !== 'skip') direction = end.kind === 'back' ? -1 : 1;
    // Going back from the first question leads nowhere: it is asked again.
    index = end.kind === 'go-to' ? end.step : Math.max(0, index + direction);
    if (index === 0) direction = 1;
  }
  return draft;
}
