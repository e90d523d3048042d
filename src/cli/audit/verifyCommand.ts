/** `countersign audit verify`: everything that was recorded, recomputed: chains, receipts, checkpoints, the log, and who confirmed what. */
import { readHeard } from '../../adapters/audit/heardCheckpoints.ts';
import { readKeptLogs, type KeptLogOfEndpoint } from '../../adapters/audit/readKeptLogs.ts';
import { sha256, sha256Bytes } from '../../adapters/audit/spool/digest.ts';
import type { ReadStream } from '../../adapters/audit/spool/streams.ts';
import { alarmText, localEvents } from '../../adapters/audit/verifyKept.ts';
import { b64u, parseB64u } from '../../core/approval/bytes.ts';
import { parseEvent, type ChainedEvent } from '../../core/audit/chain.ts';
import { openCheckpoint, parseCheckpoint, type LogKey } from '../../core/audit/checkpoint.ts';
import { parseNote, splitNotes } from '../../core/audit/checkpointNote.ts';
import { logWordsIn } from '../../core/audit/recordedAnswers.ts';
import { verifyApprovals } from '../../core/audit/verifyApprovals.ts';
import { verifyLog } from '../../core/audit/verifyLog.ts';
import { verifyReceipts } from '../../core/audit/verifyReceipts.ts';
import { verifyRuns, verifySpool } from '../../core/audit/verifySpool.ts';
import type { LogEntry, LogView } from '../../protocol/audit.ts';
import { UsageError } from '../usage.ts';
import { visible } from '../visible.ts';
import { crypto, textOf, type TeamVersions } from './sources.ts';

export type Verification = {
  readonly streams: readonly ReadStream[];
  /** The folder of the streams; absent when only a log is looked at. */
  readonly folder: string | undefined;
  readonly log: { readonly view?: LogView; readonly entries: readonly LogEntry[] } | undefined;
  readonly teams: TeamVersions;
  /** Files of signed notes that somebody else kept. */
  readonly checkpoints: readonly string[];
};

type Line = { readonly where: string; readonly message: string; readonly suspicious: boolean };
type Part = { readonly lines: readonly Line[]; readonly summary: readonly string[] };

/** Prints a line for each thing worth knowing, and a last one. @returns 0 when nothing is wrong, 1 when something is */
export async function verify(verification: Verification): Promise<number> {
  const { streams, log } = verification;
  const parts = [checkSpool(verification), checkTeams(verification), await checkLogs(verification), await checkConfirmations(verification)];
  const lines = parts.flatMap((part) => part.lines);
  for (const { where, message, suspicious } of lines) process.stdout.write(`${suspicious ? 'WRONG' : 'note'}  ${visible(where)}: ${visible(message)}\n`);
  const wrong = lines.filter(({ suspicious }) => suspicious).length;
  const events = streams.reduce((sum, stream) => sum + stream.events.length, 0);
  const counted = streams.length === 0 && log !== undefined ? `${String(log.entries.length)} events in the log` : `${String(events)} events in ${String(streams.length)} streams`;
  const summary = [wrong === 0 ? `✔ ${counted}: every chain is whole` : `✘ ${counted}: ${String(wrong)} things are wrong`, ...parts.flatMap((part) => part.summary)];
  process.stdout.write(`${visible(summary.join('; '))}\n`);
  return wrong === 0 ? 0 : 1;
}

function checkSpool({ streams }: Verification): Part {
  return { lines: verifySpool(streams).map(({ stream, message, suspicious }) => ({ where: `stream ${stream}`, message, suspicious })), summary: [] };
}

function checkTeams({ teams }: Verification): Part {
  return { lines: teams.problem === undefined ? [] : [{ where: 'team', message: `${teams.problem}. It was not believed, and nothing after it`, suspicious: true }], summary: [] };
}

type NamedLog = Omit<KeptLogOfEndpoint, 'alarms' | 'folder'> & Partial<Pick<KeptLogOfEndpoint, 'alarms' | 'folder'>>;

/** Each log that is kept here, and the one that was fetched, which may be one of them. */
async function checkLogs(verification: Verification): Promise<Part> {
  const { folder, streams, log, teams, checkpoints } = verification;
  const kept = folder === undefined ? [] : await readKeptLogs(folder, streams.map(({ stream }) => stream));
  const others = (await Promise.all(checkpoints.map(textOf))).flatMap(splitNotes);
  const spoken = eventsOf(verification).flatMap(({ body }) => logWordsIn(body['confirmation']));
  const fetched = log && fetchedLog(log.view, kept, teams);
  const all: readonly NamedLog[] = fetched === undefined || kept.includes(fetched as KeptLogOfEndpoint) ? kept : [...kept, fetched];
  const parts = await Promise.all(all.map(async (each) => await checkLog(each, { verification, others, spoken, isFetched: each === fetched })));
  const strange = others.filter((note) => !all.some((each) => note.startsWith(`${each.log.origin}\n`)));
  const lines = strange.map((note): Line => ({ where: `checkpoint “${note.split('\n')[0] ?? ''}”`, message: 'is of a log that is not here', suspicious: false }));
  return { lines: [...parts.flatMap((part) => part.lines), ...lines], summary: parts.flatMap((part) => part.summary) };
}

/** By the key that is pinned here; else by the one the team names; else by what it says of itself, which proves only that it is whole. */
function fetchedLog(view: LogView | undefined, kept: readonly KeptLogOfEndpoint[], { newest }: TeamVersions): NamedLog {
  if (view === undefined && kept.length === 1 && kept[0] !== undefined) return kept[0];
  if (view === undefined) throw new UsageError('The file does not say which log it is of. Write it with “audit export --server”.');
  const pinned = kept.find(({ log }) => log.origin === view.origin);
  if (pinned !== undefined) return pinned;
  const named = newest?.body.audit?.logs.find(({ origin }) => origin === view.origin);
  const pub = parseB64u(named?.pub ?? view.pub);
  return { endpoint: view.origin, log: { origin: view.origin, pub: pub ?? new Uint8Array(0) }, notes: [], receipts: [] };
}

type Surroundings = { readonly verification: Verification; readonly others: readonly string[]; /** What people say in their answers. */ readonly spoken: readonly string[]; readonly isFetched: boolean };

async function checkLog({ endpoint, log: key, folder: kept, notes, receipts, alarms = [] }: NamedLog, { verification, others, spoken, isFetched }: Surroundings): Promise<Part> {
  const { streams, log, teams } = verification;
  const where = `log “${endpoint}”`;
  const local = localEvents(streams);
  const heard = kept === undefined ? [] : (await readHeard(kept)).map(({ note }) => note);
  const own = [...others.filter((note) => note.startsWith(`${key.origin}\n`)), ...(await signedBy(key, [...spoken, ...heard]))];
  const view = isFetched && log?.view !== undefined ? [log.view.note] : [];
  const { findings, checkpoints, runs } = await verifyReceipts({ crypto, hash: sha256Bytes }, { log: key, notes: [...notes, ...own, ...view], receipts }, local);
  const found = isFetched && log !== undefined ? verifyLog({ lines: log.entries, checkpoints, runs, streams: local.streams }, { hash: sha256Bytes, digest: sha256 }) : [];
  const chains = isFetched && log !== undefined ? verifyRuns(streamsOf(log.entries)).filter((finding) => finding.suspicious) : [];
  const received = new Set(runs.flatMap(({ stream, seq, count }) => Array.from({ length: count }, (_, index) => `${stream} ${String(seq + index)}`))).size;
  return {
    lines: [
      ...findings.map(({ where: place, message, suspicious }) => ({ where: `${where}, ${place}`, message, suspicious })),
      ...found.map(({ message, suspicious }) => ({ where, message, suspicious })),
      ...chains.map(({ stream, message, suspicious }) => ({ where: `${where}, stream ${stream}`, message, suspicious })),
      ...alarms.map((alarm) => ({ where, message: alarmText(alarm), suspicious: true })),
      ...unnamed(where, key, teams),
      ...(isFetched ? [] : uncompared(where, own, [...notes, ...receipts.map((receipt) => receipt.note)])),
    ],
    summary: [`“${endpoint}” signed ${String(checkpoints.size)} checkpoints${receipts.length === 0 ? '' : ` and received ${String(received)} of the events`}${isFetched && log !== undefined ? `, and holds ${String(log.entries.length)}` : ''}`],
  };
}

/** Others may say what they like: what the log did not sign is not its word. */
async function signedBy(key: LogKey, notes: readonly string[]): Promise<readonly string[]> {
  const opened = await Promise.all([...new Set(notes)].map(async (note) => ({ note, end: await openCheckpoint(crypto, key, note) })));
  return opened.flatMap(({ note, end }) => (end.kind === 'signed' ? [note] : []));
}

/** Of two sizes only the log can say whether one contains the other. */
function uncompared(where: string, others: readonly string[], kept: readonly string[]): readonly Line[] {
  const sizeOf = (note: string): number | undefined => parseCheckpoint(parseNote(note)?.text ?? '')?.size;
  const known = new Set(kept.map(sizeOf));
  const unknown = others.filter((note) => !known.has(sizeOf(note))).length;
  return unknown === 0 ? [] : [{ where, message: `${String(unknown)} of the checkpoints given are of sizes that were not seen here: whether it is the same log can only be told with --log or --server`, suspicious: false }];
}

function unnamed(where: string, { origin, pub }: LogKey, { newest }: TeamVersions): readonly Line[] {
  const logs = newest?.body.audit?.logs ?? [];
  if (logs.length === 0 || logs.some((each) => each.origin === origin && each.pub === b64u(pub))) return [];
  return [{ where, message: 'is not one of those that the team file names', suspicious: true }];
}

/** A server signs receipts for claims with the key of its logs. */
async function serverKeys(folder: string | undefined, { newest }: TeamVersions): Promise<readonly LogKey['pub'][]> {
  const kept = folder === undefined ? [] : await readKeptLogs(folder, []);
  return [...kept.map(({ log }) => log.pub), ...(newest?.body.audit?.logs ?? []).flatMap(({ pub }) => parseB64u(pub) ?? [])];
}

function streamsOf(entries: readonly LogEntry[]): readonly { readonly stream: string; readonly events: readonly ChainedEvent[]; readonly end: { readonly kind: 'whole' } }[] {
  const byStream = Map.groupBy(entries.flatMap(({ line }) => parseEvent(line) ?? []), ({ stream }) => stream);
  return [...byStream].map(([stream, events]) => ({ stream, events, end: { kind: 'whole' } }));
}

/** Those of this machine, and those that only the log has. */
function eventsOf({ streams, log }: Pick<Verification, 'streams' | 'log'>): readonly ChainedEvent[] {
  const local = streams.flatMap(({ events }) => events);
  const known = new Set(local.map(({ hash }) => hash));
  return [...local, ...(log?.entries ?? []).flatMap(({ line }) => parseEvent(line) ?? []).filter(({ hash }) => !known.has(hash))];
}

/** Over everything that is known of a run: part of it may be here, and part only in the log. */
async function checkConfirmations({ folder, streams, log, teams }: Verification): Promise<Part> {
  const events = eventsOf({ streams, log });
  const isAsked = events.some(({ body }) => body['confirmation'] !== undefined);
  if (teams.newest === undefined) return { lines: [], summary: isAsked ? ['who confirmed what was not checked: name the team’s files with --team'] : [] };
  const { findings, confirmed, unjudged } = await verifyApprovals(crypto, events, teams.byDigest, await serverKeys(folder, teams));
  return { lines: findings.map(({ stream, message, suspicious }) => ({ where: `stream ${stream}`, message, suspicious })), summary: [`${String(confirmed)} commits were confirmed by others, as the team’s rules ask`, ...(unjudged === 0 ? [] : [`${String(unjudged)} are older than the team files that were given, and were not held against any rules`])] };
}
