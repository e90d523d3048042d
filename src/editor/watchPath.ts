/** Tells of changes to a file, also when it comes together with its folder. */
import path from 'node:path';
import { Disposable, RelativePattern, workspace } from 'vscode';
import type { Uri, WorkspaceFolder } from 'vscode';

/**
 * A new folder may be noticed only after its files were written, and then nobody tells of those: the folder itself is watched too.
 *
 * @param relative - with forward slashes
 */
export function watchPath(base: WorkspaceFolder | Uri, relative: string, changed: () => void): Disposable {
  const parent = path.posix.dirname(relative);
  const patterns = parent === '.' ? [relative] : [relative, parent];
  return Disposable.from(
    ...patterns.flatMap((pattern) => {
      const watcher = workspace.createFileSystemWatcher(new RelativePattern(base, pattern));
      return [watcher, watcher.onDidChange(changed), watcher.onDidCreate(changed), watcher.onDidDelete(changed)];
    }),
  );
}
