/** Says what may happen on a connection right now, and lets the person allow writes for a while. */
import { EventEmitter, window, workspace } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { createLeases } from '../../../app/elevate.ts';
import type { LeasePorts, Leases } from '../../../app/elevate.ts';
import { elevationProblem, leaseEndText } from '../../../core/policy/accessLease.ts';
import type { LeaseEnd, WriteLease } from '../../../core/policy/accessLease.ts';
import { effectiveAccess } from '../../../core/policy/accessMerge.ts';
import { describeTarget } from '../../../core/profile/connection.ts';
import type { ConnectionId, ConnectionProfile } from '../../../core/profile/connection.ts';
import type { AccessControl, ConnectionCatalogue } from '../../catalogue.ts';
import { elevationMaxMinutes, productionDemand, section, typedConfirmation } from '../connections/configuration.ts';
import { askElevation } from './askElevation.ts';
import { createLeaseStatus } from './leaseStatus.ts';
import { plainText } from '../../plainText.ts';

export type AccessPorts = Pick<LeasePorts, 'clock' | 'journal' | 'actor' | 'newRun'> & {
  /** `notify` tells the listeners of the catalogue that a lease changed. */
  readonly catalogue: ConnectionCatalogue & { notify(): void };
};

/** Access control, with what the views and commands of this extension need beside it. */
export interface LeasingAccessControl extends AccessControl {
  readonly leases: Pick<Leases, 'all' | 'running'>;
  endLease(id: ConnectionId): void;
}

export function createAccessControl(context: Pick<ExtensionContext, 'subscriptions'>, ports: AccessPorts): LeasingAccessControl {
  const { catalogue, clock } = ports;
  const changed = new EventEmitter<void>();
  const notify = (): void => {
    changed.fire();
    catalogue.notify();
  };
  const leases = createLeases({
    ...ports,
    changed: (lease, end) => {
      notify();
      if (end !== undefined) announceEnd(catalogue.byId(lease.connection), end);
    },
  });
  const accessOf = (profile: ConnectionProfile) => effectiveAccess(profile, productionDemand());
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

  context.subscriptions.push(
    changed,
    catalogue.onDidChange(review),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${section}.production`)) notify();
    }),
    createLeaseStatus({ leases, clock, nameOf: (id) => catalogue.byId(id)?.name ?? id, onDidChange: changed.event }),
    { dispose: () => leases.review(() => 'window-closed') },
  );
  return {
    policyFor: (profile) => ({
      access: accessOf(profile),
      elevated: leases.running(profile.id)?.target === describeTarget(profile),
      typedConfirmation: typedConfirmation(),
    }),
    lease: (id) => leases.running(id),
    onDidChange: changed.event,
    elevate,
    leases,
    endLease: (id) => leases.end(id, 'ended-by-person'),
  };
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
