/** The colour and the badge of a connected document's tab, and of its file in the Explorer. */
import { Disposable, EventEmitter, FileDecoration, window, workspace } from 'vscode';
import type { Uri } from 'vscode';
import { environmentColour } from '../connections/appearance.ts';
import type { DocumentColours } from './documentColours.ts';
import { badgeOf } from './presentation.ts';

export function createTabColours(colours: DocumentColours): Disposable {
  const changed = new EventEmitter<undefined>();
  const isOn = (): boolean => workspace.getConfiguration('countersign.editor').get('tabColour', true);
  const provideFileDecoration = (uri: Uri): FileDecoration | undefined => {
    const shown = isOn() ? colours.of(uri) : undefined;
    if (!shown?.environment) return undefined;
    return new FileDecoration(badgeOf(shown.environment), `Connected to ${shown.word} ${shown.name} (${shown.access})`, environmentColour(shown.environment));
  };
  return Disposable.from(
    changed,
    window.registerFileDecorationProvider({ onDidChangeFileDecorations: changed.event, provideFileDecoration }),
    colours.onDidChange(() => changed.fire(undefined)),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('countersign.editor.tabColour')) changed.fire(undefined);
    }),
  );
}
