/** Makes the connection of a document unmistakable, in every channel at once. */
import type { ExtensionContext } from 'vscode';
import type { AccessControl } from '../../catalogue.ts';
import type { Bindings } from '../binding/bindings.ts';
import { createCaretStatement } from './caretStatement.ts';
import { createConnectionStatus } from './connectionStatus.ts';
import { createDocumentColours } from './documentColours.ts';
import { createEditorMarks } from './editorMarks.ts';
import { createLenses } from './lenses.ts';
import { createStatementMark } from './statementMark.ts';
import { createTabColours } from './tabColours.ts';
import { createWindowTitle } from './windowTitle.ts';

export function registerColours(context: Pick<ExtensionContext, 'subscriptions'>, bindings: Bindings, access: AccessControl): void {
  const colours = createDocumentColours(bindings, access);
  const caret = createCaretStatement(colours);
  context.subscriptions.push(
    colours,
    caret,
    createConnectionStatus(colours),
    createTabColours(colours),
    createEditorMarks(colours),
    createStatementMark(caret),
    createLenses(colours, caret),
    createWindowTitle(colours),
  );
}
