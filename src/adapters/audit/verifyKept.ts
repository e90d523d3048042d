/** Whether what is kept of logs beside a spool holds, without asking anybody. */
import { createCrypto } from '../../core/approval/crypto.ts';
import { removedHeads } from '../../core/audit/pruned.ts';
import { verifyReceipts, type LocalEvents } from '../../core/audit/verifyReceipts.ts';
import { readKeptLogs } from './readKeptLogs.ts';
import { sha256Bytes } from './spool/digest.ts';
import type { ReadStream } from './spool/streams.ts';

export type KeptFinding = { readonly where: string; readonly message: string; readonly suspicious: boolean };

export async function verifyKept(folder: string, streams: readonly ReadStream[]): Promise<readonly KeptFinding[]> {
  const crypto = createCrypto(globalThis.crypto);
  const local = localEvents(streams);
  const findings: KeptFinding[] = [];
  for (const { endpoint, alarms, ...kept } of await readKeptLogs(folder, streams.map(({ stream }) => stream))) {
    const verified = await verifyReceipts({ crypto, hash: sha256Bytes }, kept, local);
    findings.push(...verified.findings.map(({ where, message, suspicious }) => ({ where: `log “${endpoint}”, ${where}`, message, suspicious })));
    findings.push(...alarms.map((alarm) => ({ where: `log “${endpoint}”`, message: alarmText(alarm), suspicious: true })));
  }
  return findings;
}

export function alarmText({ time, kind }: { readonly time: number; readonly kind: string }): string {
  return `broke its word on ${new Date(time).toISOString()} (${kind}); what it answered then is kept`;
}

export function localEvents(streams: readonly ReadStream[]): LocalEvents {
  const removed = removedHeads(streams.flatMap(({ events }) => events.map(({ body }) => body)));
  return {
    streams: new Map(streams.map(({ stream, events }) => [stream, events])),
    removed: new Map([...removed].map(([stream, heads]) => [stream, Math.max(...heads.map(({ seq }) => seq))])),
  };
}
