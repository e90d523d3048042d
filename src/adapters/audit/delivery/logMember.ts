/** Who brings records to a log: the person here, as the team in force knows them. */
import type { TeamInForce } from '../../../app/approvalPorts.ts';
import type { LogMember } from './countersign.ts';

/** `undefined` while no team is in force here, or no key on this machine belongs to one of its members. */
export async function logMemberOf(team: TeamInForce): Promise<LogMember | undefined> {
  const state = await team.state();
  const self = state?.kind === 'accepted' ? await team.self() : undefined;
  if (state?.kind !== 'accepted' || self === undefined) return undefined;
  const { team: name, audit } = state.team.body;
  return { team: name, signer: self.signer, logs: audit?.logs ?? [] };
}
