/** Everything behind a run, put together when the first one is asked for. */
import { commands, Disposable, window, workspace } from 'vscode';
import type { ExtensionContext, Uri, WebviewView } from 'vscode';
import type { Clock, Journal } from '../../../app/ports.ts';
import type { Actor } from '../../../core/audit/record.ts';
import type { AccessControl, ConnectionCatalogue } from '../../catalogue.ts';
import { plainText } from '../../plainText.ts';
import { createValueDocuments } from '../../valueDocuments.ts';
import type { Bindings } from '../binding/bindings.ts';
import type { RequestActions } from '../confirmations/confirmations.ts';
import { tellPeers } from '../confirmations/peers.ts';
import type { Environment } from '../../../core/profile/connection.ts';
import { screenRulesFor, type ScreenRules } from '../../../core/masking/screenRules.ts';
import { createExportPorts } from '../results/exportPorts.ts';
import { chooseAndExport, exportResult } from '../results/exportResult.ts';
import { askToReveal } from '../results/revealColumns.ts';
import { createResults } from '../results/results.ts';
import { createResultsView } from '../results/resultsView.ts';
import { createReviews } from '../review/review.ts';
import { createRiskRules } from '../risks/riskRules.ts';
import { createUndoStore } from '../../../adapters/undo/undoStore.ts';
import type { Teams } from '../team/team.ts';
import { runInstead, showTrash } from '../undo/instead.ts';
import { createKnownUndos } from '../undo/knownUndos.ts';
import { undoChange } from '../undo/undoCommand.ts';
import { undoPlaces } from '../undo/undoPlaces.ts';
import { createRunDiagnostics } from './diagnostics.ts';
import { announceLosses, shutDown, watchEndings, type EndingPorts } from './endings.ts';
import { connectionOf, recordExport } from './exports.ts';
import { undoDays } from './limits.ts';
import { actInResults } from './resultsActions.ts';
import { createRunCommands, type RunCommands } from './runCommands.ts';
import { createRequestRuns, type RequestRuns } from './requestRuns.ts';
import { createRunControl, type Peers } from './runControl.ts';
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
  /** Where ways back and their key are kept. */
  readonly storage: Pick<ExtensionContext, 'secrets' | 'globalStorageUri'>;
  /** Folder of the records. */
  readonly records: string;
  readonly teams: Pick<Teams, 'confirmation' | 'policy' | 'tightened' | 'screens'>;
  readonly requests: RequestActions;
};

export interface RunFeature extends RunCommands, Disposable {
  showResults(view: WebviewView): void;
  /** Lets the person choose a committed change and shows what taking it back does. */
  undoChange(run?: string): Promise<void>;
  /** Saves the result on screen to a file. */
  exportResult(): Promise<void>;
  /** Lists what was moved to the trash of a database. */
  showTrash(): Promise<void>;
  /** Requests that were asked from this window, and others of this machine. */
  readonly requestRuns: RequestRuns;
  /** Nothing of this window stays open on any server. */
  shutDown(): Promise<void>;
}

export function startRunFeature(options: RunFeatureOptions): RunFeature {
  const { catalogue, journal, clock, actor, bindings } = options;
  const values = createValueDocuments();
  const view = createResultsView(options.extensionUri);
  const results = createResults(view, values);
  const rules = createRiskRules(catalogue);
  const screenFor = async (environment: Environment): Promise<ScreenRules | undefined> => screenRulesFor(await options.teams.screens(), environment);
  const review = createReviews({ extensionUri: options.extensionUri, values, rulesFor: (dialect) => rules.for(dialect), screenFor });
  const store = createUndoStore({ ...undoPlaces(options.storage), clock, retentionDays: undoDays, onTrouble: (message) => void window.showWarningMessage(plainText(message)) });
  const known = createKnownUndos();
  const { teams, requests } = options;
  const runner = createRunner({ catalogue, journal, clock, actor, newId: options.newId, undo: store, records: options.records, approvals: teams.confirmation });
  const diagnostics = createRunDiagnostics();
  const peers: Peers = { policy: teams.policy, tightened: teams.tightened, screen: async ({ environment }) => await screenFor(environment), tell: (opened, policy) => void tellPeers(opened, policy, { confirmation: teams.confirmation, hasFolder: workspace.workspaceFolders !== undefined }), asked: (outcome) => void requests.asked(outcome) };
  const control = createRunControl({ ...options, results, review, diagnostics, runner, peers });
  const endings: EndingPorts = { ...options, results, review, control, runner };
  results.listeners.onCancel = (document) => void control.stop(document, 'declined');
  results.listeners.onAct = (document, action) => void actInResults({ ...options, review }, document, action);
  results.listeners.onCopied = (connection, rows, format) => recordExport(options, connection, { rows, to: `clipboard, ${format}` });
  const exporting = createExportPorts({ ...options, policy: teams.policy, tightened: teams.tightened, exportRead: control.exportRead });
  results.listeners.onExport = (run, result) => void exportResult(exporting, run, result);
  results.listeners.onReveal = async ({ profile }, { columns, rows, statement }, positions) =>
    await askToReveal(options, { connection: profile, columns: positions.map((position) => columns[position]?.name ?? ''), rows: rows.rowCount, statements: [statement] });
  review.listeners.onCopied = (document, rows) => {
    const connection = connectionOf(bindings, document);
    if (connection) recordExport(options, connection, { rows, to: 'clipboard, review' });
  };
  review.listeners.onReveal = async (document, wanted) => {
    const connection = connectionOf(bindings, document);
    return connection !== undefined && (await askToReveal(options, { connection, ...wanted }));
  };
  review.listeners.onRequestAction = (request, action) => void requests.act(request, action);
  review.listeners.onSetUpTeam = () => void commands.executeCommand('countersign.setUpTeam');
  const undoPorts = { catalogue, bindings, control, store, known, clock };
  review.listeners.onUndo = (run) => void undoChange(undoPorts, run);
  const insteadPorts = { catalogue, bindings, control, known };
  review.listeners.onInstead = (request, instead) => void runInstead(insteadPorts, request, instead);
  const parts = Disposable.from(values, view, rules, results, review, diagnostics, control, watchEndings(endings), announceLosses(endings), createRunStatus(control, review, clock));
  return {
    ...createRunCommands({ bindings, review, control, runner, known }),
    requestRuns: createRequestRuns({ control, review, bindings, runner, actor }),
    showResults: (resolved) => view.resolve(resolved),
    exportResult: async () => await chooseAndExport(exporting, results.shown()),
    showTrash: async () => await showTrash(insteadPorts),
    undoChange: async (run) => await undoChange(undoPorts, run),
    shutDown: async () => await shutDown(endings),
    dispose: () => void parts.dispose(),
  };
}
