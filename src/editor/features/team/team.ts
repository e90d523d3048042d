/** The team of the folders that are open, its commands and its view. What is behind them is loaded with their first use. */
import { stat } from 'node:fs/promises';
import { commands, EventEmitter, window, workspace } from 'vscode';
import type { Disposable, Event, ExtensionContext, TreeDataProvider, WorkspaceFolder } from 'vscode';
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import { onDemand } from '../../../adapters/onDemand.ts';
import type { Clock } from '../../../app/ports.ts';
import type { ScreenPolicy } from '../../../core/masking/screenRules.ts';
import type { ConfirmationPolicy } from '../../../core/policy/confirmation.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { tighten } from '../../../core/profile/merge.ts';
import { toFailure } from '../../../core/errors.ts';
import { loadConfirmation, loadTeamFeature } from '../../lazy.ts';
import { plainText } from '../../plainText.ts';
import type { RecordControl } from '../audit/controlChanges.ts';
import type { Connections } from '../connections/connectionCatalogue.ts';
import { confirmationWish, hiddenFromReviewers, maskedScreens } from '../connections/configuration.ts';
import { teamFileUri } from '../connections/teamFiles.ts';
import type { TeamFeature } from './teamFeature.ts';
import type { TeamNode } from './teamNodes.ts';

export type TeamPorts = { readonly catalogue: Pick<Connections, 'onDidChange' | 'noteTeam'>; readonly clock: Clock; readonly record: RecordControl };

export interface Teams {
  /** Keys, stores and servers; made when they are first asked for. */
  confirmation(): Promise<Confirmation>;
  /** Who else must confirm, for a run that begins now: the files are looked at again. Never rejects. */
  policy(): Promise<ConfirmationPolicy>;
  /** A connection, no less protected than what the team accepted last says of its database: the list of connections learns that a moment later. Never rejects. */
  tightened(profile: ConnectionProfile): Promise<ConnectionProfile>;
  /** What is masked on the person's own screens. Never rejects. */
  screens(): Promise<ScreenPolicy>;
  /** The team, or what is known about it, may have changed. */
  readonly onDidChange: Event<void>;
  close(): Promise<void>;
}

export function registerTeam(context: Pick<ExtensionContext, 'subscriptions' | 'secrets' | 'globalStorageUri' | 'extensionUri' | 'globalState'>, { catalogue, clock, record }: TeamPorts): Teams {
  const changed = new EventEmitter<void>();
  let made: Promise<Confirmation> | undefined;
  let feature: TeamFeature | undefined;
  const confirmation = onDemand(async () => await (made = loadConfirmation().then(({ createEditorConfirmation }) => createEditorConfirmation(context, { clock, record }))));
  const load = onDemand(async () => {
    const [{ createTeamFeature }, parts] = await Promise.all([loadTeamFeature(), confirmation()]);
    feature = createTeamFeature({ confirmation: parts, clock, memory: context.globalState, changed: () => changed.fire(), noteTeam: catalogue.noteTeam });
    context.subscriptions.push(feature);
    return feature;
  });

  const onTeam = (command: string, act: (team: TeamFeature, argument?: unknown) => Promise<void>): Disposable => commands.registerCommand(command, async (argument?: unknown) => await act(await load(), argument));
  const tree: TreeDataProvider<TeamNode> = {
    onDidChangeTreeData: changed.event as Event<undefined>,
    getTreeItem: async (node) => (await load()).item(node),
    getChildren: async (node) => await (await load()).children(node),
  };
  const later = lookLater(load, context.globalState);
  const view = window.createTreeView<TeamNode>('countersign.team', { treeDataProvider: tree, showCollapseAll: false });
  context.subscriptions.push(
    changed,
    view,
    catalogue.onDidChange(() => {
      changed.fire();
      // A team file may have come with the last pull.
      if (feature === undefined) later.again();
    }),
    onTeam('countersign.setUpTeam', async (team) => await team.setUp()),
    onTeam('countersign.showTeam', async (team) => await team.show()),
    onTeam('countersign.inviteMember', async (team) => await team.invite()),
    onTeam('countersign.acceptMember', async (team, argument) => await team.accept(argument)),
    onTeam('countersign.joinTeam', async (team, argument) => await team.join(argument)),
    onTeam('countersign.signTeamFile', async (team) => await team.sign()),
    onTeam('countersign.addMyKey', async (team) => await team.addKey()),
    onTeam('countersign.revokeKey', async (team, argument) => await team.revokeKey(argument)),
    onTeam('countersign.changeRoles', async (team, argument) => await team.changeRoles(argument)),
    onTeam('countersign.removeMember', async (team, argument) => await team.removeMember(argument)),
    onTeam('countersign.renewTeam', async (team) => await team.renew()),
    onTeam('countersign.forgetTeam', async (team) => await team.forget()),
    later,
  );
  return {
    confirmation,
    async policy() {
      const wish = confirmationWish();
      // Nothing is open that a team could belong to.
      const team = workspace.workspaceFolders === undefined ? ({ kind: 'none' } as const) : await (await confirmation()).team.rules();
      const hidden = hiddenFromReviewers();
      return { ...(wish === undefined ? {} : { wish }), team, ...(hidden.length === 0 ? {} : { hidden }) };
    },
    tightened: async (profile) => (workspace.workspaceFolders === undefined ? profile : tighten(profile, await (await confirmation()).team.connections())),
    screens: async () => ({
      teams: workspace.workspaceFolders === undefined ? [] : await (await confirmation()).team.screens(),
      own: { environments: maskedScreens(), hidden: hiddenFromReviewers() },
    }),
    onDidChange: changed.event,
    close: async () => await (await made?.catch(() => undefined))?.close(),
  };
}

/** Changes come several at a time. */
const settleMs = 500;

/**
 * At once, but not before the extension is active: what was signed of a database has to stand at its connection before somebody chooses
 * one, a team file that is not in force says so, and invitations that wait go on waiting.
 */
function lookLater(load: () => Promise<TeamFeature>, memory: ExtensionContext['globalState']): Disposable & { again(): void } {
  const look = async (): Promise<void> => {
    const isNear = memory.get<boolean>('countersign.invitations') === true || (await Promise.all((workspace.workspaceFolders ?? []).map(hasTeam))).includes(true);
    if (isNear) await (await load()).watch();
  };
  const lookAfter = (milliseconds: number): NodeJS.Timeout => setTimeout(() => void look().catch((thrown: unknown) => window.showErrorMessage(plainText(`The team of this folder was not looked at. ${toFailure(thrown).message}`))), milliseconds);
  let timer = lookAfter(0);
  return {
    again() {
      clearTimeout(timer);
      timer = lookAfter(settleMs);
    },
    dispose: () => clearTimeout(timer),
  };
}

/** A file that was there and is gone is noticed with the first run. */
async function hasTeam(folder: WorkspaceFolder): Promise<boolean> {
  const uri = teamFileUri(folder);
  return uri?.scheme === 'file' && (await stat(uri.fsPath).then(() => true, () => false));
}
