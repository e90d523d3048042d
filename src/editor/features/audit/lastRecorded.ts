/** The last record of this machine, remembered apart from the records: so that a folder that is gone, or another one in its place, is noticed. */
import { hostname } from 'node:os';
import type { Memento } from 'vscode';
import type { Spool } from '../../../adapters/audit/spool/spool.ts';
import type { Clock } from '../../../app/ports.ts';
import { isHead, type ChainHead } from '../../../core/audit/chain.ts';

/** What the editor remembers can be shared by several machines. */
const keyOf = (folder: string): string => `countersign.records.last ${hostname()} ${folder}`;

/** Not every record is worth telling: an older one of the same stream does as well. */
const mostOften = 5000;

export function lastRecorded(memory: Memento, folder: string): ChainHead | undefined {
  const kept: unknown = memory.get(keyOf(folder));
  return isHead(kept) ? kept : undefined;
}

/** The returned function ends it. */
export function rememberLast(memory: Memento, folder: string, { spool, clock }: { readonly spool: Pick<Spool, 'onAppended'>; readonly clock: Pick<Clock, 'now'> }): () => void {
  let told: { readonly stream: string; readonly at: number } | undefined;
  return spool.onAppended((events) => {
    const last = events.at(-1);
    if (!last || (told?.stream === last.stream && clock.now() - told.at < mostOften)) return;
    told = { stream: last.stream, at: clock.now() };
    void memory.update(keyOf(folder), { stream: last.stream, seq: last.seq, hash: last.hash });
  });
}
