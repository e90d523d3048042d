/** Which documents are in a tab, shown or not, and when one has left its last. */
import { Disposable, TabInputText, TabInputTextDiff, window, workspace } from 'vscode';
import type { Tab, Uri } from 'vscode';

export function isInTab(uri: string): boolean {
  return window.tabGroups.all.some(({ tabs }) => tabs.some((tab) => urisOf(tab).some((candidate) => candidate.toString() === uri)));
}

/** A change of the language closes and opens a document that stays where it is. */
const graceMs = 250;

/** Calls back when a document is in no tab any more. The document itself may live on long after that. */
export function onDidLeaveTabs(left: (uri: Uri) => void): Disposable {
  const timers = new Set<NodeJS.Timeout>();
  const lookSoon = (uri: Uri): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!isInTab(uri.toString())) left(uri);
    }, graceMs);
    timers.add(timer);
  };
  return Disposable.from(
    // A tab that moves to another group is there before it is gone from here.
    window.tabGroups.onDidChangeTabs(({ closed }) => closed.flatMap(urisOf).filter((uri) => !isInTab(uri.toString())).forEach(left)),
    workspace.onDidCloseTextDocument(({ uri }) => lookSoon(uri)),
    { dispose: () => timers.forEach(clearTimeout) },
  );
}

/** The documents a tab shows. */
function urisOf({ input }: Tab): readonly Uri[] {
  if (input instanceof TabInputText) return [input.uri];
  return input instanceof TabInputTextDiff ? [input.original, input.modified] : [];
}
