/** Who brings records to a log: the person here, as the team in force knows them. */
import type { TeamInForce } from '../../../app/approvalPorts.ts';
import type { SignedTeam } from '../../../core/approval/teamChain.ts';
import type { LogMember } from './countersign.ts';

export type LogTeam = {
  readonly team: TeamInForce;
  /** Signed versions of a team's file that were accepted here, oldest first. */
  files(team: string): Promise<readonly SignedTeam[]>;
};

/** `undefined` while no team is in force here, or no key on this machine belongs to one of its members. */
export async function logMemberOf({ team, files }: LogTeam): Promise<LogMember | undefined> {
  const state = await team.state();
  const self = state?.kind === 'accepted' ? await team.self() : undefined;
  if (state?.kind !== 'accepted' || self === undefined) return undefined;
  const { team: name, audit } = state.team.body;
  return { team: name, id: self.member.id, signer: self.signer, logs: audit?.logs ?? [], files: async () => await files(name) };
}
