/** Opens the team file of a folder, made from a commented template when there is none. */
import { Range, Uri, window, workspace } from 'vscode';
import type { TextDocument, WorkspaceFolder } from 'vscode';
import { askChoice } from './ask.ts';
import { teamFileUri } from './teamFiles.ts';
import { teamFileTemplate } from './teamTemplate.ts';
import { plainText } from '../../plainText.ts';

export async function openTeamFile(): Promise<void> {
  const folder = await chooseFolder();
  if (!folder) return;
  const uri = teamFileUri(folder);
  if (!uri) {
    void window.showErrorMessage('The setting “Countersign: Team File” leads out of the folder. Set it to a path below the folder and try again.');
    return;
  }
  const document = await openOrCreate(uri);
  if (document) await window.showTextDocument(document);
}

/** Shows where a connection stands in its team file. */
export async function showInTeamFile(uri: Uri, name: string): Promise<void> {
  const document = await workspace.openTextDocument(uri);
  const index = document.getText().indexOf(JSON.stringify(name));
  const place = document.positionAt(Math.max(index, 0));
  await window.showTextDocument(document, { selection: new Range(place, place) });
}

async function chooseFolder(): Promise<WorkspaceFolder | undefined> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    void window.showInformationMessage('A team file belongs to a folder. Open the folder of your project first.');
    return undefined;
  }
  if (folders.length === 1) return folders[0];
  const items = folders.map((folder) => ({ label: folder.name, description: folder.uri.fsPath, value: folder }));
  const answer = await askChoice<WorkspaceFolder>({ title: 'Team File', placeholder: 'In which folder?', items });
  return answer.kind === 'value' ? answer.value : undefined;
}

async function openOrCreate(uri: Uri): Promise<TextDocument | undefined> {
  try {
    if (!(await exists(uri))) {
      await workspace.fs.createDirectory(Uri.joinPath(uri, '..'));
      await workspace.fs.writeFile(uri, new TextEncoder().encode(teamFileTemplate));
    }
    return await workspace.openTextDocument(uri);
  } catch (error) {
    void window.showErrorMessage(plainText(`The team file could not be opened: ${error instanceof Error ? error.message : String(error)}`));
    return undefined;
  }
}

async function exists(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    // Whatever hinders us from seeing it will hinder us from writing it, and is said there.
    return false;
  }
}
