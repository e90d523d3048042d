/** Joins a team from this editor: opens the invitation, answers with a key, and shows the six words to read out. */
import { hostname } from 'node:os';
import { env, window } from 'vscode';
import { openLinkOrText } from '../../../adapters/confirmation/openedLink.ts';
import type { OpenedLink } from '../../../adapters/confirmation/openedLink.ts';
import { osUser } from '../../../adapters/actor.ts';
import { b64u } from '../../../core/approval/bytes.ts';
import { enrolmentWords, proposeMemberId } from '../../../core/approval/enrolment.ts';
import type { EnrolmentBody } from '../../../core/approval/enrolment.ts';
import { bodyBytes, payloadTypes, signBody } from '../../../core/approval/envelope.ts';
import type { Signer } from '../../../core/approval/envelope.ts';
import type { KeyRecord } from '../../../core/approval/keyRecord.ts';
import { toFailure } from '../../../core/errors.ts';
import { describeTeamRefusal } from '../../../core/approval/refusalText.ts';
import type { TeamRefusal } from '../../../core/approval/refusal.ts';
import { plainText } from '../../plainText.ts';
import { askChoice, askText } from '../connections/ask.ts';
import type { Choice } from '../connections/ask.ts';
import { openKeyHere, sshKeyChoices } from './sshKeyFiles.ts';
import { tell } from './teamContext.ts';
import type { TeamContext } from './teamContext.ts';

type Invited = Extract<OpenedLink, { kind: 'invitation' }>;

/** @param given - a link or a text, from wherever it was opened */
export async function joinTeam(context: TeamContext, given: string | undefined): Promise<void> {
  const text = given ?? (await askInvitation());
  if (text === undefined) return;
  const opened = await openLinkOrText(context.confirmation.crypto, text, context.clock.now);
  if (opened.kind === 'invitation') await join(context, opened);
  else tell(problemOf(opened), 'warning');
}

async function askInvitation(): Promise<string | undefined> {
  const copied = (await env.clipboard.readText()).trim();
  const answer = await askText({
    title: 'Join a Team',
    prompt: 'Paste the invitation: a link, or a text that begins with cfm1.',
    value: looksLikeInvitation(copied) ? copied : '',
    problem: (typed) => (looksLikeInvitation(typed) ? undefined : 'This is neither a link of a confirmation server nor a text that begins with cfm1.'),
  });
  return answer.kind === 'value' ? answer.value : undefined;
}

function looksLikeInvitation(text: string): boolean {
  return /\/r\/r_[\w-]{16}#/u.test(text) || text.includes('cfm1.');
}

function problemOf(opened: Exclude<OpenedLink, Invited>): string {
  switch (opened.kind) {
    case 'request':
      return 'This is a request to confirm a change, no invitation.';
    case 'sealed':
      return 'The invitation cannot be opened with this link: it was changed on the way, or the link is not complete. Ask for a new one.';
    case 'refused':
      return `The invitation is not to be trusted${isAboutTeam(opened.code) ? `: ${describeTeamRefusal(opened.code)}` : ', because no administrator of the team signed it'}. Ask whoever sent it.`;
    case 'over':
      return 'The invitation is over. Ask for a new one.';
    case 'not-understood':
      return 'There is no invitation in this text. It has to be whole; copy all of it.';
    case 'no-answer':
      return `The invitation could not be opened: ${opened.message} Nothing was changed.`;
  }
}

function isAboutTeam(code: string): code is TeamRefusal {
  return code.startsWith('team-') && code !== 'team-changed';
}

async function join(context: TeamContext, { invitation, inviter, team, teamWords, channel }: Invited): Promise<void> {
  const { crypto } = context.confirmation;
  const answer = await askText({
    title: `Join ${team.body.team}`,
    prompt: `${inviter.name} invites you. Your name, as the others know you.`,
    value: invitation.name ?? osUser(),
    problem: (typed) => (proposeMemberId(typed) === '' || typed.trim().length > 80 ? 'Write your name: up to 80 characters, with at least one Latin letter or digit.' : undefined),
  });
  if (answer.kind !== 'value') return;
  const name = answer.value.trim().toWellFormed();
  const key = await chooseKey(context, team.body.team);
  if (key === undefined) return;
  const { record, signer, sealed } = key;
  const body: EnrolmentBody = { v: 1, team: team.body.team, member: { id: proposeMemberId(name), name }, key: record, time: context.clock.now(), nonce: b64u(crypto.random(32)), ...(sealed === undefined ? {} : { enc: sealed }) };
  const signed = await signBody(payloadTypes.enrolment, bodyBytes(body), [signer]).catch((thrown: unknown) => tell(`You did not join: ${toFailure(thrown).message}`, 'error'));
  if (signed === undefined) return;
  const delivered = await channel.deliver('enrolment', signed);
  if (delivered.kind !== 'ok') return tell(`Your answer did not arrive: ${delivered.message} Your key is kept; try again.`, 'error');
  await showWords(inviter.name, { words: await enrolmentWords(crypto, signer.keyid, sealed), teamWords, text: delivered.value.text });
}

type Key = { readonly record: KeyRecord; readonly signer: Signer; /** What requests are sealed to. */ readonly sealed?: string };

/** An SSH key can be in hardware; the editor's own key asks for confirmation and opens the inbox. */
async function chooseKey({ confirmation: { crypto, keys }, clock }: TeamContext, team: string): Promise<Key | undefined> {
  const sshKeys = await sshKeyChoices();
  const own: Choice<string> = { label: '$(vm) A key in this editor', detail: 'Made now, and kept where passwords are', value: '' };
  const answer = sshKeys.length === 0 ? ({ kind: 'value', value: '' } as const) : await askChoice<string>({ title: `Join ${team}: With Which Key?`, placeholder: 'You can join again with another one', items: [own, ...sshKeys] });
  if (answer.kind !== 'value') return undefined;
  if (answer.value !== '') return await openKeyHere(crypto, answer.value, clock.now()).catch((thrown: unknown) => tell(`You did not join: ${toFailure(thrown).message}`, 'error'));
  const made = await keys.findOrMake(team, hostname().slice(0, 80));
  if (made.kind === 'failed') return tell(`You did not join: ${made.message}`, 'error');
  const { record, signer, enc } = made.key;
  return { record, signer, sealed: b64u(enc.publicKey) };
}

type ToTell = { readonly words: readonly string[]; readonly teamWords: readonly string[]; readonly text: string | undefined };

/** Stays until it is closed: the words are read out from it. */
async function showWords(inviter: string, { words, teamWords, text }: ToTell): Promise<void> {
  if (text !== undefined) await env.clipboard.writeText(text);
  const first = text === undefined ? '' : `Your answer is on the clipboard: send it to ${inviter} by any chat.\n\n`;
  const detail = `${first}${words.map((word, index) => `${String(index + 1)}. ${word}`).join('\n')}\n\nCall ${inviter}, or go there, and say them. Do not send them through the chat the invitation came from.\n\nThe words of the team file are: ${teamWords.join(' ')}.`;
  await window.showInformationMessage(plainText(`Tell ${inviter} these six words`), { modal: true, detail });
}
