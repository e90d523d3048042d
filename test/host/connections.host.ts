/** The team file as an editor of JSON sees it: completion, hover, errors at their place. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from '../support/until.ts';

const folder = (): vscode.Uri => {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first);
  return first.uri;
};
const teamFile = (): vscode.Uri => vscode.Uri.joinPath(folder(), '.countersign/team.jsonc');
const shop = { name: 'shop', environment: 'production', host: 'db-1', user: 'app', database: 'shop' };

async function open(value: unknown): Promise<vscode.TextDocument> {
  await vscode.workspace.fs.writeFile(teamFile(), new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)));
  const document = await vscode.workspace.openTextDocument(teamFile());
  await vscode.window.showTextDocument(document);
  await until('the file on screen is the one on disk', () => document.getText() === (typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)));
  return document;
}

function said(source: 'ours' | 'schema'): readonly string[] {
  const ours = (diagnostic: vscode.Diagnostic): boolean => diagnostic.source === 'Countersign';
  return vscode.languages.getDiagnostics(teamFile()).filter((each) => ours(each) === (source === 'ours')).map(({ message, range }) => `${String(range.start.line + 1)}: ${message}`);
}

describe('team file', () => {
  before(async () => {
    // Any command of ours: the extension has to run.
    await vscode.extensions.getExtension('countersign.countersign')?.activate();
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder(), '.countersign'), { recursive: true });
  });

  it('is JSON with comments', async () => {
    const document = await open({ version: 1, connections: [] });
    assert.equal(document.languageId, 'jsonc');
  });

  it('with a password: an error of ours and one of the schema, both where it stands', async () => {
    await open({ version: 1, connections: [{ ...shop, password: 'hunter2' }] });
    await until('the password is an error', () => said('ours').length === 1 && said('schema').length === 1);
    assert.match(said('ours')[0] ?? '', /^10: No password/u);
    assert.match(said('schema')[0] ?? '', /^10: .*password.*not allowed/u);
  });

  it('is checked while it is typed, before it is saved', async () => {
    const document = await open({ version: 1, connections: [shop] });
    await until('nothing is wrong', () => said('ours').length === 0);
    const edit = new vscode.WorkspaceEdit();
    const at = document.positionAt(document.getText().indexOf('production'));
    edit.replace(document.uri, new vscode.Range(at, at.translate(0, 'production'.length)), 'prod');
    await vscode.workspace.applyEdit(edit);
    await until('the environment is an error', () => said('ours').some((message) => message.startsWith('6: Use one of')));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('offers the environments, each with what it means', async () => {
    const document = await open('{ "version": 1, "connections": [ { "environment":  } ] }');
    const at = document.positionAt(document.getText().indexOf(' } ]'));
    const offered = async (): Promise<string[]> => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, at);
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    await until('the environments are offered', async () => {
      const values = await offered();
      return ['"development"', '"staging"', '"production"'].every((value) => values.includes(value));
    });
  });

  it('explains a property on hover', async () => {
    const document = await open({ version: 1, connections: [{ ...shop, access: 'readOnly' }] });
    const at = document.positionAt(document.getText().indexOf('access') + 1);
    const text = async (): Promise<string> => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, at);
      return hovers.flatMap(({ contents }) => contents).map((content) => (content instanceof vscode.MarkdownString ? content.value : JSON.stringify(content))).join('\n');
    };
    await until('the hover explains access', async () => (await text()).includes('allowing writes for a while'));
  });

  it('that is half written says where it breaks', async () => {
    await open('{ "version": 1,\n  "connections": [ { "name": ');
    await until('the break is an error', () => said('ours').some((message) => message.startsWith('2: This is not valid JSON')));
  });
});
