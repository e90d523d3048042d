/** Who else has to confirm a change that is shown, for the panel that shows it. */
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import { approversFor, describeMatch, describeTerms, lackingApprovers } from '../../../core/approval/approvers.ts';
import { wasRejectedLately } from '../../../app/rejectedBefore.ts';
import { describeTeamRefusal } from '../../../core/approval/refusalText.ts';
import type { Member, Team } from '../../../core/approval/team.ts';
import { teamFreshness } from '../../../core/approval/teamChain.ts';
import type { Terms } from '../../../core/approval/terms.ts';
import { maskingNote } from '../../../core/masking/maskingNote.ts';
import type { ConfirmationPolicy } from '../../../core/policy/confirmation.ts';
import type { PeerModel } from '../../../protocol/peerReview.ts';
import { emergencyFor } from '../breakGlass/emergencyModel.ts';
import { peerTerms, type OpenReview } from '../review/openReview.ts';

/** Tells a review, as soon as it is known, who can be asked, or that nobody is. Never rejects. */
export async function tellPeers(review: OpenReview, policy: ConfirmationPolicy | undefined, { confirmation, hasFolder }: { readonly confirmation: () => Promise<Asked>; /** The window has one that a team could belong to. */ readonly hasFolder: boolean }): Promise<void> {
  const terms = peerTerms(review.request);
  if (terms) return review.tell({ type: 'peer', peer: await peersFor(await confirmation(), terms, { review, hidden: policy?.hidden ?? [] }) });
  if (isAlone(review, policy)) review.tell({ type: 'alone', alone: { text: hasFolder ? 'Nobody else confirms this: no team is set up.' : 'Nobody else confirms this: this window has no folder, and a team belongs to one. Open the folder of your project where others shall confirm.' } });
}

/** A second person would be asked here, were there a team. */
function isAlone({ request: { connection, statements } }: OpenReview, policy: ConfirmationPolicy | undefined): boolean {
  const dangerous = ['destructive', 'privilege', 'admin', 'unknown'];
  return policy?.team.kind === 'none' && policy.wish === undefined && connection.environment === 'production' && statements.some((statement) => dangerous.includes(statement.class));
}

type Asked = Pick<Confirmation, 'team' | 'pending'>;
/** The change with its rows as they are known by then, and what the person hides of them. */
type Shown = { readonly review: OpenReview; readonly hidden: readonly string[] };

async function peersFor({ team: source, pending }: Asked, terms: Terms, { review, hidden }: Shown): Promise<PeerModel> {
  const [state, self] = [await source.state(), await source.self()];
  const nobody = (problem: string): PeerModel => ({ terms: describeTerms(terms), notes: [], members: [], problem });
  if (state === undefined) return nobody('There is no team to ask. Use \u201cSet Up a Team\u201d first.');
  if (state.kind === 'refused') return nobody(`Nobody can confirm anything now: ${describeTeamRefusal(state.code)}.`);
  if (self === undefined) return nobody('No key on this machine belongs to a member of the team, so nobody could tell that it is you who asks. Use \u201cJoin a Team\u201d, or have an administrator add your key.');
  const emergency = await emergencyOf(pending, state.team, terms, { review, self: self.member });
  const masked = maskingNote(review.tables, { team: state.team.body.policy.masking ?? [], hidden });
  const peer = { ...describePeers(state.team, terms, self.member), ...(emergency === undefined ? {} : { emergency }) };
  return masked === undefined ? peer : { ...peer, notes: [...peer.notes, masked] };
}

/** Not where the rules forbid it, nor where somebody has just said no to the same; what cannot be read counts as a no. */
async function emergencyOf(pending: Asked['pending'], team: Team, terms: Terms, { review, self }: { readonly review: OpenReview; readonly self: Member }): Promise<PeerModel['emergency']> {
  const { connection, statements } = review.request;
  const now = Date.now();
  if (!terms.breakGlass || teamFreshness(team, now) === 'expired') return undefined;
  const isRejected = await wasRejectedLately(pending, { statements, connection: connection.id }, now).catch(() => true);
  return isRejected ? undefined : emergencyFor(team, terms, self, connection.name);
}

/** Pure. */
export function describePeers(team: Team, terms: Terms, self: Pick<Member, 'id'>): PeerModel {
  const approvers = approversFor(team, terms, self.id);
  const lacking = lackingApprovers(terms, approvers);
  return {
    terms: describeTerms(terms),
    notes: [describeMatch(terms), `They have ${describeMinutes(terms.ttlMinutes)}. Nothing is open on the database meanwhile.`],
    members: approvers.map(({ id, name, roles, enc }) => ({ id, name, note: [roles.join(', '), enc === undefined ? 'needs the link' : ''].filter((part) => part !== '').join(' \u00b7 ') })),
    ...(lacking === 0 ? {} : { problem: `There are not enough others in the team who could confirm this. ${describeTerms(terms)} Have an administrator add them, or their keys.` }),
  };
}

export function describeMinutes(minutes: number): string {
  if (minutes < 120) return minutes === 1 ? 'one minute' : `${String(minutes)} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${String(hours)} hours` : `${String(Math.round(hours / 24))} days`;
}
