/** Says what may happen on a connection right now. What lets a person allow writes for a while is loaded when somebody asks for it. */
import { EventEmitter, window, workspace } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { onDemand } from '../../../adapters/onDemand.ts';
import type { LeasePorts, Leases } from '../../../app/elevate.ts';
import { toFailure } from '../../../core/errors.ts';
import { effectiveAccess } from '../../../core/policy/accessMerge.ts';
import { describeTarget } from '../../../core/profile/connection.ts';
import type { ConnectionId, ConnectionProfile } from '../../../core/profile/connection.ts';
import type { AccessControl, ConnectionCatalogue } from '../../catalogue.ts';
import { loadAllowedWrites } from '../../lazy.ts';
import { plainText } from '../../plainText.ts';
import { productionDemand, section, typedConfirmation } from '../connections/configuration.ts';
import type { AllowedWrites } from './allowedWrites.ts';

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
  const changed = new EventEmitter<void>();
  const notify = (): void => {
    changed.fire();
    ports.catalogue.notify();
  };
  const accessOf = (profile: ConnectionProfile) => effectiveAccess(profile, productionDemand());
  /** Leases live in memory only: before anybody asked for one there is none, and writes are not allowed. */
  let writes: AllowedWrites | undefined;
  const load = onDemand(async () => {
    const { createAllowedWrites } = await loadAllowedWrites();
    writes = createAllowedWrites({ ...ports, accessOf, notify, onDidChange: changed.event });
    context.subscriptions.push(writes);
    return writes;
  });

  context.subscriptions.push(
    changed,
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${section}.production`)) notify();
    }),
  );
  return {
    policyFor: (profile) => ({
      access: accessOf(profile),
      elevated: writes?.leases.running(profile.id)?.target === describeTarget(profile),
      typedConfirmation: typedConfirmation(),
    }),
    lease: (id) => writes?.leases.running(id),
    onDidChange: changed.event,
    async elevate(profile) {
      try {
        return await (await load()).elevate(profile);
      } catch (thrown) {
        void window.showErrorMessage(plainText(`Writes stay forbidden. ${toFailure(thrown).message}`));
        return false;
      }
    },
    leases: { all: () => writes?.leases.all() ?? [], running: (id) => writes?.leases.running(id) },
    endLease: (id) => writes?.leases.end(id, 'ended-by-person'),
  };
}
