/** Reads what is kept of logs beside a spool: keys, checkpoints, receipts and alarms, one log for each endpoint that is one. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseB64u } from '../../core/approval/bytes.ts';
import { isObject } from '../../core/approval/guards.ts';
import type { LogKey } from '../../core/audit/checkpoint.ts';
import { splitNotes } from '../../core/audit/checkpointNote.ts';
import type { Receipt } from '../../core/audit/receipt.ts';
import { parseReceiptLines } from '../../core/audit/verifyReceipts.ts';
import { parseReceipt } from '../../protocol/audit.ts';
import { alarmsFile, checkpointsFile, logsIn, pinFile, receiptsFile, type Alarm } from './delivery/countersignKept.ts';

export type KeptLogOfEndpoint = {
  readonly endpoint: string;
  /** Absolute path. */
  readonly folder: string;
  readonly log: LogKey;
  /** In the order in which they came. */
  readonly notes: readonly string[];
  readonly receipts: readonly Receipt[];
  readonly alarms: readonly Alarm[];
};

/** @param streams - whose receipts are wanted */
export async function readKeptLogs(folder: string, streams: readonly string[]): Promise<readonly KeptLogOfEndpoint[]> {
  const names: readonly string[] = await readdir(logsIn(folder)).catch(ifMissing);
  const kept = await Promise.all(names.toSorted().map(async (name) => await readKept(folder, path.join(logsIn(folder), name), streams)));
  return kept.flatMap((each) => each ?? []);
}

async function readKept(folder: string, own: string, streams: readonly string[]): Promise<KeptLogOfEndpoint | undefined> {
  const pin = parsePin(await textOf(path.join(own, pinFile)));
  if (pin === undefined) return undefined;
  const receipts: Receipt[] = [];
  for (const stream of streams) receipts.push(...parseReceiptLines(await textOf(path.join(folder, stream, receiptsFile(pin.endpoint))), withoutTime));
  return {
    ...pin,
    folder: own,
    notes: splitNotes(await textOf(path.join(own, checkpointsFile))),
    receipts: receipts.toSorted((a, b) => a.since - b.since),
    alarms: parseReceiptLines(await textOf(path.join(own, alarmsFile)), parseAlarm),
  };
}

/** A receipt as it is kept says when it came, and of which log. */
function withoutTime(value: unknown): Receipt | undefined {
  if (!isObject(value)) return undefined;
  const { time: _time, origin: _origin, ...receipt } = value;
  return parseReceipt(receipt);
}

function parsePin(text: string): { readonly endpoint: string; readonly log: LogKey } | undefined {
  const [pin] = parseReceiptLines(text, (value) => {
    const { endpoint, origin, pub } = isObject(value) ? value : {};
    const key = typeof pub === 'string' ? parseB64u(pub) : undefined;
    return typeof endpoint === 'string' && typeof origin === 'string' && key !== undefined ? { endpoint, log: { origin, pub: key } } : undefined;
  });
  return pin;
}

function parseAlarm(value: unknown): Alarm | undefined {
  const { time, kind, note } = isObject(value) ? value : {};
  return typeof time === 'number' && typeof kind === 'string' && typeof note === 'string' ? { time, kind, note } : undefined;
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

function ifMissing(error: NodeJS.ErrnoException): readonly string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
