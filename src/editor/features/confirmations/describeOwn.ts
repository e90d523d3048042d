/** Puts together what is known about one own request: from what was signed and kept, and from the team as it is now. */
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import type { PendingRequest } from '../../../app/approvalPorts.ts';
import { teamOf } from '../../../app/approvedChecks.ts';
import { approversFor } from '../../../core/approval/approvers.ts';
import { requestDigest, sixWords } from '../../../core/approval/digest.ts';
import { parseRequest } from '../../../core/approval/request.ts';
import { memberOf } from '../../../core/approval/team.ts';
import { strictTerms } from '../../../core/approval/terms.ts';
import { verifyApproval } from '../../../core/approval/verifyApproval.ts';
import { peerTerms } from '../../../core/policy/peerConfirmation.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import { reachOf } from './linkReach.ts';
import type { OwnRequest } from './ownRequest.ts';

export type DescribePorts = { readonly confirmation: Pick<Confirmation, 'crypto' | 'team' | 'servers'>; readonly catalogue: Pick<ConnectionCatalogue, 'byId'>; /** The editor runs on another machine than its window. */ readonly isRemote: boolean; /** Epoch ms. */ readonly now: number };

/** Without the team nothing is approved; when it ends is what it says itself. */
const ofNoTeam = { ...strictTerms, ttlMinutes: Number.POSITIVE_INFINITY };

/** `undefined` when what is kept is no request. */
export async function describeOwn({ confirmation: { crypto, team, servers }, catalogue, isRemote, now }: DescribePorts, entry: PendingRequest): Promise<Omit<OwnRequest, 'stage' | 'end' | 'line' | 'why'> | undefined> {
  const body = parseRequest(entry.body);
  if (body === undefined) return undefined;
  const state = await teamOf(team, entry);
  const accepted = state.kind === 'accepted' ? state.team : undefined;
  const where = catalogue.byId(entry.connection) ?? { environment: body.facts.environment, protected: true, name: body.target.profile };
  const terms = accepted ? peerTerms(accepted.body.policy.confirmations, where, body.statements.map((statement) => statement.class)) : ofNoTeam;
  const verdict = await verifyApproval(crypto, { request: entry.body, team: state, terms, envelopes: entry.decisions, now });
  const approved = new Set(verdict.results.flatMap((result) => (result.kind === 'holds' ? [result.reviewer] : [])));
  const reach = accepted && entry.server !== undefined ? reachOf(entry.server, { isNamed: servers.named(accepted).includes(entry.server), isRemote }) : undefined;
  return {
    entry,
    body,
    verdict,
    ...(reach === undefined ? {} : { reach }),
    asked: accepted && body.emergency === undefined ? approversFor(accepted, terms, body.requester).filter(({ id }) => !approved.has(id)) : [],
    nameOf: (id) => (accepted && memberOf(accepted, id)?.name) ?? id,
    words: (await sixWords(crypto, 'request', await requestDigest(crypto, entry.body))).join(' '),
  };
}
