/** What is in force for one connection at one moment: everybody's wishes already merged, strictest first. */
import type { Access } from '../profile/connection.ts';

export type EffectivePolicy = {
  /** Access without elevation. */
  readonly access: Access;
  /** True while a write lease is running. */
  readonly elevated: boolean;
  readonly typedConfirmation: boolean;
};
