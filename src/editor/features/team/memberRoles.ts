/** What a member may do: roles, as the rules name them, and whether they sign the team file. */
import { Disposable, window } from 'vscode';
import type { QuickPickItem } from 'vscode';
import type { TeamEdit } from '../../../adapters/confirmation/editTeamFile.ts';
import type { Team } from '../../../core/approval/team.ts';
import { isRole } from '../../../core/approval/terms.ts';
import { signingKeysOf } from '../../../core/approval/teamOutlook.ts';
import { asAdmin, isAdminMember, putInForce, tell } from './teamContext.ts';
import type { TeamContext } from './teamContext.ts';
import { chooseMember, lackOfAdministrators } from './takeAway.ts';

export type Roles = { readonly names: readonly string[]; readonly isAdmin: boolean };

export type RolesQuestion = { readonly title: string; readonly now: Roles; /** Has a key that signs team files. */ readonly canSign: boolean };

/** Those the rules and the members name, and any that is typed. */
export async function chooseRoles({ body }: Team, { title, now, canSign }: RolesQuestion): Promise<Roles | undefined> {
  const named = new Set([...body.policy.confirmations.flatMap(({ roles, all = [] }) => [...roles, ...all.flatMap((group) => group.roles)]), ...body.members.flatMap(({ roles }) => roles)]);
  const admin: QuickPickItem = { label: 'Administrator', detail: 'May sign the team file: add and remove people, keys and rules', alwaysShow: true };
  const hint: QuickPickItem = { label: 'Administrator', detail: 'Needs a key of an editor first: invite them again, for “Join a Team” in their editor', alwaysShow: true };
  const roles = [...named].toSorted().map((label): QuickPickItem => ({ label }));
  const pick = window.createQuickPick();
  const show = (items: readonly QuickPickItem[], chosen: readonly QuickPickItem[]): void => {
    pick.items = items;
    pick.selectedItems = chosen;
  };
  const all = (): readonly QuickPickItem[] => [...roles, canSign ? admin : hint];
  Object.assign(pick, { title, placeholder: 'Tick roles, or type a new one', canSelectMany: true, ignoreFocusOut: true });
  show(all(), [...roles.filter(({ label }) => now.names.includes(label)), ...(now.isAdmin && canSign ? [admin] : [])]);
  const { promise, resolve } = Promise.withResolvers<Roles | undefined>();
  const parts = Disposable.from(
    pick,
    pick.onDidChangeValue((text) => {
      const typed = text.trim();
      const isNew = isRole(typed) && !roles.some(({ label }) => label === typed);
      const chosen = pick.selectedItems;
      show([...(isNew ? [{ label: typed, description: 'a new role', alwaysShow: true }] : []), ...all(), ...chosen.filter((item) => !all().includes(item) && item.label !== typed)], chosen);
    }),
    pick.onDidAccept(() => {
      const { selectedItems: chosen } = pick;
      if (chosen.includes(hint)) pick.title = 'No Administrator without a Key of an Editor';
      else resolve({ names: chosen.filter((item) => item !== admin).map(({ label }) => label), isAdmin: chosen.includes(admin) });
    }),
    pick.onDidHide(() => resolve(undefined)),
  );
  pick.show();
  return await promise.finally(() => void parts.dispose());
}

/** @param id - of the row it was called on */
export async function changeRoles(context: TeamContext, id: string | undefined): Promise<void> {
  const standing = await asAdmin(context);
  if (standing === undefined) return;
  const { team } = standing;
  const member = await chooseMember(team, 'Change Roles', id);
  if (member === undefined) return;
  const keys = signingKeysOf(team, member.id);
  const now: Roles = { names: member.roles, isAdmin: isAdminMember(team, member.id) };
  const roles = await chooseRoles(team, { title: `Roles of ${member.name}`, now, canSign: keys.length > 0 || now.isAdmin });
  if (roles === undefined) return;
  const lost = roles.isAdmin ? undefined : lackOfAdministrators(team, new Set(team.body.admins.keyids.filter((keyid) => team.keys.get(keyid)?.member.id === member.id)));
  if (lost !== undefined && now.isAdmin) return tell(lost, 'warning');
  const edits = editsFor(team, { id: member.id, keys }, { now, roles });
  if (edits.length === 0) return tell('Nothing was changed: these are the roles already.');
  await putInForce(context, standing, edits, describeRoles(member.name, roles));
}

function describeRoles(name: string, { names, isAdmin }: Roles): string {
  const all = [...(isAdmin ? ['administrator'] : []), ...names];
  return all.length === 0 ? `${name} has no role now.` : `The roles of ${name} are now: ${all.join(', ')}.`;
}

function editsFor({ body, keys: all }: Team, { id, keys }: { readonly id: string; readonly keys: readonly string[] }, { now, roles }: { readonly now: Roles; readonly roles: Roles }): readonly TeamEdit[] {
  const { threshold, keyids } = body.admins;
  const isSame = now.names.length === roles.names.length && roles.names.every((name) => now.names.includes(name));
  const others = keyids.filter((keyid) => all.get(keyid)?.member.id !== id);
  return [
    ...(isSame ? [] : [{ kind: 'set-roles', member: id, roles: roles.names } as const]),
    ...(now.isAdmin === roles.isAdmin ? [] : [{ kind: 'set-admins', threshold, keyids: roles.isAdmin ? [...keyids, ...keys] : others } as const]),
  ];
}

