/** The extension as the host sees it. Runs inside the extension host. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const id = 'countersign.countersign';

describe('the extension', () => {
  it('activates', async () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} was not found`);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('registers every command its manifest names', async () => {
    const manifest = vscode.extensions.getExtension(id)?.packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });
});
