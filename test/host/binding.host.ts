/** Binding a document: explicit, one by one, said in words everywhere, and never inherited. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from '../support/until.ts';
import { ui } from './support/ui.ts';

const production = { name: 'shop-prod', environment: 'production', host: '127.0.0.1', port: 1, user: 'app', database: 'shop', tls: { mode: 'disable' } };
const development = { ...production, name: 'shop-dev', environment: 'development' };
const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('countersign');

async function setConnections(connections: readonly object[] | undefined): Promise<void> {
  await settings().update('connections', connections, vscode.ConfigurationTarget.Global);
}

async function openSql(name: string, text: string): Promise<vscode.TextEditor> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  const uri = vscode.Uri.joinPath(folder.uri, name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const document = await vscode.workspace.openTextDocument(uri);
  return await vscode.window.showTextDocument(document);
}

async function bind(connection: string): Promise<void> {
  const bound = vscode.commands.executeCommand('countersign.bindDocument');
  await ui.pick('Connection for', connection);
  await bound;
}

async function lenses(editor: vscode.TextEditor): Promise<readonly string[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', editor.document.uri, 1000);
  return found.map(({ command, range }) => `${String(range.start.line + 1)}: ${command?.title.replace(/^\$\([\w-]+\)\u00a0/u, '') ?? ''}`);
}

describe('binding', () => {
  before(async () => {
    await vscode.extensions.getExtension('countersign.countersign')?.activate();
    await setConnections([production, development]);
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await setConnections(undefined);
  });

  it('concerns one document, and every channel says it in words', async () => {
    const other = await openSql('other.sql', 'select 2;\n');
    const editor = await openSql('bound.sql', 'select 1;\n\nselect 2;\n');
    await ui.statusSays('countersign.connection', 'Not connected');
    await bind('shop-prod');
    await ui.statusSays('countersign.connection', 'PROD shop-prod');
    const status = await ui.status('countersign.connection');
    assert.equal(status.kind, 'error');
    assert.match(status.tooltip, /PROD shop-prod.*app@127\.0\.0\.1:1\/shop.*read-only/u);
    assert.deepEqual(await lenses(editor), ['1: PROD · shop-prod · read-only', '1: Run', '1: Preview Changes', '3: Run', '3: Preview Changes']);
    assert.deepEqual(await lenses(other), []);
    await until('the title says it', async () => (await ui.title()).startsWith('PROD shop-prod'));
  });

  it('another environment has other words and no alarm', async () => {
    await bind('shop-dev');
    await ui.statusSays('countersign.connection', 'DEV shop-dev');
    assert.equal((await ui.status('countersign.connection')).kind, 'plain');
  });

  it('a renamed file stays bound, the next file of its old name is not', async () => {
    const { document } = await openSql('first.sql', 'select 1;\n');
    await bind('shop-prod');
    const edit = new vscode.WorkspaceEdit();
    const target = vscode.Uri.joinPath(document.uri, '../second.sql');
    edit.renameFile(document.uri, target);
    await vscode.workspace.applyEdit(edit);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(target));
    await ui.statusSays('countersign.connection', 'PROD shop-prod');
    await openSql('first.sql', 'select 3;\n');
    await ui.statusSays('countersign.connection', 'Not connected');
  });

  it('a renamed folder takes the bindings of its files along', async () => {
    const { document } = await openSql('queries/deep.sql', 'select 1;\n');
    await bind('shop-prod');
    const edit = new vscode.WorkspaceEdit();
    const folder = vscode.Uri.joinPath(document.uri, '..');
    const target = vscode.Uri.joinPath(folder, '../moved');
    edit.renameFile(folder, target);
    await vscode.workspace.applyEdit(edit);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(vscode.Uri.joinPath(target, 'deep.sql')));
    await ui.statusSays('countersign.connection', 'PROD shop-prod');
  });

  it('a new query is bound to what was asked for, and the next untitled document of its name to nothing', async () => {
    await vscode.commands.executeCommand('countersign.newQuery', 'personal:shop-prod');
    const first = vscode.window.activeTextEditor?.document;
    assert.ok(first?.isUntitled && first.languageId === 'sql');
    await ui.statusSays('countersign.connection', 'PROD shop-prod');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await until('nothing is in front', () => vscode.window.activeTextEditor?.document !== first);
    await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(first.uri), 'sql').then(vscode.window.showTextDocument);
    await ui.statusSays('countersign.connection', 'Not connected');
  });

  it('running an unbound document runs nothing and offers to connect', async () => {
    await openSql('unbound.sql', 'select 1;\n');
    const run = vscode.commands.executeCommand('countersign.runStatement');
    assert.match(await ui.toast('not connected', 'Connect…'), /Nothing was run/u);
    await ui.pick('Connection for unbound.sql', 'shop-dev');
    await run;
    await ui.statusSays('countersign.connection', 'DEV shop-dev');
  });

  it('only SQL documents can be connected', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'plaintext' });
    await vscode.window.showTextDocument(document);
    const asked = vscode.commands.executeCommand('countersign.bindDocument');
    assert.match(await ui.toast('Only SQL documents'), /set the language/u);
    await ui.clearToasts();
    await asked;
    await ui.statusSays('countersign.connection', '');
  });

  it('a connection that is gone is said so, and nothing runs', async () => {
    await openSql('gone.sql', 'select 1;\n');
    await bind('shop-dev');
    await setConnections([production]);
    await ui.statusSays('countersign.connection', 'GONE shop-dev');
    const run = vscode.commands.executeCommand('countersign.runStatement');
    assert.match(await ui.toast('shop-dev is gone'), /Nothing was run/u);
    await ui.clearToasts();
    await run;
    await setConnections([production, development]);
    await ui.statusSays('countersign.connection', 'DEV shop-dev');
  });

  it('unbinding takes every mark away', async () => {
    const editor = await openSql('bound.sql', 'select 1;\n');
    await bind('shop-prod');
    await vscode.commands.executeCommand('countersign.unbindDocument');
    await ui.statusSays('countersign.connection', 'Not connected');
    assert.deepEqual(await lenses(editor), []);
  });

  it('a long document has lenses only where the caret is', async () => {
    const editor = await openSql('long.sql', Array.from({ length: 2000 }, (_, index) => `select ${String(index)};\n`).join(''));
    await bind('shop-prod');
    const position = new vscode.Position(1499, 3);
    editor.selection = new vscode.Selection(position, position);
    await until('the lens is at the caret', async () => (await lenses(editor)).includes('1500: Run'));
    assert.equal((await lenses(editor)).length, 3);
  });

  it('lenses can be switched off', async () => {
    const editor = await openSql('bound.sql', 'select 1;\n');
    await bind('shop-prod');
    await settings().update('editor.codeLens', false, vscode.ConfigurationTarget.Global);
    await until('no lens is left', async () => (await lenses(editor)).length === 0);
    await settings().update('editor.codeLens', undefined, vscode.ConfigurationTarget.Global);
    await ui.statusSays('countersign.connection', 'PROD shop-prod');
  });
});
