/** What is in force for one connection at one moment: everybody's wishes already merged, strictest first. */
import type { Access } from '../profile/connection.ts';
import type { ConfirmationPolicy } from './confirmation.ts';

export type EffectivePolicy = {
  /** Access without elevation. */
  readonly access: Access;
  /** True while a write lease is running. */
  readonly elevated: boolean;
  readonly typedConfirmation: boolean;
  /** Who else must confirm. Absent: nobody knows of a team, and nobody is asked. */
  readonly confirmation?: ConfirmationPolicy;
};
