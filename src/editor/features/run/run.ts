/** Running statements: commands, status, and everything that ends a run. */
import type { ExtensionContext } from 'vscode';
import type { Clock, Journal } from '../../../app/ports.ts';
import type { Actor } from '../../../core/audit/record.ts';
import type { AccessControl, ConnectionCatalogue } from '../../catalogue.ts';
import { loadRunner } from '../../lazy.ts';
import type { Bindings } from '../binding/bindings.ts';
import type { ResultsHost } from '../results/results.ts';
import type { ReviewHost } from '../review/review.ts';
import { createRunDiagnostics } from './diagnostics.ts';
import { announceLosses, shutDown, watchEndings, type EndingPorts } from './endings.ts';
import { registerRunCommands } from './runCommands.ts';
import { createRunControl } from './runControl.ts';
import { createRunStatus } from './runStatus.ts';
import { actInResults } from './resultsActions.ts';
import type { Runner } from './runner.ts';

export type RunFeature = {
  readonly catalogue: ConnectionCatalogue;
  readonly access: AccessControl;
  readonly bindings: Bindings;
  readonly results: ResultsHost;
  readonly review: ReviewHost;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly actor: Actor;
  readonly newId: () => string;
};

/** @returns what to wait for before the window closes */
export function registerRun(context: Pick<ExtensionContext, 'subscriptions'>, feature: RunFeature): () => Promise<void> {
  const { catalogue, journal, clock, actor, bindings, review, results } = feature;
  let runner: Runner | undefined;
  const load = async (): Promise<Runner> => {
    const { createRunner } = await loadRunner();
    if (!runner) {
      runner = createRunner({ catalogue, journal, clock, osUser: actor.osUser });
      context.subscriptions.push(announceLosses(runner, control));
    }
    return runner;
  };
  const diagnostics = createRunDiagnostics();
  const control = createRunControl({ ...feature, diagnostics, loadRunner: load });
  const endings: EndingPorts = { ...feature, control, runner: () => runner };
  results.listeners.onCancel = (document) => void control.stop(document, 'declined');
  results.listeners.onAct = (document, action) => void actInResults(feature, document, action);
  context.subscriptions.push(diagnostics, control, watchEndings(endings), createRunStatus(control, review, clock), registerRunCommands({ bindings, review, control }));
  return async () => await shutDown(endings);
}
