/** Who else must confirm: the person's own wish and the team's rules, of which the stricter holds. */
import type { TeamRefusal } from '../approval/refusal.ts';
import type { Rule } from '../approval/terms.ts';

/** What the person's own settings demand a second person for, on production. `undefined`: they do not say. */
export const confirmationWishes = ['never', 'destructive', 'allWrites'] as const;
export type ConfirmationWish = (typeof confirmationWishes)[number];

export type TeamRules =
  /** Nobody set up a team here, and none was ever pinned. */
  | { readonly kind: 'none' }
  /** There is or was one, and what is there now is not to be trusted: the strictest terms, and nothing can be approved. */
  | { readonly kind: 'refused'; readonly code: TeamRefusal; /** What was accepted last demands: a file that is edited, or gone, takes nothing of it back. */ readonly rules?: readonly Rule[] }
  | { readonly kind: 'accepted'; readonly rules: readonly Rule[] };

export type ConfirmationPolicy = {
  readonly wish?: ConfirmationWish;
  readonly team: TeamRules;
  /** Globs of columns that the person hides from reviewers, whatever the team shows. */
  readonly hidden?: readonly string[];
};
