/** Others to ask, in memory: Alice asks, Bob confirms; no server has anything. */
import type { Approvals, PendingRequest, PendingRequests } from '../../src/app/approvalPorts.ts';
import type { ConfirmationPolicy } from '../../src/core/policy/confirmation.ts';
import { crypto } from '../support/confirmation/keys.ts';
import { cast } from '../support/confirmation/relay.ts';

export type FakeApprovals = Approvals & { readonly kept: Map<string, PendingRequest>; readonly policy: ConfirmationPolicy };

export async function fakeApprovals(facts: Partial<Approvals> = {}): Promise<FakeApprovals> {
  const people = await cast();
  const member = people.team.keys.get(people.alice.keyid)?.member;
  if (!member) throw new Error('Alice is not in the team');
  const kept = new Map<string, PendingRequest>();
  return {
    crypto,
    team: { state: () => Promise.resolve({ kind: 'accepted', team: people.team }), self: () => Promise.resolve({ member, signer: people.alice.signer }) },
    pending: pendingIn(kept),
    filing: { file: () => Promise.resolve({ problem: 'none is set' }), desk: () => { throw new Error('there is no server'); } },
    ...facts,
    kept,
    policy: { team: { kind: 'accepted', rules: people.team.body.policy.confirmations } },
  };
}

function pendingIn(kept: Map<string, PendingRequest>): PendingRequests {
  const changed = (id: string, facts: Partial<PendingRequest>): PendingRequest => {
    const entry = kept.get(id);
    if (!entry) throw new Error('it is not kept here');
    const next = { ...entry, ...facts };
    kept.set(id, next);
    return next;
  };
  return {
    keep: (entry) => (kept.set(entry.id, entry), Promise.resolve()),
    change: (id, facts) => Promise.resolve(changed(id, facts)),
    get: (id) => Promise.resolve(kept.get(id)),
    list: () => Promise.resolve([...kept.values()]),
    keepClaim: (id, claim, refused) => Promise.resolve(changed(id, { claim: kept.get(id)?.claim === refused ? claim : (kept.get(id)?.claim ?? claim) }).claim ?? claim),
    take: (id) => Promise.resolve(kept.get(id)?.state === 'waiting' && changed(id, { state: 'taken' }).state === 'taken'),
    remove: (id) => (kept.delete(id), Promise.resolve()),
  };
}
