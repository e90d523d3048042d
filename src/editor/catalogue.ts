/** What the features know about connections and about what may happen on them; implemented by the connections and access features. */
import type { Event } from 'vscode';
import type { ConnectionId, ConnectionProfile } from '../core/profile/connection.ts';
import type { EffectivePolicy } from '../core/policy/policy.ts';
import type { RiskPolicy } from '../core/sql/risks.ts';

export interface ConnectionCatalogue {
  /** Personal and team profiles, production last. */
  all(): readonly ConnectionProfile[];
  byId(id: ConnectionId): ConnectionProfile | undefined;
  /** What the team files say about risks. */
  readonly teamRisks: readonly RiskPolicy[];
  /** Fires when settings, the team file or a lease changed anything above or below. */
  readonly onDidChange: Event<void>;
  /** Lets the person choose; production last and never preselected. `undefined` when they did not. */
  pick(title: string): Promise<ConnectionProfile | undefined>;
  /** What is known without asking: stored or remembered, and bound to exactly this target. */
  knownPassword(profile: ConnectionProfile): Promise<string | undefined>;
  /** The stored password that is bound to exactly this target, else asks. `undefined` when the person gave none. */
  password(profile: ConnectionProfile): Promise<string | undefined>;
  /** The server refused the password: forget nothing, but ask next time. */
  passwordRefused(profile: ConnectionProfile): Promise<void>;
}

/** A running permission to write on one production connection. */
export type Lease = { readonly connection: ConnectionId; readonly reason: string; readonly expiresAt: number };

export interface AccessControl {
  policyFor(profile: ConnectionProfile): EffectivePolicy;
  lease(id: ConnectionId): Lease | undefined;
  /** Fires when a lease starts, ends by itself or on command. */
  readonly onDidChange: Event<void>;
  /** Asks for reason and minutes. False when the person did not go through with it, or it is not allowed. */
  elevate(profile: ConnectionProfile): Promise<boolean>;
}
