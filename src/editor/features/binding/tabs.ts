/** Which documents are in a tab, shown or not. */
import { TabInputText, TabInputTextDiff, window } from 'vscode';
import type { Tab, Uri } from 'vscode';

export function isInTab(uri: string): boolean {
  return window.tabGroups.all.some(({ tabs }) => tabs.some((tab) => urisOf(tab).some((candidate) => candidate.toString() === uri)));
}

/** The documents a tab shows. */
export function urisOf({ input }: Tab): readonly Uri[] {
  if (input instanceof TabInputText) return [input.uri];
  return input instanceof TabInputTextDiff ? [input.original, input.modified] : [];
}
