/** The rows of the Team view, in words and icons. */
import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import type { Invitation } from '../../../adapters/confirmation/invitations.ts';
import type { Member, Team, TeamKey } from '../../../core/approval/team.ts';
import { epochOf } from '../../../core/approval/isoTime.ts';
import { labelOf } from '../../../core/approval/teamChanges.ts';
import { isAdminMember } from './teamContext.ts';

export type TeamNode =
  | { readonly kind: 'problem'; readonly text: string; readonly file: string; readonly canBeSigned: boolean }
  | { readonly kind: 'expiry'; readonly text: string; readonly isOver: boolean }
  | { readonly kind: 'head'; readonly team: Team }
  /** Half of the six words of the version: all of them do not fit beside each other. */
  | { readonly kind: 'words'; readonly half: 'first' | 'second'; readonly words: readonly string[] }
  | { readonly kind: 'member'; readonly team: Team; readonly member: Member; readonly isSelf: boolean }
  | { readonly kind: 'key'; readonly key: TeamKey; readonly isSelf: boolean }
  | { readonly kind: 'invitation'; readonly invitation: Invitation; readonly answeredBy: string | undefined };

export function teamItem(node: TeamNode): TreeItem {
  switch (node.kind) {
    case 'problem':
      return problemItem(node);
    case 'expiry':
      return expiryItem(node);
    case 'head':
      return headItem(node);
    case 'words':
      return wordsItem(node);
    case 'member':
      return memberItem(node);
    case 'key':
      return keyItem(node);
    case 'invitation':
      return invitationItem(node);
  }
}

function problemItem({ text, file, canBeSigned }: Extract<TeamNode, { kind: 'problem' }>): TreeItem {
  const item = new TreeItem('Not in force', TreeItemCollapsibleState.None);
  item.id = 'problem';
  item.description = text;
  item.tooltip = `The team file is not in force: ${text}. Until that is settled nothing can be confirmed, and no change that needs it is run.`;
  item.iconPath = new ThemeIcon('error', new ThemeColor('list.errorForeground'));
  item.contextValue = canBeSigned ? 'problem signable' : 'problem';
  item.command = { command: 'vscode.open', title: 'Open', arguments: [Uri.file(file)] };
  return item;
}

function expiryItem({ text, isOver }: Extract<TeamNode, { kind: 'expiry' }>): TreeItem {
  const item = new TreeItem(isOver ? 'Expired' : 'Expires soon', TreeItemCollapsibleState.None);
  item.id = 'expiry';
  item.description = text;
  item.iconPath = isOver ? new ThemeIcon('error', new ThemeColor('list.errorForeground')) : new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
  item.tooltip = `${text}. An administrator renews it with one command, “Renew the Team File”.`;
  item.contextValue = 'expiry';
  item.command = { command: 'countersign.renewTeam', title: 'Renew' };
  item.accessibilityInformation = { label: `The team file ${isOver ? 'has expired' : 'expires soon'}. ${text}` };
  return item;
}

function headItem({ team: { body } }: Extract<TeamNode, { kind: 'head' }>): TreeItem {
  const item = new TreeItem(body.team, TreeItemCollapsibleState.None);
  item.id = 'head';
  item.description = `version ${String(body.version)} · until ${body.expires.slice(0, 10)}`;
  item.iconPath = new ThemeIcon('organization');
  item.contextValue = 'team';
  const tooltip = new MarkdownString();
  // Names come from files of others: as text, never as markup.
  const line = (label: string, value: string): void => void tooltip.appendText(`${label}: ${value}`).appendMarkdown('  \n');
  line('Team', body.team);
  line('Version', `${String(body.version)}, of ${body.issued.slice(0, 10)}, valid until ${body.expires.slice(0, 10)}`);
  line('Signed by', body.admins.threshold === 1 ? 'one administrator' : `${String(body.admins.threshold)} administrators`);
  item.tooltip = tooltip;
  item.accessibilityInformation = { label: `Team ${body.team}, version ${String(body.version)}, valid until ${body.expires.slice(0, 10)}` };
  return item;
}

function wordsItem({ half, words }: Extract<TeamNode, { kind: 'words' }>): TreeItem {
  const shown = half === 'first' ? words.slice(0, 3) : words.slice(3);
  const item = new TreeItem(shown.join(' '), TreeItemCollapsibleState.None);
  item.id = `words:${half}`;
  item.iconPath = new ThemeIcon(half === 'first' ? 'comment-discussion' : 'blank');
  item.tooltip = `The words of this version: ${words.join(' ')}. Everybody who has the same version sees the same words.`;
  item.accessibilityInformation = { label: `The ${half} three words of this version: ${shown.join(', ')}` };
  return item;
}

function memberItem({ team, member, isSelf }: Extract<TeamNode, { kind: 'member' }>): TreeItem {
  const item = new TreeItem(member.name, member.keys.length === 0 ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Collapsed);
  const isAdmin = isAdminMember(team, member.id);
  item.id = `member:${member.id}`;
  item.description = [...(isSelf ? ['you'] : []), ...(isAdmin ? ['administrator'] : []), ...member.roles].join(' · ');
  item.iconPath = new ThemeIcon(isAdmin ? 'shield' : 'person');
  item.contextValue = 'member';
  const count = member.keys.filter(({ revoked }) => revoked === undefined).length;
  if (count === 0) item.description = [item.description, 'no key'].filter((part) => part !== '').join(' · ');
  item.tooltip = `${member.name} (${member.id})${isAdmin ? ', administrator' : ''}, ${count === 0 ? 'no key' : count === 1 ? 'one key' : `${String(count)} keys`} in force`;
  return item;
}

function keyItem({ key: { keyid, record, key }, isSelf }: Extract<TeamNode, { kind: 'key' }>): TreeItem {
  const item = new TreeItem(record.label, TreeItemCollapsibleState.None);
  const state = record.revoked === undefined ? (key === undefined ? 'of an unknown kind, does not count' : undefined) : `revoked ${record.revoked.slice(0, 10)}`;
  item.id = `key:${keyid}`;
  item.description = [...(state === undefined ? [] : [state]), strengthOf(record.alg), ...(isSelf ? ['this editor'] : [])].join(' · ');
  item.iconPath = new ThemeIcon(record.revoked === undefined ? 'key' : 'circle-slash');
  item.contextValue = record.revoked === undefined ? 'key' : 'key revoked';
  item.tooltip = `${labelOf(record)}, added ${record.added.slice(0, 10)}${state === undefined ? '' : `, ${state}`}`;
  return item;
}

/** How sure an approval with it makes the others that a person meant it. */
function strengthOf(alg: string): string {
  if (alg.startsWith('webauthn-')) return 'passkey: finger, face or PIN each time';
  return alg === 'sshsig' ? 'SSH key' : alg === 'es256' ? 'software key' : alg;
}

function invitationItem({ invitation, answeredBy }: Extract<TeamNode, { kind: 'invitation' }>): TreeItem {
  const whom = invitation.name ?? 'somebody';
  const item = new TreeItem(answeredBy === undefined ? `Invitation for ${whom}` : `${answeredBy} wants to join`, TreeItemCollapsibleState.None);
  item.id = `invitation:${invitation.id}`;
  item.description = answeredBy === undefined ? `waiting, until ${new Date(invitation.expires).toISOString().slice(0, 10)}` : 'compare six words';
  item.iconPath = answeredBy === undefined ? new ThemeIcon('mail') : new ThemeIcon('bell-dot', new ThemeColor('list.warningForeground'));
  item.contextValue = answeredBy === undefined ? 'invitation' : 'invitation answered';
  item.tooltip = answeredBy === undefined ? 'Nobody answered yet.' : `${answeredBy} made a key. Have them read six words to you.`;
  if (answeredBy !== undefined) item.command = { command: 'countersign.acceptMember', title: 'Accept', arguments: [invitation.id] };
  return item;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Said before it blocks. */
export function expiryText(team: Team, freshness: 'fresh' | 'expires-soon' | 'expired', now: number): string | undefined {
  if (freshness === 'fresh') return undefined;
  const date = team.body.expires.slice(0, 10);
  if (freshness === 'expired') return `Since ${date} nothing can be confirmed`;
  const days = Math.ceil(((epochOf(team.body.expires) ?? now) - now) / dayMs);
  return `Valid for ${days === 1 ? 'one more day' : `${String(days)} more days`}`;
}
