/** Requests that others confirmed: shown in the panels of this window, and run like any other text of their document. */
import { Uri, window, workspace } from 'vscode';
import type { TextDocument } from 'vscode';
import type { PendingRequest } from '../../../app/approvalPorts.ts';
import type { Cancelled } from '../../../app/cancelRequest.ts';
import type { GivenAnswer } from '../../../app/recordAnswer.ts';
import type { ApprovedEnd } from '../../../app/runApproved.ts';
import type { Actor } from '../../../core/audit/record.ts';
import type { RequestBody } from '../../../core/approval/request.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import type { Bindings } from '../binding/bindings.ts';
import type { PeerNews } from '../review/openReview.ts';
import type { ReviewHost } from '../review/review.ts';
import type { ApprovedRun, RunControl } from './runControl.ts';
import type { Runner } from './runner.ts';

export type HowToRun = Pick<ApprovedRun, 'quiet' | 'mayRun'>;

export interface RequestRuns {
  /** Runs it, when it is approved, or ends it. Never rejects. */
  run(entry: PendingRequest, profile: ConnectionProfile, how: HowToRun): Promise<ApprovedEnd>;
  /** Takes it back. Rejects when that cannot be kept. */
  cancel(entry: PendingRequest, profile: ConnectionProfile): Promise<Cancelled>;
  /** Asks others to review what was committed without them; else why not. Never rejects. */
  askAfterwards(entry: PendingRequest, profile: ConnectionProfile): Promise<PendingRequest | string>;
  /** Shows what the same text would do now, to ask anew. */
  askAgain(entry: PendingRequest, profile: ConnectionProfile): Promise<void>;
  /** Brings the panel of its document to front, with the request in it. */
  show(entry: PendingRequest, body: RequestBody): void;
  /** For the panel that shows it, if there is one. */
  tell(request: string, news: PeerNews): void;
  isShown(request: string): boolean;
  /** What was answered to others, before it is sent. Rejects when it cannot be made durable. */
  recordAnswer(answer: Omit<GivenAnswer, 'run'>): Promise<void>;
}

export type RequestRunPorts = { readonly control: RunControl; readonly review: ReviewHost; readonly bindings: Bindings; readonly runner: Pick<Runner, 'cancelRequest' | 'askAfterwards' | 'recordAnswer'>; readonly actor: Actor };

export function createRequestRuns({ control, review, bindings, runner, actor }: RequestRunPorts): RequestRuns {
  return {
    run: async (entry, profile, how) => await control.runApproved({ request: entry.id, document: entry.document, profile, ...how }),
    cancel: async (entry, connection) => await runner.cancelRequest({ entry, connection, actor }),
    askAfterwards: async (entry, connection) => await runner.askAfterwards({ entry, connection, actor }),
    async askAgain({ id, text, document: asked, state, undoOf, wayBack }, profile) {
      const document = await openAgain(bindings, { asked, text, profile });
      // Only what was approved and has drifted is compared with what it is now.
      const facts = { ...(undoOf === undefined ? {} : { undoOf }), ...(wayBack === undefined ? {} : { wayBack }), ...(state === 'drifted' ? { supersedes: id } : {}) };
      await control.start({ document, version: document.version, profile, frozen: { text, parts: [{ start: 0, documentStart: 0, length: text.length }] }, mode: 'preview', facts });
    },
    show: (entry, body) => review.showRequest(entry, body),
    tell: (request, news) => review.tell(request, news),
    isShown: (request) => review.isShown(request),
    recordAnswer: async (answer) => await runner.recordAnswer(answer),
  };
}

/** The document that asked, where it is open and still leads to the same place; else a new one with the text. */
async function openAgain(bindings: Bindings, { asked, text, profile }: { readonly asked: string; readonly text: string; readonly profile: ConnectionProfile }): Promise<TextDocument> {
  const uri = Uri.parse(asked, true);
  const open = workspace.textDocuments.find((document) => document.uri.toString() === asked);
  const binding = bindings.of(uri);
  if (open && binding?.kind === 'bound' && binding.profile.id === profile.id) return open;
  const document = await workspace.openTextDocument({ language: 'sql', content: text });
  bindings.bind(document.uri, profile);
  await window.showTextDocument(document);
  return document;
}
