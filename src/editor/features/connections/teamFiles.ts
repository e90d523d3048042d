/** The team file of every folder of the workspace: found, read, watched. */
import path from 'node:path';
import { Disposable, EventEmitter, Uri, workspace } from 'vscode';
import type { Event, WorkspaceFolder } from 'vscode';
import { part } from '../../../adapters/onDemand.ts';
import type { LocatedProblem, TeamFile } from '../../../adapters/teamFile.ts';
import { toFailure } from '../../../core/errors.ts';
import type { TeamProfiles } from '../../../core/profile/merge.ts';
import { isInside } from '../../../core/profile/relativePath.ts';
import type { RiskPolicy } from '../../../core/sql/risks.ts';
import { watchPath } from '../../watchPath.ts';
import { section, teamFilePath } from './configuration.ts';

export type LoadedTeamFile = TeamProfiles & { readonly uri: Uri; readonly risks: RiskPolicy; readonly text: string; readonly problems: readonly LocatedProblem[] };

export interface TeamFiles extends Disposable {
  readonly loaded: readonly LoadedTeamFile[];
  /** There is a team file, and it is not read because the folder is not trusted. */
  readonly heldBack: boolean;
  /** What stands in the way of reading team files at all. */
  readonly obstacle: string | undefined;
  readonly onDidChange: Event<void>;
  /** Resolves when the files that were there at the last look are read; right after start they may not be yet. */
  readonly ready: Promise<void>;
}

const settleMs = 150;

export function createTeamFiles(): TeamFiles {
  const changed = new EventEmitter<void>();
  const state: { loaded: readonly LoadedTeamFile[]; heldBack: boolean; obstacle?: string } = { loaded: [], heldBack: false };
  let watchers: readonly Disposable[] = [];
  let timer: NodeJS.Timeout | undefined;
  let latest = 0;
  let ready: Promise<void> = Promise.resolve();

  const load = async (): Promise<void> => {
    latest += 1;
    const mine = latest;
    const present = await Promise.all((workspace.workspaceFolders ?? []).map(readFolder));
    // Only the newest look counts: an earlier one may come back later.
    if (mine !== latest) return;
    const found = present.flatMap((entry) => entry ?? []);
    state.heldBack = !workspace.isTrusted && found.length > 0;
    const { obstacle, loaded } = workspace.isTrusted ? await parseAll(found) : { loaded: [] };
    Object.assign(state, { loaded, obstacle });
    changed.fire();
  };
  // One save arrives as several events.
  const loadSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void load(), settleMs);
  };
  const watch = (): void => {
    for (const watcher of watchers) watcher.dispose();
    watchers = (workspace.workspaceFolders ?? []).map((folder) => watchFolder(folder, loadSoon));
    ready = load();
  };

  const subscriptions = Disposable.from(
    changed,
    workspace.onDidChangeWorkspaceFolders(watch),
    workspace.onDidGrantWorkspaceTrust(watch),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${section}.teamFile`)) watch();
    }),
  );
  watch();
  return {
    get loaded() {
      return state.loaded;
    },
    get heldBack() {
      return state.heldBack;
    },
    get obstacle() {
      if (state.obstacle !== undefined) return state.obstacle;
      return teamFilePath() === undefined ? 'The setting “Team File” leads out of the folder, so no team file is read.' : undefined;
    },
    onDidChange: changed.event,
    get ready() {
      return ready;
    },
    dispose: () => {
      latest = Infinity;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.dispose();
      subscriptions.dispose();
    },
  };
}

/** Where the team file of a folder is or would be. */
export function teamFileUri(folder: WorkspaceFolder): Uri | undefined {
  const relative = teamFilePath();
  return relative === undefined ? undefined : Uri.joinPath(folder.uri, relative);
}

function watchFolder(folder: WorkspaceFolder, changed: () => void): Disposable {
  const relative = teamFilePath();
  return relative === undefined ? Disposable.from() : watchPath(folder, relative, changed);
}

type Found = { readonly folder: WorkspaceFolder; readonly uri: Uri; readonly text: string };

async function readFolder(folder: WorkspaceFolder): Promise<Found | undefined> {
  const uri = teamFileUri(folder);
  if (!uri) return undefined;
  try {
    const bytes = await workspace.fs.readFile(uri);
    return { folder, uri, text: new TextDecoder().decode(bytes) };
  } catch {
    // No such file is the usual case, and one that cannot be read offers nothing either.
    return undefined;
  }
}

/** Connections that nobody could read are not there: nothing runs on them. */
async function parseAll(found: readonly Found[]): Promise<{ readonly loaded: readonly LoadedTeamFile[]; readonly obstacle?: string }> {
  try {
    return { loaded: await Promise.all(found.map(parse)) };
  } catch (thrown) {
    return { loaded: [], obstacle: `The team file was not read. ${toFailure(thrown).message}` };
  }
}

async function parse({ folder, uri, text }: Found): Promise<LoadedTeamFile> {
  const file = await parseTeamText(folder, text);
  return { folder: folder.name, uri, text, ...file };
}

/** What a text would mean as the team file of a folder. */
export async function parseTeamText(folder: WorkspaceFolder, text: string): Promise<TeamFile> {
  const { readTeamFile } = await part(import('../../../adapters/teamFile.ts'));
  return readTeamFile(text, (file) => (isInside(file) ? path.join(folder.uri.fsPath, file) : undefined));
}
