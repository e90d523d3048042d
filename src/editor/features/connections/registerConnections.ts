/** Brings the Connections view and its commands, and those of access, to life. */
import type { ExtensionContext } from 'vscode';
import type { Actor } from '../../../core/audit/record.ts';
import type { Clock } from '../../../app/ports.ts';
import { registerAccessCommands } from '../access/accessCommands.ts';
import type { LeasingAccessControl } from '../access/accessControl.ts';
import type { Connections } from './connectionCatalogue.ts';
import { registerConnectionCommands } from './connectionCommands.ts';
import { createConnectionsView } from './connectionsView.ts';

export type ConnectionsFeature = {
  readonly catalogue: Connections;
  readonly access: LeasingAccessControl;
  readonly clock: Clock;
  readonly actor: Actor;
};

export function registerConnections(context: Pick<ExtensionContext, 'subscriptions'>, feature: ConnectionsFeature): void {
  context.subscriptions.push(
    createConnectionsView(feature),
    registerAccessCommands(feature),
    registerConnectionCommands(feature),
  );
}
