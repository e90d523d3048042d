/** What can be known about a statement before it runs, where running it cannot be taken back. */

/** One thing to know, in words. */
export type InspectedFact = { readonly label: string; readonly text: string };

export type Inspection = {
  /** What is there and what depends on it: size, rows, references, views, triggers, grants, how the server would do it. */
  readonly facts: readonly InspectedFact[];
  /** What could not be learned, in words. */
  readonly unknown: readonly string[];
};
