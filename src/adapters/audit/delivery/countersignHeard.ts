/** Whether checkpoints that others were shown belong to the log as it is known here. Asks the log for the proof, and believes only that. */
import { parseB64u } from '../../../core/approval/bytes.ts';
import type { Bytes } from '../../../core/approval/bytes.ts';
import type { Crypto } from '../../../core/approval/crypto.ts';
import type { Checkpoint, LogKey } from '../../../core/audit/checkpoint.ts';
import { verifyConsistency } from '../../../core/audit/merkle.ts';
import { parseProofView } from '../../../protocol/audit.ts';
import { forgetHeard, openHeard } from '../heardCheckpoints.ts';
import { sha256Bytes } from '../spool/digest.ts';
import type { LogCaller, LogCalls } from './countersignCalls.ts';

export type Comparing = {
  readonly crypto: Crypto;
  readonly calls: LogCalls;
  readonly log: LogKey;
  readonly caller: LogCaller;
  /** Folder of the log. */
  readonly own: string;
  /** The largest that is kept here. */
  readonly latest: { readonly checkpoint: Checkpoint; readonly note: string };
};

/** The first that does not belong to it; what cannot be compared now is compared with the next delivery. */
export async function findOtherLog({ crypto, calls, log, caller, own, latest }: Comparing, signal: AbortSignal): Promise<string | undefined> {
  for (const heard of await openHeard(crypto, log, own)) {
    const [from, to] = heard.checkpoint.size <= latest.checkpoint.size ? [heard.checkpoint, latest.checkpoint] : [latest.checkpoint, heard.checkpoint];
    const answer = from.size === to.size ? ({ kind: 'ok', value: { size: to.size, proof: [] } } as const) : await calls.call(caller, { path: `/v1/audit/proof?from=${String(from.size)}&to=${String(to.size)}`, signal, parse: parseProofView });
    // Only that there is no such size is an answer: it signed for one that it says it never had.
    if (answer.kind === 'retry' || (answer.kind === 'refused' && answer.code !== 'not-found')) return undefined;
    const proof = answer.kind === 'ok' ? bytesOf(answer.value.proof) : undefined;
    if (proof === undefined || !verifyConsistency({ from, to, proof }, sha256Bytes)) return heard.note;
    await forgetHeard(heard);
  }
  return undefined;
}

function bytesOf(texts: readonly string[]): readonly Bytes[] | undefined {
  const parts = texts.map(parseB64u);
  return parts.every((part) => part !== undefined) ? parts : undefined;
}
