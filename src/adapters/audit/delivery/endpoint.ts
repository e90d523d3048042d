/** Where events go besides this machine. */
import type { ChainedEvent } from '../../../core/audit/chain.ts';

export type SendResult =
  /** All of them are kept there for good. `receipt`: what it said, for whoever checks later. */
  | { readonly kind: 'accepted'; readonly receipt?: string }
  /** Not now. `afterMs`: when it asked to be tried again. */
  | { readonly kind: 'retry'; readonly why: string; readonly afterMs?: number }
  /** It takes these from somebody else: what comes after them in other streams need not wait. */
  | { readonly kind: 'elsewhere'; readonly why: string }
  /** It will never take these; somebody has to look. They are tried again all the same, since nothing may be left out. */
  | { readonly kind: 'refused'; readonly why: string };

export interface Endpoint {
  /** As the person calls it. Part of messages and of file names. */
  readonly name: string;
  /** It keeps no records: neither a receipt for a write nor a reason to remove them here. */
  readonly alertsOnly?: true;
  /** Events of one stream, in order, without gaps. Never rejects; gives up when `signal` aborts. */
  send(events: readonly ChainedEvent[], signal: AbortSignal): Promise<SendResult>;
  close(): void;
}
