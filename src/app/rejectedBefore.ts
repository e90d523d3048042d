/** Whether somebody said no to the same thing a short while ago, as far as this machine knows: then it is not done without them. */
import { parseRequest } from '../core/approval/request.ts';
import type { ConnectionId } from '../core/profile/connection.ts';
import { parseB64u } from '../core/approval/bytes.ts';
import { parseDecision } from '../core/approval/decision.ts';
import { isObject } from '../core/approval/guards.ts';
import type { PendingRequest, PendingRequests } from './approvalPorts.ts';

const longMs = 24 * 60 * 60 * 1000;

export type SameThing = { readonly statements: readonly { readonly text: string }[]; readonly connection: ConnectionId; /** Where it is known: a connection with another name leads there too. */ readonly system?: string };

/** Rejects when what is kept cannot be read: then it is not known. */
export async function wasRejectedLately(pending: Pick<PendingRequests, 'list'>, { statements, connection, system }: SameThing, now: number): Promise<boolean> {
  const texts = JSON.stringify(statements.map(({ text }) => text.trim()));
  return (await pending.list()).some((entry) => {
    if (entry.state !== 'rejected' || rejectedAt(entry) < now - longMs) return false;
    const body = parseRequest(entry.body);
    if (body === undefined || JSON.stringify(body.statements.map(({ sql }) => sql.trim())) !== texts) return false;
    return entry.connection === connection || body.target.system === system;
  });
}

function rejectedAt({ decisions, created }: PendingRequest): number {
  return decisions.reduce<number>((latest, envelope) => {
    const payload = isObject(envelope) && typeof envelope['payload'] === 'string' ? parseB64u(envelope['payload']) : undefined;
    const decision = payload && parseDecision(payload);
    return decision?.decision === 'reject' ? Math.max(latest, decision.time) : latest;
  }, created);
}
