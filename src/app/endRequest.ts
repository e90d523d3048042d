/** What the ends of a request share: how it is kept, told to its server, and what of its answers is recorded. */
import type { EnvelopeResult } from '../core/approval/verifyApproval.ts';
import { signAct } from '../protocol/confirmation.ts';
import type { Approvals, PendingRequest } from './approvalPorts.ts';

/** Answers that count, whole, so that they can be checked from the record alone; of the others why they do not. */
export function answersOf(results: readonly EnvelopeResult[], envelopes: readonly unknown[]): { readonly decisions: readonly object[]; readonly notCounted: readonly string[] } {
  return {
    decisions: envelopes.filter((envelope, index): envelope is object => results[index]?.kind === 'holds' && typeof envelope === 'object' && envelope !== null),
    notCounted: results.flatMap((result) => (result.kind === 'not-counted' ? [result.code] : [])),
  };
}

export type Held = { readonly approvals: Approvals; readonly entry: PendingRequest };

/** Here for certain; at the server as well as that can be done. Never rejects. */
export async function end({ approvals, entry }: Held, facts: Pick<PendingRequest, 'state'> & { readonly note: string }, now: number): Promise<void> {
  const { pending, team, filing, crypto } = approvals;
  await pending.change(entry.id, facts).catch(() => undefined);
  const self = entry.server === undefined ? undefined : await team.self();
  if (entry.server === undefined || self === undefined) return;
  const act = await signAct(crypto, { id: entry.id, action: 'close', time: now }, self.signer).catch(() => undefined);
  if (act) await filing.desk(entry.server).close(entry.id, act).catch(() => undefined);
}
