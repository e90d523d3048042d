/** Somebody takes back what they asked others to confirm. */
import { parseRequest } from '../core/approval/request.ts';
import type { Actor } from '../core/audit/record.ts';
import type { ConnectionProfile } from '../core/profile/connection.ts';
import { signAct } from '../protocol/confirmation.ts';
import type { ApprovedPorts } from './approvedExecution.ts';
import { createRecorder } from './run.ts';
import type { PendingRequest } from './approvalPorts.ts';

export type CancelPorts = Pick<ApprovedPorts, 'analyser' | 'journal' | 'clock' | 'approvals'>;
export type CancelOrder = { readonly entry: PendingRequest; readonly connection: ConnectionProfile; readonly actor: Actor };

/** `told`: the server knows, or there is none. Where it does not, reviewers see the request until it expires, and approving it does nothing. */
export type Cancelled = { readonly kind: 'cancelled'; readonly told: boolean } | { readonly kind: 'not-cancelled'; /** It runs or ran already. */ readonly state: PendingRequest['state'] };

/** Taken like for a run, so that no window of this machine runs it from then on, whatever comes. Rejects when that cannot be kept. */
export async function cancelRequest(ports: CancelPorts, { entry, connection, actor }: CancelOrder): Promise<Cancelled> {
  const { pending } = ports.approvals;
  // It is final: nobody withdraws that others look at it.
  if (parseRequest(entry.body)?.afterwards !== undefined) return { kind: 'not-cancelled', state: entry.state };
  if (!(await pending.take(entry.id))) return { kind: 'not-cancelled', state: (await pending.get(entry.id))?.state ?? 'cancelled' };
  await pending.change(entry.id, { state: 'cancelled' });
  const verdict = await ports.analyser.analyse(entry.text, connection.dialect);
  const record = createRecorder(ports.clock, { run: entry.run, connection, actor, text: entry.text }, verdict);
  await ports.journal.outcome(record('outcome', { outcome: 'cancelled', reason: 'cancelled by who asked' }));
  return { kind: 'cancelled', told: await close(ports, entry) };
}

async function close({ approvals: { crypto, team, filing }, clock }: CancelPorts, { id, server }: PendingRequest): Promise<boolean> {
  if (server === undefined) return true;
  const self = await team.self();
  if (self === undefined) return false;
  const answer = await filing.desk(server).close(id, await signAct(crypto, { id, action: 'close', time: clock.now() }, self.signer));
  return answer.kind !== 'unreachable';
}
