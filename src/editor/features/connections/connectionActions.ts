/** What the commands around connections do. Loaded with the first of them. */
import { commands, ProgressLocation, window } from 'vscode';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { plainText } from '../../plainText.ts';
import { addConnection, duplicateConnection, editConnection } from './addConnection.ts';
import type { ConnectionEditorPorts } from './addConnection.ts';
import type { ConnectionCommandPorts } from './connectionCommands.ts';
import { createConnectionTester, describeServer, isPasswordProblem } from './connectionTest.ts';
import { removePersonalConnection } from './personalSettings.ts';
import { openTeamFile, showInTeamFile } from './teamFileCommand.ts';

export type ConnectionActions = Readonly<Record<'edit' | 'remove' | 'duplicate' | 'test' | 'forget', (profile: ConnectionProfile) => Promise<void>>> & { readonly add: () => Promise<void>; readonly openTeamFile: () => Promise<void> };

export function createConnectionActions({ catalogue, clock, actor }: ConnectionCommandPorts): ConnectionActions {
  const ports: ConnectionEditorPorts = { catalogue, test: createConnectionTester({ clock, actor }) };
  return {
    add: async () => await addConnection(ports),
    duplicate: async (profile) => await duplicateConnection(ports, profile),
    edit: async (profile) => await edit(ports, profile),
    remove: async (profile) => await remove(ports, profile),
    test: async (profile) => await test(ports, profile),
    forget: async (profile) => await forget(ports, profile),
    openTeamFile,
  };
}

async function edit(ports: ConnectionEditorPorts, profile: ConnectionProfile): Promise<void> {
  const file = ports.catalogue.teamFileOf(profile);
  if (file) await showInTeamFile(file, profile.name);
  else await editConnection(ports, profile);
}

async function remove(ports: ConnectionEditorPorts, profile: ConnectionProfile): Promise<void> {
  const file = ports.catalogue.teamFileOf(profile);
  if (file) {
    await showInTeamFile(file, profile.name);
    void window.showInformationMessage(plainText(`${profile.name} is in the team file. Delete its entry there to remove it for everybody.`));
    return;
  }
  const detail = 'It is taken out of your settings, and its stored password is forgotten. Nothing happens to the database.';
  const answer = await window.showWarningMessage(plainText(`Remove the connection ${profile.name}?`), { modal: true, detail }, 'Remove');
  if (answer !== 'Remove') return;
  await removePersonalConnection(profile.name);
  await (await ports.catalogue.passwords()).forget(profile.id);
}

async function forget({ catalogue }: ConnectionEditorPorts, profile: ConnectionProfile): Promise<void> {
  await (await catalogue.passwords()).forget(profile.id);
  void window.showInformationMessage(plainText(`No password is stored for ${profile.name} any more. It is asked for at the next connection.`));
}

async function test({ catalogue, test: run }: ConnectionEditorPorts, profile: ConnectionProfile): Promise<void> {
  const password = await catalogue.password(profile);
  if (password === undefined) return;
  const abort = new AbortController();
  const end = await window.withProgress({ location: ProgressLocation.Notification, title: `Connecting to ${profile.name}…`, cancellable: true }, async (_progress, token) => {
    token.onCancellationRequested(() => abort.abort());
    return await run(profile, password, abort.signal);
  });
  if (end.kind === 'ok') {
    void window.showInformationMessage(plainText(`Connected to ${profile.name}: ${describeServer(end.server)}.`));
  } else if (end.kind === 'failed') {
    if (isPasswordProblem(end.failure)) await catalogue.passwordRefused(profile);
    await offerRemedy(profile, end.failure.message);
  }
}

async function offerRemedy(profile: ConnectionProfile, message: string): Promise<void> {
  const answer = await window.showErrorMessage(plainText(message), 'Test Again', 'Edit Connection');
  if (answer === 'Test Again') await commands.executeCommand('countersign.testConnection', profile.id);
  if (answer === 'Edit Connection') await commands.executeCommand('countersign.editConnection', profile.id);
}
