/**
 * Removes from this machine what every endpoint has and nobody wants to keep here any longer. What is not delivered is never removed.
 *
 * First a record names the last event that goes from each stream, and is on disk; then the files go, oldest first. Cut off anywhere,
 * what is left of a stream follows on something that the record accounts for.
 */
import { readFile, rm } from 'node:fs/promises';
import type { Clock } from '../../../app/ports.ts';
import { parseEvent, type ChainHead, type EventBody } from '../../../core/audit/chain.ts';
import { removedHeads, type PrunedRecord } from '../../../core/audit/pruned.ts';
import type { Actor } from '../../../core/audit/record.ts';
import type { Spool } from './spool.ts';
import { isEmptied, surveySpool, type SurveyedFile, type SurveyedStream } from './survey.ts';

export type PruneOptions = {
  /** The spool's. */
  readonly folder: string;
  readonly spool: Pick<Spool, 'append' | 'head'>;
  /** Names of those that keep records. */
  readonly endpoints: readonly string[];
  readonly clock: Pick<Clock, 'now'>;
  readonly actor: Actor;
  /** How long delivered records stay here. */
  readonly keepMs: number;
  /** Above, delivered records go sooner, oldest first. */
  readonly maxBytes: number;
};

export type SpoolUse = { readonly bytes: number; /** Of files that not every endpoint has. */ readonly undelivered: number };

/** Rejects when its record cannot be written, and then nothing was removed. */
export async function pruneSpool(options: PruneOptions): Promise<SpoolUse> {
  const { folder, spool, endpoints, clock, actor } = options;
  const streams = await surveySpool(folder, endpoints);
  const doomed = chooseDoomed(streams, options);
  if (doomed.size > 0) {
    const heads = [...(await stillNeeded(streams, doomed)), ...streams.flatMap(({ files }) => files.findLast((file) => doomed.has(file))?.head ?? [])];
    const record: PrunedRecord = { kind: 'pruned', time: clock.now(), actor, heads, endpoints };
    await spool.append(record);
    for (const { files } of streams) for (const { file } of files.filter((each) => doomed.has(each))) await rm(file, { force: true });
  }
  await removeEmptied(streams, clock.now());
  const left = streams.flatMap(({ files }) => files).filter((file) => !doomed.has(file));
  return { bytes: sum(left), undelivered: sum(left.filter(({ isDelivered }) => !isDelivered)) };
}

type Doomed = ReadonlySet<SurveyedFile>;

/** Only beginnings of streams can go, and never a file that somebody may append to. */
function chooseDoomed(streams: readonly SurveyedStream[], { keepMs, maxBytes, clock }: PruneOptions): Doomed {
  const removable = streams.flatMap(({ isLiving, files }) => {
    const free = isLiving ? files.slice(0, -1) : files;
    const kept = free.findIndex(({ isDelivered }) => !isDelivered);
    return kept < 0 ? free : free.slice(0, kept);
  });
  const doomed = new Set<SurveyedFile>();
  let bytes = sum(streams.flatMap(({ files }) => files));
  const keptSince = clock.now() - keepMs;
  // Oldest first, as far as names tell: a younger one of a stream never goes before an older one of it.
  const stopped = new Set<string>();
  for (const file of removable) {
    const stream = file.head?.stream ?? '';
    if (stopped.has(stream) || (file.changedAt >= keptSince && bytes <= maxBytes)) {
      stopped.add(stream);
      continue;
    }
    doomed.add(file);
    bytes -= file.bytes;
  }
  return doomed;
}

/** What earlier records say was removed and that go themselves now, as far as something that stays refers to it. */
async function stillNeeded(streams: readonly SurveyedStream[], doomed: Doomed): Promise<readonly ChainHead[]> {
  const removed = removedHeads((await Promise.all([...doomed].map(prunedIn))).flat());
  if (removed.size === 0) return [];
  const wanted = new Set<string>();
  for (const { stream, files } of streams) {
    const first = files.find((file) => !doomed.has(file));
    if (!first) continue;
    wanted.add(stream);
    for (const { stream: named } of await previousOf(first)) wanted.add(named);
  }
  const latest = [...removed.values()].flatMap((heads) => heads.toSorted((a, b) => b.seq - a.seq)[0] ?? []);
  return latest.filter(({ stream }) => wanted.has(stream));
}

async function prunedIn({ file }: SurveyedFile): Promise<readonly EventBody[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.includes('"kind":"pruned"'));
  return lines.map((line) => parseEvent(line)?.body ?? {});
}

async function previousOf({ file }: SurveyedFile): Promise<readonly ChainHead[]> {
  const text = await readFile(file, 'utf8');
  const previous = parseEvent(text.slice(0, Math.max(0, text.indexOf('\n'))))?.body['previous'];
  return Array.isArray(previous) ? (previous as ChainHead[]) : [];
}

/** A program that begins a stream has its folder for a moment before its file. */
const settledMs = 60 * 60_000;

async function removeEmptied(streams: readonly SurveyedStream[], now: number): Promise<void> {
  for (const { stream, folder, isLiving } of streams) {
    const beganAt = Number.parseInt(stream.slice(0, 12), 16);
    if (!isLiving && now - beganAt > settledMs && (await isEmptied(folder))) await rm(folder, { recursive: true, force: true });
  }
}

function sum(files: readonly SurveyedFile[]): number {
  return files.reduce((bytes, file) => bytes + file.bytes, 0);
}
