/** The reviewer's page inside the editor: one panel for each request. The page shows and asks; lines to servers and keys are here. */
import { env, Uri, ViewColumn, window } from 'vscode';
import type { Disposable, WebviewPanel } from 'vscode';
import { parseConfirmToHost, type ConfirmToHost, type ConfirmToPage } from '../../../protocol/confirmPage.ts';
import { pageHtml, pagesOf } from '../results/resultsView.ts';

export type PanelPorts = {
  readonly extensionUri: Uri;
  /** Everything a page needs that begins now. */
  readonly opening: (id: string) => Promise<ConfirmToPage>;
  readonly onMessage: (id: string, message: Exclude<ConfirmToHost, { type: 'ready' | 'copy' }>) => Promise<void>;
};

export interface RequestPanels extends Disposable {
  /** @param id - of the request; @param title - on the tab */
  show(id: string, title: string): void;
  post(id: string, message: ConfirmToPage): void;
  isShown(id: string): boolean;
}

export function createRequestPanels({ extensionUri, opening, onMessage }: PanelPorts): RequestPanels {
  const panels = new Map<string, WebviewPanel>();
  const receive = async (id: string, panel: WebviewPanel, message: ConfirmToHost): Promise<void> => {
    if (message.type === 'ready') await panel.webview.postMessage(await opening(id));
    else if (message.type === 'copy') await env.clipboard.writeText(message.text);
    else await onMessage(id, message);
  };
  const create = (id: string, title: string): WebviewPanel => {
    const panel = window.createWebviewPanel('countersign.confirm', title, ViewColumn.Active, { enableScripts: true, localResourceRoots: [pagesOf(extensionUri)] });
    panel.iconPath = { dark: Uri.joinPath(extensionUri, 'media', 'review-dark.svg'), light: Uri.joinPath(extensionUri, 'media', 'review-light.svg') };
    panel.webview.onDidReceiveMessage((value: unknown) => {
      const message = parseConfirmToHost(value);
      if (message) void receive(id, panel, message);
    });
    panel.onDidDispose(() => panels.delete(id));
    panel.webview.html = pageHtml(panel.webview, extensionUri, 'confirmInEditor', title);
    return panel;
  };
  return {
    show(id, title) {
      const panel = panels.get(id) ?? create(id, title);
      panels.set(id, panel);
      panel.reveal();
    },
    post: (id, message) => void panels.get(id)?.webview.postMessage(message),
    isShown: (id) => panels.get(id)?.visible === true,
    dispose() {
      for (const panel of [...panels.values()]) panel.dispose();
    },
  };
}
