/** Everything a person does with a team: the commands, the view, and what is said about a file that is not in force. Loaded with its first use. */
import { commands, window } from 'vscode';
import type { Disposable, TreeItem } from 'vscode';
import type { Invitation } from '../../../adapters/confirmation/invitations.ts';
import type { TeamReport } from '../../../adapters/confirmation/teamFolder.ts';
import { selfIn } from '../../../adapters/confirmation/teamStore.ts';
import { sixWords } from '../../../core/approval/digest.ts';
import { describeTeamRefusal } from '../../../core/approval/refusalText.ts';
import { teamFreshness } from '../../../core/approval/teamChain.ts';
import type { Team } from '../../../core/approval/team.ts';
import { plainText } from '../../plainText.ts';
import { acceptMember } from './acceptMember.ts';
import { addMyKey, removeMember, renewTeam, revokeKey } from './changeMembers.ts';
import { forgetTeam } from './forgetTeam.ts';
import { inviteMember } from './inviteMember.ts';
import { joinTeam } from './joinTeam.ts';
import { changeRoles } from './memberRoles.ts';
import { setUpTeam } from './setUpTeam.ts';
import { signTeamFile } from './signTeamFile.ts';
import type { TeamContext } from './teamContext.ts';
import { createTeamNotices } from './teamNotices.ts';
import { expiryText, teamItem } from './teamNodes.ts';
import type { TeamNode } from './teamNodes.ts';

export interface TeamFeature extends Disposable {
  setUp(): Promise<void>;
  show(): Promise<void>;
  invite(): Promise<void>;
  /** @param argument - an invitation's id, or its row */
  accept(argument?: unknown): Promise<void>;
  /** @param argument - a link or a text */
  join(argument?: unknown): Promise<void>;
  sign(): Promise<void>;
  addKey(): Promise<void>;
  revokeKey(argument?: unknown): Promise<void>;
  changeRoles(argument?: unknown): Promise<void>;
  removeMember(argument?: unknown): Promise<void>;
  renew(): Promise<void>;
  forget(): Promise<void>;
  item(node: TeamNode): TreeItem;
  children(node?: TeamNode): Promise<TeamNode[]>;
  /** Looks at the file, and goes on waiting for answers. */
  watch(): Promise<void>;
}

export function createTeamFeature(context: TeamContext): TeamFeature {
  const { confirmation, memory } = context;
  const notices = createTeamNotices(context);
  let following = new AbortController();
  const follow = (): void => {
    following.abort();
    following = new AbortController();
    void confirmation.invitations.follow(following.signal, (invitation) => {
      context.changed();
      void announce(context, invitation);
    });
  };
  return {
    setUp: async () => await setUpTeam(context),
    show: async () => await commands.executeCommand('countersign.team.focus'),
    async invite() {
      if (await inviteMember(context)) follow();
    },
    accept: async (argument) => await acceptMember(context, idIn(argument)),
    join: async (argument) => await joinTeam(context, typeof argument === 'string' ? argument : undefined),
    sign: async () => await signTeamFile(context),
    async addKey() {
      await addMyKey(context);
      follow();
    },
    revokeKey: async (argument) => await revokeKey(context, isNode(argument, 'key') ? argument.key.keyid : undefined),
    changeRoles: async (argument) => await changeRoles(context, isNode(argument, 'member') ? argument.member.id : undefined),
    removeMember: async (argument) => await removeMember(context, isNode(argument, 'member') ? argument.member.id : undefined),
    renew: async () => await renewTeam(context),
    async forget() {
      await forgetTeam(context);
      await notices.refresh();
    },
    item: teamItem,
    children: async (node) => (node === undefined ? await roots(context) : await childrenOf(context, node)),
    async watch() {
      await notices.refresh();
      const open = await confirmation.invitations.list();
      if (open.length > 0) follow();
      else await memory.update('countersign.invitations', undefined);
    },
    dispose() {
      following.abort();
      notices.dispose();
    },
  };
}

async function announce({ confirmation }: TeamContext, invitation: Invitation): Promise<void> {
  const [answer] = (await confirmation.invitations.answersOf(invitation)).toReversed();
  const compare = 'Compare the Words';
  const name = answer?.body.member.name ?? 'Somebody';
  if ((await window.showInformationMessage(plainText(`${name} wants to join the team “${invitation.team}”. Call them, and have them read six words to you.`), compare)) === compare) await commands.executeCommand('countersign.acceptMember', invitation.id);
}

async function roots(context: TeamContext): Promise<TeamNode[]> {
  const { confirmation } = context;
  const report = await confirmation.team.report();
  // Before it is known, the view does not say that there is none.
  void commands.executeCommand('setContext', 'countersign.hasNoTeam', report.kind === 'none');
  const team = teamOf(report);
  const problem: readonly TeamNode[] = report.kind === 'refused' ? [{ kind: 'problem', text: report.detail ?? describeTeamRefusal(report.code), file: report.place.file, canBeSigned: report.code === 'team-unsigned' }] : [];
  if (team === undefined) return [...problem];
  const now = context.clock.now();
  const freshness = teamFreshness(team, now);
  const expiry = expiryText(team, freshness, now);
  const own = await confirmation.keys.find(team.body.team);
  const self = own.kind === 'found' ? selfIn(team, own.key) : undefined;
  const words = await sixWords(confirmation.crypto, 'team', team.digest);
  return [
    ...problem,
    ...(expiry === undefined ? [] : [{ kind: 'expiry', text: expiry, isOver: freshness === 'expired' } as const]),
    { kind: 'head', team },
    { kind: 'words', half: 'first', words },
    { kind: 'words', half: 'second', words },
    ...team.body.members.map((member): TeamNode => ({ kind: 'member', team, member, isSelf: member.id === self?.member.id })),
    ...(await invitationNodes(context, team)),
  ];
}

async function invitationNodes({ confirmation: { invitations } }: TeamContext, team: Team): Promise<readonly TeamNode[]> {
  const open = (await invitations.list()).filter((each) => each.team === team.body.team);
  return await Promise.all(
    open.map(async (invitation): Promise<TeamNode> => {
      const fresh = (await invitations.answersOf(invitation)).filter(({ keyid }) => !team.keys.has(keyid));
      return { kind: 'invitation', invitation, answeredBy: fresh.at(-1)?.body.member.name };
    }),
  );
}

async function childrenOf({ confirmation }: TeamContext, node: TeamNode): Promise<TeamNode[]> {
  if (node.kind !== 'member') return [];
  const own = await confirmation.keys.find(node.team.body.team);
  return [...node.team.keys.values()].filter(({ member }) => member.id === node.member.id).map((key): TeamNode => ({ kind: 'key', key, isSelf: own.kind === 'found' && own.key.keyid === key.keyid }));
}

function teamOf(report: TeamReport): Team | undefined {
  if (report.kind === 'none') return undefined;
  return report.kind === 'accepted' ? report.team : report.pinned;
}

function idIn(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  return isNode(argument, 'invitation') ? argument.invitation.id : undefined;
}

/** Anybody can call a command with anything. */
function isNode<Kind extends TeamNode['kind']>(argument: unknown, kind: Kind): argument is Extract<TeamNode, { kind: Kind }> {
  return typeof argument === 'object' && argument !== null && 'kind' in argument && argument.kind === kind;
}
