/** Lets the person allow writes for a while, and ends that. Loaded with the first wish. */
import { Disposable, window } from 'vscode';
import type { Event } from 'vscode';
import { createLeases } from '../../../app/elevate.ts';
import type { Leases } from '../../../app/elevate.ts';
import { elevationProblem, leaseEndText } from '../../../core/policy/accessLease.ts';
import type { LeaseEnd, WriteLease } from '../../../core/policy/accessLease.ts';
import { describeTarget } from '../../../core/profile/connection.ts';
import type { Access, ConnectionProfile } from '../../../core/profile/connection.ts';
import { elevationMaxMinutes } from '../connections/configuration.ts';
import type { AccessPorts } from './accessControl.ts';
import { askElevation } from './askElevation.ts';
import { createLeaseStatus } from './leaseStatus.ts';
import { plainText } from '../../plainText.ts';

export { pickElevated, pickReadOnly } from './pickLease.ts';

export type AllowedWritesPorts = AccessPorts & {
  /** Without elevation. */
  readonly accessOf: (profile: ConnectionProfile) => Access;
  /** A lease changed. */
  readonly notify: () => void;
  readonly onDidChange: Event<void>;
};

export interface AllowedWrites extends Disposable {
  readonly leases: Leases;
  /** Asks for reason and minutes. False when the person did not go through with it, or it is not allowed. */
  elevate(profile: ConnectionProfile): Promise<boolean>;
}

export function createAllowedWrites(ports: AllowedWritesPorts): AllowedWrites {
  const { catalogue, clock, accessOf, notify, onDidChange } = ports;
  const leases = createLeases({
    ...ports,
    changed: (lease, end) => {
      notify();
      if (end !== undefined) announceEnd(catalogue.byId(lease.connection), end);
    },
  });
  const review = (): void => leases.review((lease) => reasonToEnd(lease, catalogue.byId(lease.connection), accessOf));

  const elevate = async (profile: ConnectionProfile): Promise<boolean> => {
    const problem = elevationProblem({ access: accessOf(profile), protected: profile.protected });
    if (problem !== undefined) return tell(problem, accessOf(profile) === 'blocked');
    const running = leases.running(profile.id);
    if (running) return tell(`Writes on ${profile.name} are allowed already. To allow them for longer, let this permission end first.`, false);
    const wish = await askElevation(profile, elevationMaxMinutes());
    if (!wish) return false;
    // Settings and files may have changed while the person typed.
    const current = catalogue.byId(profile.id);
    if (!current || describeTarget(current) !== describeTarget(profile)) return tell('Writes stay forbidden: the connection was changed or removed in the meantime.', true);
    const result = await leases.start({ ...wish, profile: current, access: accessOf(current), maxMinutes: elevationMaxMinutes() });
    return result.kind === 'started' || tell(result.message, true);
  };

  const parts = Disposable.from(catalogue.onDidChange(review), createLeaseStatus({ leases, clock, nameOf: (id) => catalogue.byId(id)?.name ?? id, onDidChange }), { dispose: () => leases.review(() => 'window-closed') });
  return { leases, elevate, dispose: () => void parts.dispose() };
}

function reasonToEnd(lease: WriteLease, profile: ConnectionProfile | undefined, accessOf: (profile: ConnectionProfile) => string): LeaseEnd | undefined {
  if (!profile || describeTarget(profile) !== lease.target) return 'connection-changed';
  return accessOf(profile) === 'blocked' ? 'access-blocked' : undefined;
}

function announceEnd(profile: ConnectionProfile | undefined, end: LeaseEnd): void {
  if (end === 'window-closed') return;
  const where = profile ? `Writes on ${profile.name}` : 'Writes on a connection that is gone';
  void window.showInformationMessage(plainText(`${where} are no longer allowed: ${leaseEndText[end]}.`));
}

/** @returns whether writes are possible all the same */
function tell(message: string, refused: boolean): boolean {
  void (refused ? window.showWarningMessage(plainText(message)) : window.showInformationMessage(plainText(message)));
  return !refused;
}
