/** VS Code as the person has it, with folders of its own for the demo. */
import { accessSync, constants } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { quietSettings } from './codeServer.mjs';
import { endGuarded, spawnGuarded } from './reaper.mjs';
import { runOrThrow } from './run.mjs';

/** The `code` on PATH, when there is a display to show it on. */
export function desktopEditor() {
  const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  // In the terminal of a remote window `code` only talks to that window.
  if (!hasDisplay || process.env['VSCODE_IPC_HOOK_CLI'] || process.env['CI']) return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  return (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: the next folder may have one.
    return false;
  }
}

/** Opens the workspace in a window that is the demo's alone; `ended` resolves when it is closed. */
export async function openDesktop(code, folders, vsix) {
  const userData = path.join(folders.editor, 'user-data');
  await mkdir(path.join(userData, 'User'), { recursive: true });
  await writeFile(path.join(userData, 'User/settings.json'), `${JSON.stringify(quietSettings, undefined, 2)}\n`, { flag: 'wx' }).catch(ignoreExisting);
  const common = ['--user-data-dir', userData, '--extensions-dir', path.join(folders.editor, 'extensions')];
  await runOrThrow(code, [...common, '--install-extension', vsix, '--force']);
  const child = spawnGuarded(code, [...common, '--new-window', '--wait', folders.workspace], { stdio: 'ignore' });
  return { ended: new Promise((resolve) => child.once('exit', resolve)), stop: () => endGuarded(child) };
}

function ignoreExisting(error) {
  if (error.code !== 'EEXIST') throw error;
}
