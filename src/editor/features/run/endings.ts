/** What ends a run without a command: its document is closed or bound anew, writes are no longer allowed, the line is lost. */
import { Disposable, window } from 'vscode';
import type { AccessControl } from '../../catalogue.ts';
import { plainText } from '../../plainText.ts';
import type { Bindings } from '../binding/bindings.ts';
import { onDidLeaveTabs } from '../binding/tabs.ts';
import type { ResultsHost } from '../results/results.ts';
import type { OpenReview } from '../review/openReview.ts';
import type { ReviewHost } from '../review/review.ts';
import type { RunControl } from './runControl.ts';
import type { Runner } from './runner.ts';

export type EndingPorts = {
  readonly access: AccessControl;
  readonly bindings: Bindings;
  readonly control: RunControl;
  readonly results: ResultsHost;
  readonly review: ReviewHost;
  readonly runner: Runner;
};

export function watchEndings(ports: EndingPorts): Disposable {
  const { access, bindings, review } = ports;
  const endForbidden = (): void => {
    for (const open of review.open()) if (!mayStillWrite(open, access)) open.rollBack('access-ended');
  };
  return Disposable.from(
    onDidLeaveTabs((uri) => void leave(ports, uri.toString()).then(() => ports.results.forget(uri.toString()))),
    bindings.onDidRebind((uri) => void leave(ports, uri.toString())),
    access.onDidChange(endForbidden),
    // A permission may have ended while its change was still on its way.
    review.onDidChange(endForbidden),
  );
}

/** Nothing of the document stays open on the server. Never rejects. */
async function leave({ control, runner }: EndingPorts, document: string): Promise<void> {
  await control.stop(document, 'closed');
  await runner.sessions.closeDocument(document);
}

function mayStillWrite({ request }: OpenReview, access: AccessControl): boolean {
  if (!request.connection.protected) return true;
  const policy = access.policyFor(request.connection);
  return policy.access === 'preview' || (policy.access === 'readOnly' && policy.elevated);
}

/** A line that breaks while nothing runs is announced; a run says it in its own end. */
export function announceLosses({ runner, control }: EndingPorts): Disposable {
  const stop = runner.sessions.onLost((document, failure) => {
    if (!control.runOf(document)) void window.showWarningMessage(plainText(failure.message));
  });
  return { dispose: stop };
}

/** How long the editor waits for us when a window closes is not ours to say: what is left by then the server rolls back. */
export async function shutDown({ control, review, runner }: EndingPorts): Promise<void> {
  review.rollBackAll('closed');
  await Promise.all(control.runs().map(async ({ document }) => await control.stop(document, 'closed')));
  await runner.close();
}
