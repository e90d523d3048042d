/** The commands around connections. */
import { commands, Disposable } from 'vscode';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { loadConnectionActions } from '../../lazy.ts';
import type { ConnectionEditorPorts } from './addConnection.ts';
import { profileOf } from './commandArguments.ts';

export function registerConnectionCommands(ports: ConnectionEditorPorts): Disposable {
  const onConnection = (command: string, title: string, action: 'edit' | 'remove' | 'duplicate' | 'test' | 'forget'): Disposable =>
    commands.registerCommand(command, async (argument?: unknown) => {
      const profile: ConnectionProfile | undefined = profileOf(argument, ports.catalogue) ?? (await ports.catalogue.pick(title));
      if (profile) await (await loadConnectionActions())[action](ports, profile);
    });
  return Disposable.from(
    commands.registerCommand('countersign.addConnection', async () => await (await loadConnectionActions()).add(ports)),
    commands.registerCommand('countersign.openWalkthrough', async () => await commands.executeCommand('workbench.action.openWalkthrough', 'countersign.countersign#start')),
    commands.registerCommand('countersign.openTeamFile', async () => await (await loadConnectionActions()).openTeamFile()),
    onConnection('countersign.editConnection', 'Edit Connection', 'edit'),
    onConnection('countersign.removeConnection', 'Remove Connection', 'remove'),
    onConnection('countersign.duplicateConnection', 'Duplicate Connection', 'duplicate'),
    onConnection('countersign.testConnection', 'Test Connection', 'test'),
    onConnection('countersign.forgetPassword', 'Forget the Password of a Connection', 'forget'),
  );
}
