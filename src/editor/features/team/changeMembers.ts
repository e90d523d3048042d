/** Changes to people and keys that need no answer of anybody else: revoke a key, remove a member, renew the file. */
import path from 'node:path';
import { utf8 } from '../../../core/approval/bytes.ts';
import { readKey, verifySignature } from '../../../core/approval/keyRecord.ts';
import { kindOf, labelOf } from '../../../core/approval/teamChanges.ts';
import type { Team, TeamKey } from '../../../core/approval/team.ts';
import { toFailure } from '../../../core/errors.ts';
import { askChoice } from '../connections/ask.ts';
import type { Choice } from '../connections/ask.ts';
import { inviteMember } from './inviteMember.ts';
import { openKeyHere, sshKeyChoices } from './sshKeyFiles.ts';
import { choose, chooseMember, consequences, isTyped, lackOfAdministrators } from './takeAway.ts';
import { adminNames, asAdmin, isAdminKey, isAdminMember, putInForce, tell } from './teamContext.ts';
import type { Standing, TeamContext } from './teamContext.ts';

/** @param keyid - of the row it was called on */
export async function revokeKey(context: TeamContext, keyid: string | undefined): Promise<void> {
  const standing = await asAdmin(context);
  if (standing === undefined) return;
  const { team } = standing;
  const usable = [...team.keys.values()].filter(({ record }) => record.revoked === undefined);
  const items = usable.map((key): Choice<TeamKey> => ({ label: `${key.member.name}: “${key.record.label}”`, description: kindOf(key.record), value: key }));
  const key = keyid === undefined ? await choose('Revoke a Key', 'Which key?', items) : usable.find((each) => each.keyid === keyid);
  if (key === undefined) return;
  const lost = new Set([key.keyid]);
  const lack = team.body.admins.keyids.includes(key.keyid) ? lackOfAdministrators(team, lost) : undefined;
  if (lack !== undefined) return tell(lack, 'warning');
  const own = key.keyid === standing.self.signer.keyid ? 'This is your own key on this machine: you cannot sign with it any more. ' : '';
  if (await isTyped(`Revoke a Key of ${key.member.name}`, `${own}${consequences(team, lost)}Approvals by ${labelOf(key.record)} stop counting at once, and this cannot be undone.`, key.member.id)) {
    await putInForce(context, standing, [{ kind: 'revoke-key', keyid: key.keyid }], `The key ${labelOf(key.record)} of ${key.member.name} is revoked.`);
  }
}

/** @param id - of the row it was called on */
export async function removeMember(context: TeamContext, id: string | undefined): Promise<void> {
  const standing = await asAdmin(context);
  if (standing === undefined) return;
  const { team } = standing;
  const member = await chooseMember(team, 'Remove a Member', id);
  if (member === undefined) return;
  const lost = new Set([...team.keys.values()].filter((key) => key.member.id === member.id).map(({ keyid }) => keyid));
  const lack = isAdminMember(team, member.id) ? lackOfAdministrators(team, lost) : undefined;
  if (lack !== undefined) return tell(lack, 'warning');
  const own = member.id === standing.self.member.id ? 'This is you: you can neither ask nor confirm nor sign any more. ' : '';
  if (!(await isTyped(`Remove ${member.name} from ${team.body.team}`, `${own}${consequences(team, lost)}Every key of ${member.name} stops counting at once. Old records stay as they are.`, member.id))) return;
  const { threshold, keyids } = team.body.admins;
  const left = keyids.filter((keyid) => !lost.has(keyid));
  const admins = left.length === keyids.length ? [] : [{ kind: 'set-admins', threshold, keyids: left } as const];
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
