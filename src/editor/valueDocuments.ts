/** Whole values in read-only editor tabs. */
import { Disposable, Uri, window, workspace } from 'vscode';
import { plainText } from './plainText.ts';

const scheme = 'countersign-value';
/** The editor refuses texts above 50 MB. */
const longest = 50 * 1024 * 1024 - 1;

export interface ValueDocuments extends Disposable {
  /** @param name - shown in the tab, e.g. `customers.note row 12` */
  show(name: string, value: string | null): Promise<void>;
}

export function createValueDocuments(): ValueDocuments {
  const values = new Map<string, string>();
  let count = 0;
  const provider = workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent: (uri) => values.get(uri.toString()) ?? '' });
  const closing = workspace.onDidCloseTextDocument(({ uri }) => values.delete(uri.toString()));
  const show = async (name: string, value: string | null): Promise<void> => {
    if (value === null) {
      void window.showInformationMessage('This value is NULL: there is nothing to show.');
      return;
    }
    if (value.length > longest) {
      void window.showWarningMessage(plainText(`This value has ${String(value.length)} characters, more than an editor tab can hold. Read a part of it, for example with substring().`));
      return;
    }
    const uri = Uri.from({ scheme, path: `/${name.replaceAll(/[/\\\s]+/gu, ' ')}${looksLikeJson(value) ? '.json' : '.txt'}`, query: String(++count) });
    values.set(uri.toString(), value);
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document, { preview: true });
  };
  return Object.assign(Disposable.from(provider, closing), { show });
}

function looksLikeJson(value: string): boolean {
  return /^\s*[[{]/u.test(value) && /[\]}]\s*$/u.test(value);
}
