/** All connections of this window: the person's own and those of the team files. */
import { commands, EventEmitter, workspace } from 'vscode';
import type { ExtensionContext, Uri } from 'vscode';
import { onDemand } from '../../../adapters/onDemand.ts';
import { mergeProfiles } from '../../../core/profile/merge.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import { loadPickConnection, loadWindowPasswords } from '../../lazy.ts';
import { personalConnections, section } from './configuration.ts';
import { createTeamDiagnostics, positionsIn } from './teamDiagnostics.ts';
import { createTeamFiles } from './teamFiles.ts';
import type { LoadedTeamFile } from './teamFiles.ts';
import type { WindowPasswords } from './windowPasswords.ts';

/** The catalogue, with what the connections feature itself needs beside it. */
export interface Connections extends ConnectionCatalogue {
  /** Rejects when they cannot be loaded. */
  passwords(): Promise<WindowPasswords>;
  /** What is wrong, in the order to show. */
  readonly problems: readonly ConnectionProblem[];
  /** What the person should know about connections that are not there. */
  readonly notice: string | undefined;
  /** The team file a connection comes from. */
  teamFileOf(profile: ConnectionProfile): Uri | undefined;
  /** Something about a connection changed that is not kept here: a lease. */
  notify(): void;
  /** What is known of the team behind the team files. */
  noteTeam(facts: TeamFacts): void;
}

export type TeamFacts = {
  /** What keeps it from being in force, or soon will. */
  readonly problem?: ConnectionProblem;
  /** The connections of the version that was accepted last: the file on disk may be another one. */
  readonly signed: readonly ConnectionProfile[];
};

export type ConnectionProblem = {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Absent: in the user settings. */
  readonly place?: { readonly uri: Uri; readonly range: ReturnType<ReturnType<typeof positionsIn>> };
};

export function createConnectionCatalogue(context: Pick<ExtensionContext, 'secrets' | 'globalStorageUri' | 'subscriptions'>): Connections {
  const changed = new EventEmitter<void>();
  const files = createTeamFiles();
  const passwords = onDemand(async () => (await loadWindowPasswords()).createWindowPasswords(context));
  let profiles: readonly ConnectionProfile[] = [];
  let problems: readonly ConnectionProblem[] = [];
  let ofTeam: TeamFacts = { signed: [] };

  const refresh = (): void => {
    const personal = personalConnections();
    profiles = mergeProfiles(personal.profiles, files.loaded, ofTeam.signed);
    problems = [...personal.problems.map(({ severity, message, path }) => ({ severity, message: `${entryOf(path)}: ${message}` })), ...files.loaded.flatMap(problemsOf)];
    changed.fire();
  };
  refresh();
  // Before the team files were read, the view does not say that there is no connection.
  void files.ready.then(() => commands.executeCommand('setContext', 'countersign.connectionsKnown', true));
  context.subscriptions.push(
    changed,
    files,
    createTeamDiagnostics(files),
    files.onDidChange(refresh),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(section)) refresh();
    }),
  );
  return {
    all: () => profiles,
    byId: (id) => profiles.find((profile) => profile.id === id),
    get teamRisks() {
      return files.loaded.map(({ risks }) => risks);
    },
    onDidChange: changed.event,
    pick: async (title) => {
      await files.ready;
      const { pickConnection } = await loadPickConnection();
      return await pickConnection(title, profiles);
    },
    knownPassword: async (profile) => await (await passwords()).known(profile),
    password: async (profile) => await (await passwords()).password(profile),
    // Where they cannot be loaded none was used, so none was refused.
    passwordRefused: async (profile) => (await passwords().catch(() => undefined))?.refused(profile),
    passwords,
    get problems() {
      return ofTeam.problem === undefined ? problems : [ofTeam.problem, ...problems];
    },
    get notice() {
      if (files.heldBack) return 'The team file of this folder is not read, because the folder is not trusted.';
      return files.obstacle;
    },
    teamFileOf: ({ id, source }) => (source === 'team' ? fileOf(files.loaded, id) : undefined),
    notify: () => changed.fire(),
    noteTeam(facts) {
      if (JSON.stringify(facts) === JSON.stringify(ofTeam)) return;
      ofTeam = facts;
      refresh();
    },
  };
}

/** `Connection 2` for the second entry of the setting. */
function entryOf([index]: readonly (string | number)[]): string {
  return typeof index === 'number' ? `Connection ${String(index + 1)}` : 'Connections';
}

function problemsOf({ uri, text, problems }: LoadedTeamFile): readonly ConnectionProblem[] {
  const toRange = positionsIn(text);
  return problems.map(({ severity, message, start, end }) => {
    const range = toRange(start, end);
    return { severity, message: `Line ${String(range.start.line + 1)}: ${message}`, place: { uri, range } };
  });
}

function fileOf(loaded: readonly LoadedTeamFile[], id: string): Uri | undefined {
  return loaded.find(({ folder, profiles }) => profiles.some((profile) => profile.id === id || id === `team:${folder}/${profile.name}`))?.uri;
}
