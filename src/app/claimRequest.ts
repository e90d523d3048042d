/**
 * V16: a request is given out once. At its server, or where there is none by this machine, which remembers.
 *
 * The claim is kept before it is sent, and it is the only one this machine ever sends unless the server refused it: when the answer
 * is lost, asking again gets the same receipt. Nothing runs on a claim nobody confirmed.
 */
import type { Envelope } from '../core/approval/envelope.ts';
import type { ExecutionRefusal } from '../core/approval/executionRefusal.ts';
import { toFailure } from '../core/errors.ts';
import { signAct } from '../protocol/confirmation.ts';
import type { Approvals, PendingRequest, Self } from './approvalPorts.ts';

export type Claimed =
  | { readonly kind: 'claimed'; /** Signed by the server; absent where there is none. */ readonly receipt?: Envelope }
  | { readonly kind: 'refused'; readonly code: ExecutionRefusal; readonly detail?: string };

/** Never rejects. */
export async function claimRequest(approvals: Approvals, entry: Pick<PendingRequest, 'id' | 'server'>, self: Self, now: () => number): Promise<Claimed> {
  const { server, id } = entry;
  if (server === undefined) return { kind: 'claimed' };
  try {
    return await send(approvals, { id, server, self, now }, undefined);
  } catch (thrown) {
    return { kind: 'refused', code: 'not-kept', detail: toFailure(thrown).message };
  }
}

type Sending = { readonly id: string; readonly server: string; readonly self: Self; readonly now: () => number };

/** @param refused - a claim the server did not take */
async function send(approvals: Approvals, sending: Sending, refused: Envelope | undefined): Promise<Claimed> {
  const { crypto, pending, filing } = approvals;
  const { id, server, self, now } = sending;
  const own = await signAct(crypto, { id, action: 'claim', time: now() }, self.signer);
  const claim = await pending.keepClaim(id, own, refused);
  const answer = await filing.desk(server).claim(id, claim);
  switch (answer.kind) {
    case 'ok':
      return { kind: 'claimed', receipt: answer.value };
    case 'unreachable':
      return { kind: 'refused', code: 'claim-unreachable', detail: answer.message };
    case 'refused':
      // Made long ago and never arrived: the server would have known it. One more, made now.
      if (answer.code === 'clock' && refused === undefined && claim.payload !== own.payload) return await send(approvals, sending, claim);
      return { kind: 'refused', code: codeOf(answer.code), detail: answer.message };
  }
}

function codeOf(code: string): ExecutionRefusal {
  switch (code) {
    case 'claimed':
      return 'claimed-before';
    case 'expired':
      return 'request-expired';
    case 'clock':
      return 'claim-clock';
    default:
      return 'claim-refused';
  }
}
