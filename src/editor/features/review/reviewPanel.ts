/** The panel beside the editor in which one document's changes are reviewed, one after the other. */
import { env, Uri, ViewColumn, window } from 'vscode';
import type { Disposable, WebviewPanel } from 'vscode';
import type { RowChange, TableImages } from '../../../core/effect/preview.ts';
import type { ClassifiedStatement } from '../../../core/sql/verdict.ts';
import type { RequestAction } from '../../../protocol/peerReview.ts';
import { parseReviewToHost, type KindFilter, type ReviewToHost, type ReviewToPage } from '../../../protocol/review.ts';
import type { ValueDocuments } from '../../valueDocuments.ts';
import { pageHtml, pagesOf } from '../results/resultsView.ts';
import type { AskedPeer, BrokenGlass } from './openReview.ts';

/** What a panel shows and asks about: a change that waits for a decision, or a request that waits for others. */
export interface PanelSource {
  /** On the tab. */
  readonly name: string;
  /** Whole rows, for opening a value. */
  readonly tables: readonly TableImages[];
  /** Everything a page needs that begins now. */
  replay(): readonly ReviewToPage[];
  rowsFor(table: number, start: number, count: number, kind?: KindFilter): ReviewToPage;
  /** The change a page means by a row number. */
  changeAt(table: number, row: number, kind?: KindFilter): RowChange | undefined;
  /** Columns of a table that are masked now. */
  maskedOf(table: number): readonly number[];
  /** Shows columns of a table as they are. */
  reveal(table: number, columns: readonly number[]): void;
  /** What the rows come from, for the record that they were seen. */
  readonly statements: readonly ClassifiedStatement[];
  /** Decisions. Absent: there is nothing to decide here. */
  readonly decide?: {
    commit(typed: string, review: number): void;
    rollBack(why: 'declined'): void;
    takeInstead(): void;
    askPeer(asked: AskedPeer, review: number): void;
    breakGlass(wish: BrokenGlass, review: number): void;
  };
}

export interface ReviewPanel extends Disposable {
  show(source: PanelSource): void;
  reveal(): void;
  post(message: ReviewToPage): void;
  readonly source: PanelSource | undefined;
  readonly active: boolean;
  readonly visible: boolean;
}

export type WantedColumns = { readonly columns: readonly string[]; readonly rows: number; readonly statements: readonly ClassifiedStatement[] };

export type ReviewPanelOptions = {
  readonly extensionUri: Uri;
  readonly values: ValueDocuments;
  readonly closed: () => void;
  readonly onRequestAction: (request: string, action: RequestAction) => void;
  readonly onSetUpTeam: () => void;
  readonly onUndo: (run: string) => void;
  /** Rows went to the clipboard. */
  readonly onCopied: (rows: number) => void;
  /** The person wants to see columns, named as on screen. Resolves when they may be shown, or not. */
  readonly onReveal: (wanted: WantedColumns) => Promise<boolean>;
};

export function createReviewPanel(options: ReviewPanelOptions): ReviewPanel {
  const { extensionUri, closed } = options;
  const panel = window.createWebviewPanel('countersign.review', 'Review', { viewColumn: ViewColumn.Beside, preserveFocus: false }, {
    enableScripts: true,
    localResourceRoots: [pagesOf(extensionUri)],
  });
  let source: PanelSource | undefined;
  /** Nothing is sent before the page listens: it asks for everything then. */
  let ready = false;

  panel.iconPath = { dark: Uri.joinPath(extensionUri, 'media', 'review-dark.svg'), light: Uri.joinPath(extensionUri, 'media', 'review-light.svg') };
  panel.webview.onDidReceiveMessage((value: unknown) => {
    const message = parseReviewToHost(value);
    if (message?.type === 'ready') ready = true;
    if (message && source) receive(message, source, panel, options);
  });
  panel.onDidChangeViewState(() => {
    // A hidden page is gone; the next one says that it is ready.
    if (!panel.visible) ready = false;
  });
  panel.onDidDispose(closed);
  panel.webview.html = pageHtml(panel.webview, extensionUri, 'review', 'Review');

  return {
    show(next) {
      source = next;
      panel.title = `Review: ${next.name}`;
      if (ready) for (const message of next.replay()) void panel.webview.postMessage(message);
    },
    reveal: () => panel.reveal(undefined, false),
    post(message) {
      if (ready) void panel.webview.postMessage(message);
    },
    get source() {
      return source;
    },
    get active() {
      return panel.active;
    },
    get visible() {
      return panel.visible;
    },
    dispose: () => void panel.dispose(),
  };
}

function receive(message: ReviewToHost, source: PanelSource, { webview }: WebviewPanel, options: ReviewPanelOptions): void {
  switch (message.type) {
    case 'ready':
      for (const part of source.replay()) void webview.postMessage(part);
      return;
    case 'pull':
      return void webview.postMessage(source.rowsFor(message.table, message.start, message.count, message.kind));
    case 'commit':
      return source.decide?.commit(message.typed, message.review);
    case 'rollback':
      return source.decide?.rollBack('declined');
    case 'instead':
      return source.decide?.takeInstead();
    case 'ask-peer':
      return source.decide?.askPeer(message, message.review);
    case 'undo':
      return options.onUndo(message.run);
    case 'break-glass':
      return source.decide?.breakGlass(message, message.review);
    case 'set-up-team':
      return options.onSetUpTeam();
    case 'request-action':
      return options.onRequestAction(message.request, message.action);
    case 'copy':
      // A statement's text is no row.
      if (message.rows > 0) options.onCopied(message.rows);
      return void env.clipboard.writeText(message.text);
    case 'open-value':
      return void openValue(message, source, options.values);
    case 'reveal':
      return void reveal(message, source, options);
  }
}

async function reveal({ table, columns: wanted }: Extract<ReviewToHost, { type: 'reveal' }>, source: PanelSource, { onReveal }: ReviewPanelOptions): Promise<void> {
  const images = source.tables[table];
  const columns = source.maskedOf(table).filter((column) => wanted.includes(column));
  if (!images || columns.length === 0) return;
  const names = columns.map((column) => `${images.table.table}.${images.columns[column]?.name ?? ''}`);
  if (await onReveal({ columns: names, rows: images.changes.length, statements: source.statements })) source.reveal(table, columns);
}

async function openValue({ table, row, column, side, kind }: Extract<ReviewToHost, { type: 'open-value' }>, source: PanelSource, values: ValueDocuments): Promise<void> {
  const images = source.tables[table];
  const change = source.changeAt(table, row, kind);
  if (!images || !change) return;
  const image = side === 'before' ? ('before' in change ? change.before : undefined) : 'after' in change ? change.after : undefined;
  const value = image?.[column];
  if (value === undefined) return;
  await values.show(`${images.table.table}.${images.columns[column]?.name ?? ''} ${side}`, value);
}
