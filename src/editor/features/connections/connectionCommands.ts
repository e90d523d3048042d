/** The commands around connections. */
import { commands, Disposable } from 'vscode';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { onDemand } from '../../../adapters/onDemand.ts';
import type { Clock } from '../../../app/ports.ts';
import type { Actor } from '../../../core/audit/record.ts';
import { loadConnectionActions } from '../../lazy.ts';
import type { Connections } from './connectionCatalogue.ts';
import { profileOf } from './commandArguments.ts';

export type ConnectionCommandPorts = { readonly catalogue: Connections; readonly clock: Clock; readonly actor: Actor };

export function registerConnectionCommands(ports: ConnectionCommandPorts): Disposable {
  const load = onDemand(async () => (await loadConnectionActions()).createConnectionActions(ports));
  const onConnection = (command: string, title: string, action: 'edit' | 'remove' | 'duplicate' | 'test' | 'forget'): Disposable =>
    commands.registerCommand(command, async (argument?: unknown) => {
      const profile: ConnectionProfile | undefined = profileOf(argument, ports.catalogue) ?? (await ports.catalogue.pick(title));
      if (profile) await (await load())[action](profile);
    });
  return Disposable.from(
    commands.registerCommand('countersign.addConnection', async () => await (await load()).add()),
    commands.registerCommand('countersign.openWalkthrough', async () => await commands.executeCommand('workbench.action.openWalkthrough', 'countersign.countersign#start')),
    commands.registerCommand('countersign.openTeamFile', async () => await (await load()).openTeamFile()),
    onConnection('countersign.editConnection', 'Edit Connection', 'edit'),
    onConnection('countersign.removeConnection', 'Remove Connection', 'remove'),
    onConnection('countersign.duplicateConnection', 'Duplicate Connection', 'duplicate'),
    onConnection('countersign.testConnection', 'Test Connection', 'test'),
    onConnection('countersign.forgetPassword', 'Forget the Password of a Connection', 'forget'),
  );
}
