/** Makes the connection of a document unmistakable, in every channel at once. */
import type { ExtensionContext } from 'vscode';
import type { AccessControl } from '../../catalogue.ts';
import type { Bindings } from '../binding/bindings.ts';
import { createCaretStatement } from './caretStatement.ts';
import { createConnectionStatus } from './connectionStatus.ts';
import { createDocumentColours } from './documentColours.ts';
import { createDocumentSplit } from './documentSplit.ts';
import { createEditorMarks } from './editorMarks.ts';
import { createLensSlot, type LensSlot } from './lensSlot.ts';
import { createLenses } from './lenses.ts';
import { createStatementMark } from './statementMark.ts';
import { createTabColours } from './tabColours.ts';
import { createWindowTitle } from './windowTitle.ts';

/** @returns room for lenses of others */
export function registerColours(context: Pick<ExtensionContext, 'subscriptions'>, bindings: Bindings, access: AccessControl): LensSlot {
  const colours = createDocumentColours(bindings, access);
  const split = createDocumentSplit();
  const caret = createCaretStatement(colours, split);
  const slot = createLensSlot();
  context.subscriptions.push(
    colours,
    caret,
    createConnectionStatus(colours),
    createTabColours(colours),
    createEditorMarks(colours),
    createStatementMark(caret),
    slot,
    split,
    createLenses(colours, { caret, slot, split }),
    createWindowTitle(colours),
  );
  return slot;
}
