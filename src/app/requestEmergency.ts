/**
 * A change that others would have to confirm, wanted at once: it becomes a request like any other, for which only its requester's own
 * signature counts. What runs because of it, and how it is checked, is the same as for every request.
 */
import { lackingKey, shortestReason, signingWay } from '../core/approval/emergency.ts';
import { describeTeamRefusal } from '../core/approval/refusalText.ts';
import { teamFreshness } from '../core/approval/teamChain.ts';
import { toFailure } from '../core/errors.ts';
import type { Approvals } from './approvalPorts.ts';
import type { Consent } from './ports.ts';
import { wasRejectedLately } from './rejectedBefore.ts';
import { ask, type AskedPeers, type Askable, type Asking } from './requestApproval.ts';
import type { Run } from './run.ts';

export type EmergencyWish = Omit<Extract<Consent, { kind: 'break-glass' }>, 'kind'>;

/** Never rejects. */
export async function requestEmergency(run: Run, approvals: Approvals, askable: Askable, wish: EmergencyWish): Promise<AskedPeers> {
  try {
    const asking = await whoBreaks(run, approvals, askable, wish);
    return typeof asking === 'string' ? not(asking) : await ask(run, approvals, askable, asking);
  } catch (thrown) {
    return not(toFailure(thrown).message);
  }
}

/** Why it is not possible, as a sentence; or what is asked. */
async function whoBreaks({ ports, request }: Run, { team, pending }: Approvals, askable: Askable, wish: EmergencyWish): Promise<Asking | string> {
  const { terms, place, statements } = askable;
  const said = problemOf(request, askable, wish);
  if (said !== undefined) return said;
  const state = await team.state();
  if (state === undefined) return 'There is no team whose rules would allow it.';
  if (state.kind === 'refused') return `The rules of the team are not in force, because ${describeTeamRefusal(state.code)}.`;
  if (teamFreshness(state.team, ports.clock.now()) === 'expired') return `The rules of the team are not in force, because ${describeTeamRefusal('team-expired')}.`;
  const self = await team.self();
  if (self === undefined) return 'No key on this machine belongs to a member of the team, so nobody could tell that it is you.';
  const way = signingWay(state.team, self.member.id, terms.assurance);
  if (way === undefined) return lackingKey(terms.assurance);
  if (place === undefined) return 'The server did not say which one it is, so your signature could not be bound to it. Try again.';
  if (await wasRejectedLately(pending, { statements, connection: request.connection.id, system: place.system }, ports.clock.now())) return 'Somebody of the team rejected the same statement here within the last day. Talk to them.';
  return { team: state.team, self, reason: wish.reason.trim(), whom: [], emergency: { withoutUndo: wish.withoutUndo }, stays: way === 'editor' };
}

/** What can be said without asking anybody. */
function problemOf({ actor, connection }: Run['request'], { terms, notice }: Askable, { reason, typed, withoutUndo }: EmergencyWish): string | undefined {
  if (actor.kind !== 'human') return 'Only a person can do that, never an agent.';
  if (!terms.breakGlass) return 'The signed rules of the team do not allow it for this.';
  if (typed !== connection.name) return `What was typed is not “${connection.name}”.`;
  if (reason.trim().length < shortestReason) return `Say why, in ${String(shortestReason)} characters or more: everybody reads that.`;
  if (!withoutUndo && (notice === undefined || notice.kind === 'none')) return `There will be no way back${notice === undefined ? '' : `, because ${notice.reason}`} Say that you know it.`;
  return undefined;
}

function not(why: string): AskedPeers {
  return { kind: 'not-asked', message: `Nothing was committed, and nothing is open. ${why}` };
}
