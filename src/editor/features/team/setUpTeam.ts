/** One command from nothing to a team of one: an own key, the first signed team file, and the words to compare. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { commands, window, workspace } from 'vscode';
import { foundTeamText } from '../../../adapters/confirmation/editTeamFile.ts';
import { publishTeam } from '../../../adapters/confirmation/publishTeam.ts';
import type { TeamPlace } from '../../../adapters/confirmation/teamFolder.ts';
import { osUser } from '../../../adapters/actor.ts';
import { b64u } from '../../../core/approval/bytes.ts';
import { sixWords } from '../../../core/approval/digest.ts';
import { proposeMemberId } from '../../../core/approval/enrolment.ts';
import { isTeamName } from '../../../core/approval/team.ts';
import { toFailure } from '../../../core/errors.ts';
import { plainText } from '../../plainText.ts';
import { askChoice, askText } from '../connections/ask.ts';
import type { Place } from '../connections/ask.ts';
import { runSteps } from '../connections/steps.ts';
import type { StepEnd } from '../connections/steps.ts';
import { openPlaces } from './editorConfirmation.ts';
import { offerTeam, relativeName, tell } from './teamContext.ts';
import type { TeamContext } from './teamContext.ts';

const title = 'Set Up a Team';
type Draft = { readonly team: string; readonly name: string };

export async function setUpTeam(context: TeamContext): Promise<void> {
  const place = await choosePlace();
  if (place === undefined || !(await isFree(context, place))) return;
  const draft = await runSteps<Draft>(
    [async (value, at) => await askName(value, at), async (value, at) => await askTeam(context, value, at)],
    { team: slugOf(path.basename(place.folder)), name: osUser() },
  );
  if (draft !== undefined) await found(context, place, draft);
}

async function choosePlace(): Promise<TeamPlace | undefined> {
  if (!workspace.isTrusted) return tell('This folder is not trusted, so its team file is not read. Trust it first (“Manage Workspace Trust”).', 'warning');
  const [first, ...others] = openPlaces();
  if (first === undefined) return workspace.workspaceFolders === undefined ? await offerTeam() : tell('A team belongs to a folder on the machine of the extension, where its file lies. None of the folders of this window is there.');
  if (others.length === 0) return first;
  const items = [first, ...others].map((place) => ({ label: path.basename(place.folder), description: place.folder, value: place }));
  const answer = await askChoice<TeamPlace>({ title, placeholder: 'For which folder?', items });
  return answer.kind === 'value' ? answer.value : undefined;
}

async function isFree({ confirmation }: TeamContext, place: TeamPlace): Promise<boolean> {
  const report = await confirmation.team.report();
  if (report.kind === 'none' || report.place.folder !== place.folder) return true;
  await commands.executeCommand('countersign.showTeam');
  return tell(report.kind === 'accepted' ? `This folder has the team “${report.team.body.team}” already.` : 'This folder has a team file with people already, and it is not in force. Its problem is shown in the Team view.', 'warning') ?? false;
}

async function askName(draft: Draft, place: Place): Promise<StepEnd<Draft>> {
  const answer = await askText({
    title,
    prompt: 'Your name, as the others know you. It stands in requests and approvals.',
    value: draft.name,
    place,
    problem: (text) => (proposeMemberId(text) === '' || text.trim().length > 80 ? 'Write your name: up to 80 characters, with at least one Latin letter or digit.' : undefined),
  });
  return answer.kind === 'value' ? { kind: 'value', value: { ...draft, name: answer.value.trim().normalize() } } : answer;
}

async function askTeam({ confirmation }: TeamContext, draft: Draft, place: Place): Promise<StepEnd<Draft>> {
  const answer = await askText({
    title,
    prompt: 'Name of the team. It cannot be changed later.',
    value: draft.team,
    place,
    problem: (text) => (isTeamName(text) ? undefined : 'Small letters, digits, dots, dashes and underscores, up to 64; it begins with a letter or a digit.'),
  });
  if (answer.kind !== 'value') return answer;
  if ((await confirmation.pins.latest(answer.value)) === undefined) return { kind: 'value', value: { ...draft, team: answer.value } };
  tell(`This machine knows another team called “${answer.value}” already. Take another name.`, 'warning');
  return { kind: 'go-to', step: place.step - 1, value: draft };
}

async function found(context: TeamContext, place: TeamPlace, { team, name }: Draft): Promise<void> {
  const { confirmation, clock } = context;
  const { crypto, keys } = confirmation;
  try {
    const made = await keys.findOrMake(team, hostname().slice(0, 80));
    if (made.kind === 'failed') return tell(`The team was not set up, and nothing was written: ${made.message}`, 'error');
    const { record, keyid, signer, enc } = made.key;
    const text = await readFile(place.file, 'utf8').catch(() => '');
    const member = { id: proposeMemberId(name), name, roles: [], keys: [record], enc: b64u(enc.publicKey) };
    const next = foundTeamText(text, { team, member, keyid, now: clock.now() });
    const published = await publishTeam(crypto, place, { text: next, pinned: undefined, signer });
    if (published.kind !== 'signed') return tell(`The team was not set up: with what ${relativeName(place)} holds already it would not make sense. Correct the file first.`, 'error');
    // Whoever signed it needs not be told to compare it.
    await confirmation.pins.pin(published.team, published.signatures);
    await confirmation.pins.bind(place.folder, team);
    confirmation.team.forget();
    await confirmation.team.report();
    context.changed();
    const words = await sixWords(crypto, 'team', published.team.digest);
    await sayFounded(place, team, words);
  } catch (thrown) {
    tell(`The team was not set up: ${toFailure(thrown).message}`, 'error');
  }
}

async function sayFounded(place: TeamPlace, team: string, words: readonly string[]): Promise<void> {
  const invite = 'Invite Somebody';
  const message = `You are the team “${team}”: its file ${relativeName(place)} is signed with your own key and in force here. Its six words are ${words.join(' ')}. Commit the folder, then invite somebody: nobody confirms their own changes.`;
  await commands.executeCommand('countersign.showTeam');
  if ((await window.showInformationMessage(plainText(message), invite)) === invite) await commands.executeCommand('countersign.inviteMember');
}

function slugOf(text: string): string {
  const slug = text.toLowerCase().replaceAll(/[^a-z0-9._-]+/gu, '-').replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/gu, '').slice(0, 64);
  return slug === '' ? 'team' : slug;
}
