/** A team file with people, as the editor shows it when nobody signed it. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { softwareKey } from '../support/confirmation/keys.ts';
import { signedTeam, teamBody } from '../support/confirmation/people.ts';
import { until } from '../support/until.ts';

const at = (name: string): vscode.Uri => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, '.countersign', name);
};
const notInForce = (): readonly vscode.Diagnostic[] => vscode.languages.getDiagnostics(at('team.jsonc')).filter(({ source, message }) => source === 'Countersign' && message.startsWith('Not in force'));

describe('a team file with people', () => {
  before(async () => {
    await vscode.extensions.getExtension('countersign.countersign')?.activate();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(at('team.jsonc'), '..'), { recursive: true });
  });

  it('is not in force without a signature, and its first line offers to sign it', async () => {
    const signed = await signedTeam(teamBody([{ id: 'alice', keys: [await softwareKey()] }], { team: 'host-test' }), []);
    await vscode.workspace.fs.writeFile(at('team.jsonc'), signed.file);
    const document = await vscode.workspace.openTextDocument(at('team.jsonc'));
    await until('it is said at the file', () => notInForce().length === 1);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, new vscode.Range(0, 0, 0, 1));
    assert.ok(actions.some(({ command }) => command?.command === 'countersign.signTeamFile'), actions.map(({ title }) => title).join());
  });

  it('is in force when it is signed, and not when a letter is another one', async () => {
    const key = await softwareKey();
    const signed = await signedTeam(teamBody([{ id: 'alice', keys: [key] }], { team: 'host-test' }), [key]);
    await vscode.workspace.fs.writeFile(at('team.jsonc'), signed.file);
    await vscode.workspace.fs.writeFile(at('team.sig.json'), new TextEncoder().encode(JSON.stringify(signed.signatures)));
    await until('nothing is said', () => notInForce().length === 0);
    await vscode.workspace.fs.writeFile(at('team.jsonc'), new TextEncoder().encode(new TextDecoder().decode(signed.file).replace('The team', 'Our team')));
    await until('it is said again', () => notInForce().length === 1);
  });
});
