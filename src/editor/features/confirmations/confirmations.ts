/**
 * Confirmations: what others have to confirm, and what one is asked to confirm. The view, the commands and the ways in are here; what is
 * behind them is loaded when something waits, when somebody looks, or when a team may have something to say.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { commands, Disposable, EventEmitter, window, workspace } from 'vscode';
import type { ExtensionContext, TreeDataProvider } from 'vscode';
import type { Clock } from '../../../app/ports.ts';
import type { Outcome } from '../../../core/outcome.ts';
import type { RequestAction } from '../../../protocol/peerReview.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import { onDemand } from '../../../adapters/onDemand.ts';
import { toFailure } from '../../../core/errors.ts';
import { loadConfirmationsFeature } from '../../lazy.ts';
import { plainText } from '../../plainText.ts';
import { teamFileUri } from '../connections/teamFiles.ts';
import type { RequestRuns } from '../run/requestRuns.ts';
import type { Teams } from '../team/team.ts';
import type { ConfirmationsFeature } from './confirmationsFeature.ts';
import type { ConfirmationNode } from './items.ts';

export type ConfirmationsPorts = {
  readonly teams: Teams;
  readonly catalogue: ConnectionCatalogue;
  readonly clock: Clock;
  /** Folder of the spool. */
  readonly records: string;
  readonly runs: () => Promise<RequestRuns>;
  /** The same, if anything ran in this window. */
  readonly panels: () => RequestRuns | undefined;
};

/** What the review panel and a run ask of the requests. */
export interface RequestActions {
  /** Somebody was asked: the link is copied, and the answer waited for. Never rejects. */
  asked(outcome: Extract<Outcome, { kind: 'awaiting-confirmation' }>): Promise<void>;
  act(request: string, action: RequestAction): Promise<void>;
}

/** After the window is there. */
const laterMs = 2000;

export function registerConfirmations(context: ExtensionContext, ports: ConfirmationsPorts): RequestActions {
  const changed = new EventEmitter<undefined>();
  const load = onDemand(async () => {
    const { startConfirmations } = await loadConfirmationsFeature();
    const started = await startConfirmations(context, ports, { view, changed: () => changed.fire(undefined) });
    context.subscriptions.push(started);
    return started;
  });
  const tree: TreeDataProvider<ConfirmationNode> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: async (node) => (await load()).item(node),
    async getChildren(node) {
      const children = (await load()).children(node);
      // Before it is known, the view does not say that nothing waits.
      if (node === undefined) void commands.executeCommand('setContext', 'countersign.hasNoRequests', children.length === 0);
      return children;
    },
  };
  const view = window.createTreeView<ConfirmationNode>('countersign.confirmations', { treeDataProvider: tree, showCollapseAll: false });
  const onNode = (act: (feature: ConfirmationsFeature, node: ConfirmationNode) => Promise<void>) => async (node?: ConfirmationNode) => {
    if (node) await act(await load(), node);
  };
  context.subscriptions.push(
    changed,
    view,
    // What VS Code hands over was confirmed by the person; the part after # is the key and goes nowhere.
    window.registerUriHandler({ handleUri: async (uri) => await (await load()).openUri(uri) }),
    commands.registerCommand('countersign.reviewRequest', async (text?: unknown) => await (await load()).review(typeof text === 'string' ? text : undefined)),
    commands.registerCommand('countersign.enterAnswer', async (node?: ConfirmationNode) => await (await load()).enterAnswer(node)),
    commands.registerCommand('countersign.confirmations.open', onNode(async (loaded, node) => await loaded.open(node))),
    commands.registerCommand('countersign.confirmations.copyLink', onNode(async (loaded, node) => await loaded.actOn(node, 'copy-link'))),
    commands.registerCommand('countersign.confirmations.copyText', onNode(async (loaded, node) => await loaded.actOn(node, 'copy-text'))),
    commands.registerCommand('countersign.confirmations.cancelRequest', onNode(async (loaded, node) => await loaded.actOn(node, 'cancel-request'))),
    commands.registerCommand('countersign.confirmations.runNow', onNode(async (loaded, node) => await loaded.actOn(node, 'run-now'))),
    commands.registerCommand('countersign.confirmations.askAgain', onNode(async (loaded, node) => await loaded.actOn(node, 'ask-again'))),
    wakeLater(context, ports, load),
  );
  return {
    asked: async (outcome) => await (await load()).asked(outcome),
    act: async (request, action) => await (await load()).act(request, action),
  };
}

/** Nothing is loaded where nothing was asked and no team is near. */
function wakeLater({ globalStorageUri }: ExtensionContext, { teams }: Pick<ConfirmationsPorts, 'teams'>, load: () => Promise<ConfirmationsFeature>): Disposable {
  const requests = path.join(globalStorageUri.fsPath, 'confirmation', 'requests');
  const wake = async (): Promise<void> => {
    if ((await holds(requests, '.request')) || (await isTeamNear())) await load();
  };
  const wakeNow = (): void => void wake().catch((thrown: unknown) => window.showErrorMessage(plainText(`Requests that wait are not watched. ${toFailure(thrown).message}`)));
  const timer = setTimeout(wakeNow, laterMs);
  return Disposable.from({ dispose: () => clearTimeout(timer) }, teams.onDidChange(wakeNow));
}

/** A team is a file with signatures beside it. */
async function isTeamNear(): Promise<boolean> {
  const files = (workspace.workspaceFolders ?? []).map((folder) => teamFileUri(folder)?.fsPath);
  const found = await Promise.all(files.map(async (file) => file !== undefined && (await holds(path.dirname(file), '.sig.json'))));
  return found.includes(true);
}

async function holds(folder: string, ending: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return names.some((name) => name.endsWith(ending));
}
