/** Whether, and how, this person may go on without others, for the panel that shows the change. Pure. */
import { lackingKey, shortestReason, signingWay } from '../../../core/approval/emergency.ts';
import type { Member, Team } from '../../../core/approval/team.ts';
import type { Terms } from '../../../core/approval/terms.ts';
import type { EmergencyModel } from '../../../protocol/peerReview.ts';

/** @param connection - its name, which has to be typed. `undefined`: the signed rules do not allow it, so nothing says that it could be. */
export function emergencyFor(team: Pick<Team, 'keys'>, terms: Terms, self: Pick<Member, 'id'>, connection: string): EmergencyModel | undefined {
  if (!terms.breakGlass) return undefined;
  const way = signingWay(team, self.id, terms.assurance);
  return {
    phrase: connection,
    shortestReason,
    notes: [
      `Your signature goes into the record: ${way === 'editor' ? 'the key of this editor makes it' : 'your passkey makes it, in the browser'}. An alert goes out at once to every place that gets alerts, before anything runs.`,
      'Then it runs again, and is committed only if it does exactly what is shown here. Where there is a way back, it is kept first, or nothing is committed.',
      'Others are asked to review it afterwards. Until one of them has signed, it stays red.',
    ],
    ...(way === undefined ? { problem: lackingKey(terms.assurance) } : {}),
  };
}
