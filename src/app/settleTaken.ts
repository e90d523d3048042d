/**
 * Requests that were taken for execution by a program that ended before it could say how: the records tell. They are never run a second
 * time, and never left without an end.
 */
import type { RunFate } from '../core/audit/runFate.ts';
import type { PendingRequest, PendingRequests } from './approvalPorts.ts';

/** @param fates - of runs, by their records. Never rejects */
export async function settleTaken(pending: PendingRequests, fates: (runs: readonly string[]) => Promise<ReadonlyMap<string, RunFate>>): Promise<void> {
  const open = (await pending.list().catch(() => [])).filter(({ state }) => state === 'taken' || state === 'in-doubt');
  if (open.length === 0) return;
  const known = await fates(open.map(({ run }) => run));
  for (const entry of open) {
    const facts = endOf(known.get(entry.run) ?? 'in-doubt');
    if (facts && facts.state !== entry.state) await pending.change(entry.id, facts).catch(() => undefined);
  }
}

function endOf(fate: RunFate): Pick<PendingRequest, 'state'> & { readonly note?: string } | undefined {
  switch (fate) {
    case 'running':
      return undefined;
    case 'committed':
      return { state: 'committed' };
    case 'failed':
      return { state: 'failed', note: 'Not committed: the program that ran it ended before COMMIT was sent, so nothing was changed. Ask again.' };
    case 'in-doubt':
      return { state: 'in-doubt', note: 'The program that ran it ended while COMMIT may have been on its way. Look at the data, or at its entry in the activity, before you ask again.' };
  }
}
