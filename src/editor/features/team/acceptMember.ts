/** Takes somebody into the team who was invited: only with the six words they read out, typed as they were heard. */
import type { TeamEdit } from '../../../adapters/confirmation/editTeamFile.ts';
import type { Genuine, Invitation } from '../../../adapters/confirmation/invitations.ts';
import { parseBlob } from '../../../core/approval/blob.ts';
import { compareWords } from '../../../core/approval/compareWords.ts';
import { verifyEnrolment } from '../../../core/approval/enrolment.ts';
import { createDeflater } from '../../../core/approval/streams.ts';
import { labelOf } from '../../../core/approval/teamChanges.ts';
import type { Team } from '../../../core/approval/team.ts';
import { isMemberId } from '../../../core/approval/request.ts';
import { askChoice, askText } from '../connections/ask.ts';
import type { Choice } from '../connections/ask.ts';
import { chooseRoles } from './memberRoles.ts';
import { asAdmin, putInForce, tell } from './teamContext.ts';
import type { TeamContext } from './teamContext.ts';

type Arrived = { readonly answer: Genuine; readonly invitation?: Invitation };

/** @param id - of the invitation whose answer is meant; without one the person chooses, or pastes a text */
export async function acceptMember(context: TeamContext, id: string | undefined): Promise<void> {
  const standing = await asAdmin(context);
  if (standing === undefined) return;
  const { team, self } = standing;
  const arrived = await chooseArrived(context, team, id);
  if (arrived === undefined) return;
  const { answer, invitation } = arrived;
  if (answer.body.team !== team.body.team) return tell(`This is for the team “${answer.body.team}”, not for “${team.body.team}”. Nothing was changed.`, 'warning');
  if (team.keys.has(answer.keyid)) return tell('This key is in the team file already. Nothing was changed.');
  if (!(await hear(answer))) return;
  const who = await chooseWho(team, answer);
  const edits = who && (await editsFor(team, answer, who));
  if (edits === undefined) return;
  const isDone = await putInForce(context, standing, edits, `${answer.body.member.name} ${who?.kind === 'known' ? 'has another key' : 'is in the team'}.`);
  if (isDone && invitation !== undefined) await context.confirmation.invitations.end(invitation.id, self);
  context.changed();
}

async function chooseArrived({ confirmation }: TeamContext, team: Team, id: string | undefined): Promise<Arrived | undefined> {
  const { invitations } = confirmation;
  const open = (await invitations.list()).filter((each) => each.team === team.body.team && (id === undefined || each.id === id));
  const found = (await Promise.all(open.map(async (invitation) => (await invitations.answersOf(invitation)).map((answer): Arrived => ({ answer, invitation }))))).flat();
  const fresh = found.filter(({ answer }) => !team.keys.has(answer.keyid));
  const [only, ...more] = fresh;
  if (only !== undefined && more.length === 0 && id !== undefined) return only;
  const items = fresh.map((value): Choice<Arrived | 'paste'> => ({ label: value.answer.body.member.name, description: labelOf(value.answer.body.key), detail: `Answered the invitation${value.invitation?.name === null || value.invitation === undefined ? '' : ` for ${value.invitation.name}`}`, value }));
  const paste: Choice<Arrived | 'paste'> = { label: '$(clippy) Paste the text somebody sent you…', value: 'paste' };
  const answer = await askChoice<Arrived | 'paste'>({ title: 'Accept a New Member', placeholder: items.length === 0 ? 'Nobody answered an invitation yet' : 'Whose answer?', items: [...items, paste] });
  if (answer.kind !== 'value') return undefined;
  return answer.value === 'paste' ? await pasted(confirmation.crypto) : answer.value;
}

async function pasted(crypto: TeamContext['confirmation']['crypto']): Promise<Arrived | undefined> {
  const text = await askText({ title: 'Accept a New Member', prompt: 'Paste the text that came back. It begins with cfm1.' });
  if (text.kind !== 'value') return undefined;
  const content = await parseBlob(createDeflater(globalThis), text.value);
  const checked = content && (await verifyEnrolment(crypto, content.envelope));
  if (checked?.kind === 'genuine') return { answer: checked };
  return tell(content === undefined ? 'There is no answer in this text. It has to be whole; copy all of it.' : 'This is not an answer to an invitation, or it was changed on the way. Nothing was changed.', 'error');
}

/** The words are not shown here: whoever could exchange the key on its way could count on a click, not on being called up. */
async function hear({ body, words }: Genuine): Promise<boolean> {
  const answer = await askText({
    title: `Add ${body.member.name}: Compare Six Words`,
    prompt: `Call ${body.member.name}, or go there, and type the six words they see. The first four letters of each are enough.`,
    placeholder: 'six words, with spaces',
    problem: (text) => wordsProblem(compareWords(words, text), body.member.name),
  });
  return answer.kind === 'value';
}

function wordsProblem(compared: ReturnType<typeof compareWords>, name: string): string | undefined {
  switch (compared.kind) {
    case 'same':
      return undefined;
    case 'count':
      return `These are ${String(compared.heard)} words; there are six.`;
    case 'other':
      return `Not the words of the key that came (${compared.at.length === 1 ? 'word' : 'words'} ${compared.at.join(', ')}). Ask ${name} again. If they are sure, somebody exchanged the key on its way: do not add it.`;
  }
}

type Who = { readonly kind: 'new'; readonly id: string; readonly name: string } | { readonly kind: 'known'; readonly id: string };

async function chooseWho(team: Team, { body }: Genuine): Promise<Who | undefined> {
  const added: Choice<Who | 'new'> = { label: `$(person-add) ${body.member.name} is new in the team`, value: 'new' };
  const known = team.body.members.map(({ id, name }): Choice<Who | 'new'> => ({ label: `$(key) Another key of ${name}`, description: id, value: { kind: 'known', id } }));
  const answer = await askChoice<Who | 'new'>({ title: `Add ${body.member.name}: Who Is It?`, placeholder: 'Whom did you talk to?', items: [added, ...known] });
  if (answer.kind !== 'value') return undefined;
  if (answer.value !== 'new') return answer.value;
  const id = await askText({
    title: `Add ${body.member.name}: Short Name`,
    prompt: 'Short name, as it stands in requests and records. It cannot be changed later.',
    value: body.member.id,
    problem: (text) => (!isMemberId(text) ? 'Small letters, digits, dots, dashes and underscores.' : team.body.members.some((member) => member.id === text) ? 'Somebody else is called like this.' : undefined),
  });
  return id.kind === 'value' ? { kind: 'new', id: id.value, name: body.member.name } : undefined;
}

async function editsFor(team: Team, { body, keyid }: Genuine, who: Who): Promise<readonly TeamEdit[] | undefined> {
  const { key, enc } = body;
  const sealed = enc === undefined ? {} : { enc };
  if (who.kind === 'known') return [{ kind: 'add-key', member: who.id, key, ...sealed }];
  // A passkey signs answers only.
  const roles = await chooseRoles(team, { title: `Add ${body.member.name}: Roles`, now: { names: [], isAdmin: false }, canSign: key.alg === 'es256' });
  if (roles === undefined) return undefined;
  const github = body.member.github === undefined ? {} : { github: body.member.github };
  const add: TeamEdit = { kind: 'add-member', member: { id: who.id, name: who.name, roles: roles.names, keys: [key], ...sealed, ...github } };
  const { threshold, keyids } = team.body.admins;
  return roles.isAdmin ? [add, { kind: 'set-admins', threshold, keyids: [...keyids, keyid] }] : [add];
}
