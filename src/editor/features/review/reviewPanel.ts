/** The panel a person decides in: one webview beside the editor for each open change. It shows and asks; `runChange` decides. */
import { randomBytes } from 'node:crypto';
import { env, Uri, ViewColumn, window } from 'vscode';
import type { Disposable, Webview, WebviewPanel } from 'vscode';
import type { Consent, Review, Reviewer, ReviewRequest } from '../../../app/ports.ts';
import { describeOutcome } from '../../../core/effect/describeOutcome.ts';
import type { TableImages } from '../../../core/effect/preview.ts';
import type { Outcome } from '../../../core/outcome.ts';
import { parseReviewToHost, type ReviewEnd, type ReviewToHost, type ReviewToPage } from '../../../protocol/review.ts';
import { renderShell } from '../../webviewShell.ts';
import { reviewModel, reviewRow, reviewTable } from './reviewModel.ts';

export type ReviewPorts = {
  readonly extensionUri: Uri;
  readonly now: () => number;
  /** Shows a whole value in a read-only editor tab. */
  readonly openValue: (title: string, value: string) => void;
};

/** The reviewer port, and what the rest of the editor may do with open reviews. */
export interface ReviewPanels extends Reviewer {
  /** Brings the newest open review to the front. False when none is open. */
  reveal(): boolean;
  /** Rolls back every change that still waits for a decision. */
  closeAll(why: Extract<Consent, { kind: 'roll-back' }>['why'], of?: (request: ReviewRequest) => boolean): void;
}

const longestPull = 1000;

export function createReviewPanels(ports: ReviewPorts): ReviewPanels {
  const open = new Set<OpenReview>();
  return {
    open(request) {
      const review = new OpenReview(request, ports, () => open.delete(review));
      open.add(review);
      return review;
    },
    reveal() {
      const newest = [...open].at(-1);
      newest?.reveal();
      return newest !== undefined;
    },
    closeAll(why, of = () => true) {
      for (const review of [...open]) if (of(review.request)) review.decide({ kind: 'roll-back', why });
    },
  };
}

class OpenReview implements Review {
  readonly request: ReviewRequest;
  readonly #ports: ReviewPorts;
  readonly #panel: WebviewPanel;
  readonly #subscriptions: Disposable[];
  readonly #finished: () => void;
  /** What the page would have to be told if it were loaded again. */
  #tables: readonly TableImages[] | undefined;
  #end: ReviewEnd | undefined;
  #committing = false;
  #isClosed = false;
  /** A decision made while nobody was waiting for one. */
  #decided: Consent | undefined;
  #waiting: ((consent: Consent) => void) | undefined;

  constructor(request: ReviewRequest, ports: ReviewPorts, finished: () => void) {
    this.request = request;
    this.#ports = ports;
    this.#finished = finished;
    this.#panel = createPanel(request, ports.extensionUri);
    this.#subscriptions = [
      this.#panel.webview.onDidReceiveMessage((value: unknown) => {
        const message = parseReviewToHost(value);
        if (message) this.#receive(message);
      }),
      this.#panel.onDidDispose(() => {
        this.#isClosed = true;
        this.decide({ kind: 'roll-back', why: 'closed' });
        for (const subscription of this.#subscriptions) subscription.dispose();
      }),
    ];
  }

  decision(): Promise<Consent> {
    const decided = this.#decided;
    if (decided) {
      this.#decided = undefined;
      return Promise.resolve(decided);
    }
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  /** Once COMMIT is on its way or the change has ended there is nothing left to decide. A rollback is never overruled by a later commit. */
  decide(consent: Consent): void {
    if (this.#committing || this.#end) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting(consent);
    else if (this.#decided?.kind !== 'roll-back') this.#decided = consent;
  }

  images(images: readonly TableImages[]): void {
    this.#tables = images;
    this.#post({ type: 'tables', tables: images.map(reviewTable) });
  }

  refuse(message: string): void {
    this.#post({ type: 'refused', message });
  }

  committing(): void {
    this.#committing = true;
    this.#post({ type: 'committing' });
  }

  end(outcome: Outcome): void {
    const { title, text } = describeOutcome(outcome);
    this.#end = { kind: endKind(outcome), title, text };
    this.#finished();
    if (!this.#isClosed) this.#panel.title = `${title} · ${this.request.connection.name}`;
    this.#post({ type: 'end', end: this.#end });
  }

  reveal(): void {
    if (!this.#isClosed) this.#panel.reveal(undefined, false);
  }

  #receive(message: ReviewToHost): void {
    switch (message.type) {
      case 'ready':
        this.#showAll();
        break;
      case 'commit':
        this.decide({ kind: 'commit', typed: message.typed });
        break;
      case 'rollback':
        this.decide({ kind: 'roll-back', why: 'declined' });
        break;
      case 'pull':
        this.#sendRows(message);
        break;
      case 'open-value':
        this.#openValue(message);
        break;
      case 'copy':
        void env.clipboard.writeText(message.text);
        break;
    }
  }

  #showAll(): void {
    this.#post({ type: 'model', model: reviewModel(this.request, this.#ports.now()) });
    if (this.#tables) this.images(this.#tables);
    if (this.#committing) this.#post({ type: 'committing' });
    if (this.#end) this.#post({ type: 'end', end: this.#end });
  }

  #sendRows({ table, start, count }: Extract<ReviewToHost, { type: 'pull' }>): void {
    const changes = this.#tables?.[table]?.changes.slice(start, start + Math.min(count, longestPull));
    if (changes) this.#post({ type: 'rows', table, start, rows: changes.map(reviewRow) });
  }

  #openValue({ table, row, column, side }: Extract<ReviewToHost, { type: 'open-value' }>): void {
    const images = this.#tables?.[table];
    const change = images?.changes[row];
    const values = side === 'before' ? beforeOf(change) : afterOf(change);
    const value = values?.[column];
    if (images && value !== undefined && value !== null) {
      this.#ports.openValue(`${images.table.table}.${images.columns[column]?.name ?? 'value'} (${side})`, value);
    }
  }

  #post(message: ReviewToPage): void {
    // A hidden page gets everything again when it comes back and says `ready`.
    if (!this.#isClosed) void this.#panel.webview.postMessage(message);
  }
}

type Change = TableImages['changes'][number] | undefined;

function beforeOf(change: Change): readonly (string | null)[] | undefined {
  return change && 'before' in change ? change.before : undefined;
}

function afterOf(change: Change): readonly (string | null)[] | undefined {
  return change && 'after' in change ? change.after : undefined;
}

function endKind(outcome: Outcome): ReviewEnd['kind'] {
  switch (outcome.kind) {
    case 'committed':
    case 'rolled-back':
    case 'failed':
    case 'in-doubt':
    case 'refused':
      return outcome.kind;
    case 'read':
    case 'cancelled':
      return 'rolled-back';
  }
}

function createPanel(request: ReviewRequest, extensionUri: Uri): WebviewPanel {
  const pages = Uri.joinPath(extensionUri, 'dist', 'webview');
  const title = `Review · ${request.connection.name}`;
  const panel = window.createWebviewPanel('countersign.review', title, { viewColumn: ViewColumn.Beside, preserveFocus: false }, { enableScripts: true, localResourceRoots: [pages] });
  panel.iconPath = Uri.joinPath(extensionUri, 'media', 'countersign.svg');
  panel.webview.html = shell(panel.webview, pages, title);
  return panel;
}

function shell(webview: Webview, pages: Uri, title: string): string {
  return renderShell({
    nonce: randomBytes(18).toString('base64url'),
    cspSource: webview.cspSource,
    script: webview.asWebviewUri(Uri.joinPath(pages, 'review.js')).toString(),
    style: webview.asWebviewUri(Uri.joinPath(pages, 'review.css')).toString(),
    title,
  });
}
