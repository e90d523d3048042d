/** Changes to people and keys that need no answer of anybody else: revoke a key, remove a member, renew the file. */
import path from 'node:path';
import { utf8 } from '../../../core/approval/bytes.ts';
import { readKey, verifySignature } from '../../../core/approval/keyRecord.ts';
import { labelOf } from '../../../core/approval/teamChanges.ts';
import type { Team, TeamKey } from '../../../core/approval/team.ts';
import { toFailure } from '../../../core/errors.ts';
import { askChoice, askText } from '../connections/ask.ts';
import type { Choice } from '../connections/ask.ts';
import { inviteMember } from './inviteMember.ts';
import { openKeyHere, sshKeyChoices } from './sshKeyFiles.ts';
import { adminNames, asAdmin, isAdminKey, isAdminMember, putInForce, tell } from './teamContext.ts';
import type { Standing, TeamContext } from './teamContext.ts';

/** @param keyid - of the row it was called on */
export async function revokeKey(context: TeamContext, keyid: string | undefined): Promise<void> {
  const standing = await asAdmin(context);
  if (standing === undefined) return;
  const { team } = standing;
  const usable = [...team.keys.values()].filter(({ record }) => record.revoked === undefined);
  const items = usable.map((key): Choice<TeamKey> => ({ label: `${key.member.name}: “${key.record.label}”`, description: labelOf(key.record), value: key }));
  const key = keyid === undefined ? await choose('Revoke a Key', 'Which key?', items) : usable.find((each) => each.keyid === keyid);
  if (key === undefined) return;
  const isOwnLast = key.keyid === standing.self.signer.keyid;
  const warning = isOwnLast ? 'This is your own key on this machine: you cannot sign with it any more. ' : '';
  if (await isTyped(`Revoke a Key of ${key.member.name}`, `${warning}Approvals by ${labelOf(key.record)} stop counting at once, and this cannot be undone.`, key.member.id)) {
    await putInForce(context, standing, [{ kind: 'revoke-key', keyid: key.keyid }], `The key ${labelOf(key.record)} of ${key.member.name} is revoked.`);
  }
}

/** @param id - of the row it was called on */
export async function removeMember(context: TeamContext, id: string | undefined): Promise<void> {
  const standing = await asAdmin(context);
  if (standing === undefined) return;
  const { members } = standing.team.body;
  const items = members.map((member): Choice<string> => ({ label: member.name, description: member.id, value: member.id }));
  const chosen = id ?? (await choose('Remove a Member', 'Whom?', items));
  const member = members.find((each) => each.id === chosen);
  if (member === undefined) return;
  if (!(await isTyped(`Remove ${member.name} from ${standing.team.body.team}`, `Every key of ${member.name} stops counting at once. Old records stay as they are.`, member.id))) return;
  const { threshold, keyids } = standing.team.body.admins;
  const left = keyids.filter((keyid) => standing.team.keys.get(keyid)?.member.id !== member.id);
  const admins = left.length === keyids.length || left.length === 0 ? [] : [{ kind: 'set-admins', threshold, keyids: left } as const];
  await putInForce(context, standing, [{ kind: 'remove-member', member: member.id }, ...admins], `${member.name} is no longer in the team.`);
}

export async function renewTeam(context: TeamContext): Promise<void> {
  const standing = await asAdmin(context);
  if (standing === undefined) return;
  const { body } = standing.team;
  const people = body.members.map(({ id, name }) => (isAdminMember(standing.team, id) ? `${name} (administrator)` : name)).join(', ');
  const answer = await askChoice<boolean>({
    title: `Renew ${body.team}`,
    placeholder: `It is valid until ${body.expires.slice(0, 10)}`,
    items: [{ label: '$(calendar) Sign it for another year', detail: `Still in the team: ${people}`, value: true }],
  });
  if (answer.kind === 'value') await putInForce(context, standing, [{ kind: 'renew' }], 'The team file is renewed.');
}

/** Adds an SSH key of this machine or its agent to the own member. Another device or a passkey joins with an invitation, like a person. */
export async function addMyKey(context: TeamContext): Promise<void> {
  const { team: store } = context.confirmation;
  const [report, own] = [await store.report(), await store.self()];
  if (report.kind === 'accepted' && own !== undefined && !isAdminKey(report.team, own.signer.keyid)) return tell(`An administrator (${adminNames(report.team)}) adds keys. Ask for another invitation, open it with “Join a Team”, and choose the key there.`);
  const standing = await asAdmin(context);
  if (standing === undefined) return;
  const invite: Choice<string> = { label: '$(device-mobile) A passkey, or another machine…', detail: 'Invite yourself: open the link there, then accept it as another key of yours', value: '' };
  const answer = await askChoice<string>({ title: 'Add a Key of Mine', placeholder: 'Which key?', items: [invite, ...(await sshKeyChoices())] });
  if (answer.kind !== 'value') return;
  if (answer.value === '') await inviteMember(context);
  else await addSshKey(context, standing, answer.value);
}

/** The key signs something before it is added: one that cannot is no use to anybody. */
async function addSshKey(context: TeamContext, standing: Standing, file: string): Promise<void> {
  const { crypto } = context.confirmation;
  const { team, self } = standing;
  try {
    const { record, signer } = await openKeyHere(crypto, file, context.clock.now());
    if (team.keys.has(signer.keyid)) return tell(alreadyThere(team, signer.keyid));
    const probe = utf8(`countersign/v1/add-key\n${team.digest}\n${self.member.id}`);
    const usable = readKey(record);
    const check = usable === 'weak' || usable === 'unknown' ? undefined : await verifySignature(crypto, usable, await signer.sign(probe), probe);
    if (check?.kind !== 'valid') return tell(`The key was not added: what it signed does not verify. (${path.basename(file)})`, 'error');
    await putInForce(context, standing, [{ kind: 'add-key', member: self.member.id, key: record }], `You have another key, ${labelOf(record)}.`);
  } catch (thrown) {
    tell(`The key was not added: ${toFailure(thrown).message}`, 'error');
  }
}

function alreadyThere({ keys }: Team, keyid: string): string {
  const known = keys.get(keyid);
  const whose = known === undefined ? '' : ` It is of ${known.member.name}${known.record.revoked === undefined ? '' : ', and was revoked: a revoked key does not come back. Make a new one'}.`;
  return `This key is in the team file already.${whose} Nothing was changed.`;
}

async function choose<Value>(title: string, placeholder: string, items: readonly Choice<Value>[]): Promise<Value | undefined> {
  const answer = await askChoice<Value>({ title, placeholder, items });
  return answer.kind === 'value' ? answer.value : undefined;
}

/** Typed, because Enter is pressed too easily. */
async function isTyped(title: string, what: string, word: string): Promise<boolean> {
  const answer = await askText({ title, prompt: `${what} Type “${word}” to go on.`, problem: (text) => (text.trim() === word ? undefined : `Type ${word}.`) });
  return answer.kind === 'value';
}
