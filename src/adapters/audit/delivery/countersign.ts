/**
 * A Countersign server's log as an endpoint. It is believed nothing: an event counts as received when the log's signature, its
 * growth since the checkpoint kept here, and the place of the event in it have been checked, and the receipt is on disk.
 */
import { b64u, parseB64u } from '../../../core/approval/bytes.ts';
import { createCrypto } from '../../../core/approval/crypto.ts';
import { headOf, problemWith, type ChainedEvent } from '../../../core/audit/chain.ts';
import { openCheckpoint, type Checkpoint, type LogKey } from '../../../core/audit/checkpoint.ts';
import { problemWithReceipt, type Receipt, type Run } from '../../../core/audit/receipt.ts';
import { parseLogView, parseReceipt } from '../../../protocol/audit.ts';
import { sha256, sha256Bytes } from '../spool/digest.ts';
import { unanswered } from './answers.ts';
import { findOtherLog } from './countersignHeard.ts';
import { createLogCalls, type CallEnd, type LogCaller, type LogCalls } from './countersignCalls.ts';
import { createKeptLog, logFolder, type KeptLog } from './countersignKept.ts';
import type { Endpoint, SendResult } from './endpoint.ts';

/** The person here, as the team knows them. */
export type LogMember = LogCaller & {
  /** In the team file. */
  readonly id: string;
  /** Logs of the team file. With any, no other is believed; with none, the first one seen is. */
  readonly logs: readonly { readonly origin: string; readonly pub: string }[];
};

export type CountersignLogOptions = {
  readonly name: string;
  /** The server; a path below which it lives is kept. */
  readonly url: URL;
  readonly ca?: string;
  readonly now: () => number;
  /** The spool's folder. */
  readonly folder: string;
  /** Asked for each batch. `undefined`: nobody here is known to the team. */
  readonly member: () => Promise<LogMember | undefined>;
  /** Events of a stream from one number up to, and without, another: for a log that lacks what came before. */
  readonly earlier: (stream: string, from: number, to: number) => Promise<readonly ChainedEvent[]>;
  /** The log broke its word. Called once for each way in which it did. */
  readonly onAlarm?: (message: string, endpoint: string) => void;
};

type Known = { readonly log: LogKey; readonly member: LogMember };
type Failed = Exclude<SendResult, { kind: 'accepted' }>;
type Chunk = readonly ChainedEvent[];

/** Of one call. */
const most = { characters: 1_000_000, events: 500 };

export function createCountersignLog(options: CountersignLogOptions): Endpoint {
  const { name, url, ca, now, folder, earlier } = options;
  const crypto = createCrypto(globalThis.crypto);
  const calls = createLogCalls({ url, now, ...(ca === undefined ? {} : { ca }) });
  const kept = createKeptLog(crypto, folder, name);

  const raise = async (kind: AlarmKind, note: string, before?: string): Promise<Failed> => {
    const isNew = await kept.alarm({ time: now(), kind, note, ...(before === undefined ? {} : { kept: before }) });
    const why = `${alarms[kind]} What it signed is kept in ${logFolder(folder, name)}. Keep that folder, tell who is responsible for the records, and compare with “countersign audit verify”`;
    if (isNew) options.onAlarm?.(`The log “${name}” cannot be trusted: ${why}.`, name);
    return { kind: 'refused', why };
  };

  const deliver = async (known: Known, chunk: Chunk, signal: AbortSignal): Promise<SendResult> => {
    const before = await kept.latest(known.log);
    const answer = await calls.call(known.member, { path: '/v1/audit', json: { since: before?.checkpoint.size ?? 0, lines: chunk.map((event) => JSON.stringify(event)) }, signal, parse: parseReceipt });
    if (answer.kind === 'ok') return await accept(known, { receipt: answer.value, chunk, ...(before === undefined ? {} : { before }) });
    if (answer.kind === 'refused' && answer.code === 'fork') return await raise('fork', before?.note ?? '');
    if (answer.kind === 'refused' && answer.code === 'gap' && answer.next !== undefined) return await fill(known, { chunk, next: answer.next }, signal);
    // Of a program that is gone, and worked for somebody else.
    if (answer.kind === 'refused' && answer.code === 'other-member') return { kind: 'elsewhere', why: answer.message };
    return toFailed(answer);
  };

  /** A log that was set up anew, or lost something: it gets what it lacks, as far as it is here. */
  const fill = async (known: Known, { chunk, next }: { readonly chunk: Chunk; readonly next: number }, signal: AbortSignal): Promise<SendResult> => {
    const [first] = chunk;
    if (first === undefined || next >= first.seq) return { kind: 'refused', why: `it waits for event ${String(next)} of a stream that is already further` };
    const missing = await earlier(first.stream, next, first.seq);
    if (missing[0]?.seq !== next || !follows(missing, first)) return { kind: 'refused', why: `it lacks events from number ${String(next)} of stream ${first.stream} on, and they are not on this machine any more` };
    return await sendAll(known, [...missing, ...chunk], signal);
  };

  type Answered = { readonly receipt: Receipt; readonly chunk: Chunk; readonly before?: { readonly checkpoint: Checkpoint; readonly note: string } };
  const accept = async ({ log, member }: Known, { receipt, chunk, before }: Answered): Promise<SendResult> => {
    const opened = await openCheckpoint(crypto, log, receipt.note);
    if (opened.kind === 'refused') return await raise('unsigned', receipt.note, before?.note);
    const { checkpoint } = opened;
    const isAnswer = receipt.since === (before?.checkpoint.size ?? 0) && covers(receipt.runs, chunk);
    const problem = isAnswer ? problemWithReceipt({ receipt, checkpoint, previous: before?.checkpoint, hashesOf: (run) => hashesOf(run, chunk) }, sha256Bytes) : { kind: 'unreadable' as const };
    if (problem === undefined && receipt.runs.some((run) => run.member !== member.id)) return await raise('other-sender', receipt.note, before?.note);
    if (problem !== undefined) return await raise(problem.kind, receipt.note, before?.note);
    await kept.keep({ ...receipt, time: now(), origin: log.origin }, checkpoint);
    return { kind: 'accepted', receipt: receipt.note };
  };

  /** What others were shown has to belong to the log that received this. */
  const compareWithOthers = async ({ log, member }: Known, signal: AbortSignal): Promise<Failed | undefined> => {
    const latest = await kept.latest(log);
    const other = latest && (await findOtherLog({ crypto, calls, log, caller: member, own: logFolder(folder, name), latest }, signal));
    return other === undefined ? undefined : await raise('split', other, latest?.note);
  };

  const sendAll = async (known: Known, events: Chunk, signal: AbortSignal): Promise<SendResult> => {
    let last: SendResult = { kind: 'accepted' };
    for (const chunk of chunksOf(events)) {
      last = await deliver(known, chunk, signal);
      if (last.kind !== 'accepted') return last;
    }
    return last;
  };

  return {
    name,
    async send(events, signal) {
      try {
        const member = await options.member();
        if (member === undefined) return { kind: 'retry', why: nobody };
        const log = await believedLog({ calls, kept, member, raise }, signal);
        if ('why' in log) return log;
        const sent = await sendAll({ log, member }, events, signal);
        return sent.kind === 'accepted' ? ((await compareWithOthers({ log, member }, signal)) ?? sent) : sent;
      } catch (error) {
        return unanswered(error, signal);
      }
    },
    close: () => undefined,
  };
}

const nobody = 'no key on this machine belongs to a member of the team, and the log takes records of members only. Open the folder with the team file, and use “Join a Team…”, or “Set Up a Team…” where there is none';

type AlarmKind = 'fork' | 'split' | 'unsigned' | 'rolled-back' | 'rewritten' | 'unreadable' | 'not-included' | 'other-sender' | 'other-log';
const alarms: Readonly<Record<AlarmKind, string>> = {
  fork: 'it holds another event under a number that was recorded here: one of the two was changed.',
  split: 'it signed other events for another member of the team: it shows different people different logs.',
  unsigned: 'its answer is not signed with the key of the log that was pinned.',
  'rolled-back': 'it is smaller than it was: events it had confirmed are gone.',
  rewritten: 'it does not contain what it signed before: it was rewritten, or shows different logs to different people.',
  unreadable: 'its receipt proves nothing.',
  'not-included': 'its receipt is for another event than the one that was sent.',
  'other-sender': 'it says that somebody else sent what was sent from here.',
  'other-log': 'it is another log than the one that was pinned, or than those the team file names.',
};

type Believing = { readonly calls: LogCalls; readonly kept: KeptLog; readonly member: LogMember; readonly raise: (kind: AlarmKind, note: string) => Promise<Failed> };

/** The pinned log; on first use what the server says it is, if the team file does not say otherwise. */
async function believedLog({ calls, kept, member, raise }: Believing, signal: AbortSignal): Promise<LogKey | Failed> {
  const pinned = await kept.pinned();
  if (pinned !== undefined) return isNamed(pinned, member) ? pinned : await raise('other-log', '');
  const answer = await calls.call(member, { path: '/v1/audit/checkpoint', signal, parse: parseLogView });
  if (answer.kind !== 'ok') return toFailed(answer);
  const { origin, note } = answer.value;
  const log = { origin, pub: parseB64u(answer.value.pub) ?? new Uint8Array(0) };
  if (!isNamed(log, member)) return await raise('other-log', note);
  const opened = await openCheckpoint(createCrypto(globalThis.crypto), log, note);
  if (opened.kind === 'refused') return await raise('unsigned', note);
  await kept.pin(log);
  return log;
}

function isNamed({ origin, pub }: LogKey, { logs }: LogMember): boolean {
  return logs.length === 0 || logs.some((each) => each.origin === origin && each.pub === b64u(pub));
}

function toFailed(answer: Exclude<CallEnd<unknown>, { kind: 'ok' }>): Failed {
  return answer.kind === 'retry' ? answer : { kind: 'refused', why: answer.message };
}

/** Exactly the events that were sent, each once. */
function covers(runs: readonly Run[], chunk: Chunk): boolean {
  const covered = runs.flatMap(({ stream, seq, count }) => Array.from({ length: count }, (_, index) => `${stream} ${String(seq + index)}`));
  return covered.length === chunk.length && chunk.every(({ stream, seq }, index) => covered[index] === `${stream} ${String(seq)}`);
}

function hashesOf({ seq, count }: Run, chunk: Chunk): readonly string[] {
  const start = seq - (chunk[0]?.seq ?? 0);
  return chunk.slice(start, start + count).map(({ hash }) => hash);
}

function follows(missing: Chunk, next: ChainedEvent): boolean {
  const last = missing.at(-1);
  return last !== undefined && problemWith(next, headOf(last), sha256) === undefined;
}

function chunksOf(events: Chunk): readonly Chunk[] {
  const chunks: ChainedEvent[][] = [];
  let size = Infinity;
  for (const event of events) {
    const length = JSON.stringify(event).length;
    if (size + length > most.characters || chunks.at(-1)?.length === most.events) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(event);
    size += length;
  }
  return chunks;
}
