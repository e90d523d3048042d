/** The Results view: its page, and the messages to and from it. */
import { randomBytes } from 'node:crypto';
import { commands, EventEmitter, Uri } from 'vscode';
import type { Disposable, Event, Webview, WebviewView } from 'vscode';
import { parseResultsToHost, type ResultsToHost, type ResultsToPage } from '../../../protocol/results.ts';
import { renderShell } from '../../webviewShell.ts';

export const resultsViewId = 'countersign.results';

export interface ResultsView extends Disposable {
  /** The editor made room for the view. */
  resolve(view: WebviewView): void;
  /** Shows the view without taking the focus. */
  reveal(): void;
  /** Lost when the page is not there; it asks for everything when it comes back. */
  post(message: ResultsToPage): void;
  readonly onMessage: Event<ResultsToHost>;
}

export function createResultsView(extensionUri: Uri): ResultsView {
  const messages = new EventEmitter<ResultsToHost>();
  let view: WebviewView | undefined;
  return {
    resolve(resolved) {
      view = resolved;
      resolved.webview.options = { enableScripts: true, localResourceRoots: [pagesOf(extensionUri)] };
      resolved.webview.onDidReceiveMessage((value: unknown) => {
        const message = parseResultsToHost(value);
        if (message) messages.fire(message);
      });
      resolved.onDidDispose(() => (view = undefined));
      resolved.webview.html = pageHtml(resolved.webview, extensionUri, 'results', 'Results');
    },
    reveal() {
      if (view) view.show(true);
      else void commands.executeCommand(`${resultsViewId}.focus`, { preserveFocus: true });
    },
    post: (message) => void view?.webview.postMessage(message),
    onMessage: messages.event,
    dispose: () => messages.dispose(),
  };
}

export function pagesOf(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** @param page - name of its bundle */
export function pageHtml(webview: Webview, extensionUri: Uri, page: string, title: string): string {
  const address = (extension: string): string => webview.asWebviewUri(Uri.joinPath(pagesOf(extensionUri), `${page}.${extension}`)).toString();
  return renderShell({ nonce: randomBytes(16).toString('hex'), cspSource: webview.cspSource, script: address('js'), style: address('css'), title });
}
