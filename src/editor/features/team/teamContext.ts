/** What the commands of a team share: the team as it is, who the person is in it, and how a next version gets into force. */
import path from 'node:path';
import { commands, window, workspace } from 'vscode';
import type { Memento, TextDocument } from 'vscode';
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import { nextTeamText } from '../../../adapters/confirmation/editTeamFile.ts';
import type { TeamEdit } from '../../../adapters/confirmation/editTeamFile.ts';
import { publishTeam } from '../../../adapters/confirmation/publishTeam.ts';
import type { Published } from '../../../adapters/confirmation/publishTeam.ts';
import type { TeamPlace } from '../../../adapters/confirmation/teamFolder.ts';
import type { Self } from '../../../app/approvalPorts.ts';
import type { Clock } from '../../../app/ports.ts';
import { sixWords } from '../../../core/approval/digest.ts';
import { textOf } from '../../../core/approval/bytes.ts';
import { describeTeamRefusal } from '../../../core/approval/refusalText.ts';
import type { TeamRefusal } from '../../../core/approval/refusal.ts';
import type { Team } from '../../../core/approval/team.ts';
import { toFailure } from '../../../core/errors.ts';
import { plainText } from '../../plainText.ts';
import type { Connections } from '../connections/connectionCatalogue.ts';

export type TeamContext = {
  readonly confirmation: Confirmation;
  readonly clock: Clock;
  readonly memory: Memento;
  /** The team, or what is known about it, may have changed. */
  readonly changed: () => void;
  /** Said at the connections, whose changes nobody can confirm meanwhile. */
  readonly noteTeam: Connections['noteTeam'];
};

/** The team in force and an administrator of it. */
export type Standing = { readonly place: TeamPlace; readonly team: Team; readonly self: Self };

export function tell(message: string, kind: 'info' | 'warning' | 'error' = 'info'): undefined {
  const show = { info: window.showInformationMessage, warning: window.showWarningMessage, error: window.showErrorMessage }[kind];
  void show(plainText(message));
  return undefined;
}

/** Says what is missing when the person cannot change the team. */
export async function asAdmin({ confirmation }: TeamContext): Promise<Standing | undefined> {
  const report = await confirmation.team.report();
  if (report.kind === 'none') return await offerTeam();
  if (report.kind === 'refused') {
    const message = `The team file is not in force: ${report.detail ?? describeTeamRefusal(report.code)}.`;
    return report.code === 'team-unsigned' ? await offer(message, 'Sign the Team File', 'countersign.signTeamFile') : tell(message, 'warning');
  }
  const self = await confirmation.team.self();
  if (self === undefined) return await offer(`No key on this machine is in force in the team “${report.team.body.team}”. An administrator (${adminNames(report.team)}) can invite you.`, 'Join a Team', 'countersign.joinTeam');
  if (!isAdminKey(report.team, self.signer.keyid)) return tell(`Only an administrator can change the team “${report.team.body.team}”: ${adminNames(report.team)}.`, 'warning');
  return { place: report.place, team: report.team, self };
}

/** A window without a folder has no place for a team. */
export async function offerTeam(): Promise<undefined> {
  if (workspace.workspaceFolders !== undefined) return await offer('There is no team here yet.', 'Set Up a Team', 'countersign.setUpTeam');
  return await offer(noFolder, 'Open Folder…', 'workbench.action.files.openFolder');
}

export const noFolder = 'This window has no folder, so it has no team: a team belongs to a folder, where its file lies. Open the folder of your project first.';

async function offer(message: string, action: string, command: string): Promise<undefined> {
  const answer = await window.showInformationMessage(plainText(message), action);
  if (answer === action) await commands.executeCommand(command);
  return undefined;
}

export function isAdminKey(team: Team, keyid: string): boolean {
  return team.body.admins.keyids.includes(keyid) && team.keys.get(keyid)?.record.revoked === undefined;
}

export function isAdminMember(team: Team, member: string): boolean {
  return team.body.admins.keyids.some((keyid) => isAdminKey(team, keyid) && team.keys.get(keyid)?.member.id === member);
}

export function adminNames(team: Team): string {
  return team.body.members.filter(({ id }) => isAdminMember(team, id)).map(({ name }) => name).join(', ');
}

/** Writes and signs the next version. True when it is in force or waits for others' signatures. */
export async function putInForce(context: TeamContext, { place, team, self }: Standing, edits: readonly TeamEdit[], done: string): Promise<boolean> {
  // Somebody may have pulled or edited while the questions were answered.
  const report = await context.confirmation.team.report();
  if (report.kind !== 'accepted' || report.team.digest !== team.digest) return tell('The team file changed meanwhile, so nothing was written. Try again.', 'warning') ?? false;
  const text = nextTeamText(textOf(team.bytes) ?? '', team, edits, context.clock.now());
  return await publish(context, { place, text, pinned: team, self }, done);
}

export type NextVersion = { readonly place: TeamPlace; readonly text: string; readonly pinned: Team | undefined; readonly self: Pick<Self, 'signer'> };

export async function publish(context: TeamContext, { place, text, pinned, self }: NextVersion, done: string): Promise<boolean> {
  const { confirmation } = context;
  if (isDirty(place)) return tell('The team file has changes that are not saved. Save or revert them, then try again.', 'warning') ?? false;
  try {
    const published = await publishTeam(confirmation.crypto, place, { text, pinned, signer: self.signer });
    confirmation.team.forget();
    await confirmation.team.report();
    context.changed();
    await sayPublished(context, place, published, done);
    if (published.kind === 'signed') await tellServers(context, published.team);
    return published.kind !== 'refused';
  } catch (thrown) {
    return tell(`The team file could not be written: ${toFailure(thrown).message}. What was in force stays in force.`, 'error') ?? false;
  }
}

async function sayPublished({ confirmation }: TeamContext, place: TeamPlace, published: Published, done: string): Promise<void> {
  const file = relativeName(place);
  switch (published.kind) {
    case 'signed': {
      const words = await sixWords(confirmation.crypto, 'team', published.team.digest);
      tell(`${done} Version ${String(published.team.body.version)} of the team “${published.team.body.team}” is signed and in force here; its words are ${words.join(' ')}. Commit and push ${file} and ${path.basename(file).replace(/\.jsonc?$/u, '.sig.json')}, so that the others get it.`);
      return;
    }
    case 'partly':
      tell(`${done} Your signature is in ${file}, the first ${String(published.signatures)} of those that are needed: ${String(published.team.body.admins.threshold)} administrators have to sign. Commit and push it; the next one runs “Sign the Team File”. Until then nothing can be confirmed where this version is.`, 'warning');
      return;
    case 'refused':
      tell(`Nothing was written: ${refusedText(published.code)}.`, 'error');
  }
}

/** About a version that this person is making. */
function refusedText(code: TeamRefusal): string {
  return code === 'team-malformed' ? 'the file would not make sense. It needs at least one administrator with a key in force, as many as must sign, and nobody twice' : describeTeamRefusal(code);
}

async function tellServers({ confirmation }: TeamContext, team: Team): Promise<void> {
  const problems = await confirmation.servers.publish(team, await confirmation.pins.chain(team.body.team));
  if (problems.length > 0) tell(`The new version is in force here. A confirmation server did not take it: ${problems.join(' ')} It is told again with the next request.`, 'warning');
}

export function documentOf(place: TeamPlace): TextDocument | undefined {
  return workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === place.file);
}

function isDirty(place: TeamPlace): boolean {
  return documentOf(place)?.isDirty === true;
}

export function relativeName({ folder, file }: TeamPlace): string {
  return path.relative(folder, file).replaceAll('\\', '/');
}
