/** The connection in the window's title. The editor has no stable interface for this, so it may silently not be there. */
import { commands } from 'vscode';
import type { Disposable } from 'vscode';
import type { DocumentColours } from './documentColours.ts';

const contextKey = 'countersign.windowConnection';

export function createWindowTitle(colours: DocumentColours): Disposable {
  let last: string | undefined;
  const paint = (): void => {
    const document = colours.current()?.document;
    const shown = document && colours.of(document.uri);
    const text = shown ? `${shown.word} ${shown.name}` : '';
    if (text === last) return;
    last = text;
    void commands.executeCommand('setContext', contextKey, text);
  };
  void register();
  paint();
  return colours.onDidChange(paint);
}

async function register(): Promise<void> {
  try {
    await commands.executeCommand('registerWindowTitleVariable', 'countersignConnection', contextKey);
  } catch {
    // The command is not part of the documented interface; every other channel still says it.
  }
}
