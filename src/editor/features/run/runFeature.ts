/** Everything behind a run, put together when the first one is asked for. */
import { Disposable } from 'vscode';
import type { Uri, WebviewView } from 'vscode';
import type { Clock, Journal } from '../../../app/ports.ts';
import type { Actor } from '../../../core/audit/record.ts';
import type { AccessControl, ConnectionCatalogue } from '../../catalogue.ts';
import { createValueDocuments } from '../../valueDocuments.ts';
import type { Bindings } from '../binding/bindings.ts';
import { createResults } from '../results/results.ts';
import { createResultsView } from '../results/resultsView.ts';
import { createReviews } from '../review/review.ts';
import { createRunDiagnostics } from './diagnostics.ts';
import { announceLosses, shutDown, watchEndings, type EndingPorts } from './endings.ts';
import { actInResults } from './resultsActions.ts';
import { createRunCommands, type RunCommands } from './runCommands.ts';
import { createRunControl } from './runControl.ts';
import { createRunner } from './runner.ts';
import { createRunStatus } from './runStatus.ts';

export type RunFeatureOptions = {
  readonly extensionUri: Uri;
  readonly catalogue: ConnectionCatalogue;
  readonly access: AccessControl;
  readonly bindings: Bindings;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly actor: Actor;
  readonly newId: () => string;
};

export interface RunFeature extends RunCommands, Disposable {
  showResults(view: WebviewView): void;
  /** Nothing of this window stays open on any server. */
  shutDown(): Promise<void>;
}

export function startRunFeature(options: RunFeatureOptions): RunFeature {
  const { catalogue, journal, clock, actor, bindings } = options;
  const values = createValueDocuments();
  const view = createResultsView(options.extensionUri);
  const results = createResults(view, values);
  const review = createReviews(options.extensionUri, values);
  const runner = createRunner({ catalogue, journal, clock, osUser: actor.osUser });
  const diagnostics = createRunDiagnostics();
  const control = createRunControl({ ...options, results, review, diagnostics, runner });
  const endings: EndingPorts = { ...options, results, review, control, runner };
  results.listeners.onCancel = (document) => void control.stop(document, 'declined');
  results.listeners.onAct = (document, action) => void actInResults({ ...options, review }, document, action);
  const parts = Disposable.from(values, view, results, review, diagnostics, control, watchEndings(endings), announceLosses(endings), createRunStatus(control, review, clock));
  return {
    ...createRunCommands({ bindings, review, control, runner }),
    showResults: (resolved) => view.resolve(resolved),
    shutDown: async () => await shutDown(endings),
    dispose: () => void parts.dispose(),
  };
}
