/** The panel beside the editor in which one document's changes are reviewed, one after the other. */
import { env, Uri, ViewColumn, window } from 'vscode';
import type { Disposable, WebviewPanel } from 'vscode';
import { parseReviewToHost, type ReviewToHost, type ReviewToPage } from '../../../protocol/review.ts';
import type { ValueDocuments } from '../../valueDocuments.ts';
import { pageHtml, pagesOf } from '../results/resultsView.ts';
import type { OpenReview } from './openReview.ts';

export interface ReviewPanel extends Disposable {
  show(review: OpenReview): void;
  reveal(): void;
  post(message: ReviewToPage): void;
  readonly active: boolean;
}

export type ReviewPanelOptions = { readonly extensionUri: Uri; readonly values: ValueDocuments; readonly closed: () => void };

export function createReviewPanel({ extensionUri, values, closed }: ReviewPanelOptions): ReviewPanel {
  const panel = window.createWebviewPanel('countersign.review', 'Review', { viewColumn: ViewColumn.Beside, preserveFocus: false }, {
    enableScripts: true,
    localResourceRoots: [pagesOf(extensionUri)],
  });
  let review: OpenReview | undefined;
  /** Nothing is sent before the page listens: it asks for everything then. */
  let ready = false;

  panel.iconPath = { dark: Uri.joinPath(extensionUri, 'media', 'review-dark.svg'), light: Uri.joinPath(extensionUri, 'media', 'review-light.svg') };
  panel.webview.onDidReceiveMessage((value: unknown) => {
    const message = parseReviewToHost(value);
    if (message?.type === 'ready') ready = true;
    if (message && review) receive(message, review, panel, values);
  });
  panel.onDidChangeViewState(() => {
    // A hidden page is gone; the next one says that it is ready.
    if (!panel.visible) ready = false;
  });
  panel.onDidDispose(closed);
  panel.webview.html = pageHtml(panel.webview, extensionUri, 'review', 'Review');

  return {
    show(next) {
      review = next;
      panel.title = `Review: ${next.request.connection.name}`;
      if (ready) for (const message of next.replay()) void panel.webview.postMessage(message);
    },
    reveal: () => panel.reveal(undefined, false),
    post(message) {
      if (ready) void panel.webview.postMessage(message);
    },
    get active() {
      return panel.active;
    },
    dispose: () => void panel.dispose(),
  };
}

function receive(message: ReviewToHost, review: OpenReview, { webview }: WebviewPanel, values: ValueDocuments): void {
  switch (message.type) {
    case 'ready':
      for (const part of review.replay()) void webview.postMessage(part);
      return;
    case 'pull':
      return void webview.postMessage(review.rowsFor(message.table, message.start, message.count, message.kind));
    case 'commit':
      return review.commit(message.typed, message.review);
    case 'rollback':
      return review.rollBack('declined');
    case 'instead':
      return review.takeInstead();
    case 'copy':
      return void env.clipboard.writeText(message.text);
    case 'open-value':
      return void openValue(message, review, values);
  }
}

async function openValue({ table, row, column, side, kind }: Extract<ReviewToHost, { type: 'open-value' }>, review: OpenReview, values: ValueDocuments): Promise<void> {
  const images = review.tables[table];
  const change = review.changeAt(table, row, kind);
  if (!images || !change) return;
  const image = side === 'before' ? ('before' in change ? change.before : undefined) : 'after' in change ? change.after : undefined;
  const value = image?.[column];
  if (value === undefined) return;
  await values.show(`${images.table.table}.${images.columns[column]?.name ?? ''} ${side}`, value);
}
