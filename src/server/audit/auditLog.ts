/**
 * The log of each team's records: events come in and stay. What waits at the same time is stored in one transaction, under the lock
 * of the team's head, so that several instances build one tree.
 */
import { createHash } from 'node:crypto';
import type { Digest } from '../../core/audit/chain.ts';
import { grow, rootOf } from '../../core/audit/merkle.ts';
import type { Frontier } from '../../core/audit/merkle.ts';
import { consistencyRanges, inclusionRanges, runRanges } from '../../core/audit/merkleNodes.ts';
import { leafOf } from '../../core/audit/receipt.ts';
import type { Receipt, Run } from '../../core/audit/receipt.ts';
import type { Sha256 } from '../../core/brand.ts';
import { maxPageEvents } from '../../protocol/audit.ts';
import type { LogPage, LogView, ProofView } from '../../protocol/audit.ts';
import type { Store, Transaction } from '../store/store.ts';
import { parseBatch } from './auditBatch.ts';
import type { Batch } from './auditBatch.ts';
import { createAuditProofs } from './auditProofs.ts';
import { insertEvents, keepFrontier, lastOf, lockFrontier, pageFrom, placesOf, readFrontier } from './auditStore.ts';
import type { KeptEvent, Place } from './auditStore.ts';
import type { CheckpointSigner } from './checkpointSigner.ts';

export type Sent = { readonly member: string; /** Everybody who is in the team now. */ readonly members: ReadonlySet<string>; readonly lines: readonly string[]; readonly since: number };

export type Appended =
  | { readonly kind: 'kept'; readonly receipt: Receipt; /** Events that were not there before. */ readonly fresh: number }
  /** Events before these are missing. */
  | { readonly kind: 'gap'; readonly next: number }
  /** There is another event with this number. */
  | { readonly kind: 'fork'; readonly seq: number }
  /** The stream is another member’s, who is in the team. */
  | { readonly kind: 'other-member'; readonly member: string };

export interface AuditLog {
  /** Durable when it resolves. The same events, sent again, are found where they are. @throws Refused for what is no chain of events */
  append(team: string, sent: Sent): Promise<Appended>;
  view(team: string): Promise<LogView>;
  /** `undefined` where the log has no such sizes. */
  consistency(team: string, from: number, to?: number): Promise<ProofView | undefined>;
  inclusion(team: string, leaf: number, size?: number): Promise<ProofView | undefined>;
  page(team: string, after: number): Promise<LogPage>;
}

export type AuditLogOptions = { readonly store: Store; readonly signer: CheckpointSigner; readonly now: () => number };

type Waiting = { readonly batch: Batch; readonly sent: Sent; resolve(appended: Appended): void; reject(error: unknown): void };

/** Events that one transaction takes at most, so that nobody waits for very long. */
const mostAtOnce = 2000;
const pageBytes = 2_000_000;

const hash = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const digest: Digest = (text) => createHash('sha256').update(text, 'utf8').digest('hex') as Sha256;

export function createAuditLog({ store, signer, now }: AuditLogOptions): AuditLog {
  const proofs = createAuditProofs(store, hash);
  const queues = new Map<string, Waiting[]>();

  const work = async (team: string, queue: Waiting[]): Promise<void> => {
    while (queue.length > 0) {
      const group = queue.splice(0, groupSize(queue));
      await settle(team, group).catch((error: unknown) => {
        for (const { reject } of group) reject(error);
      });
    }
    queues.delete(team);
  };

  const settle = async (team: string, group: readonly Waiting[]): Promise<void> => {
    const { placed, kept, frontier } = await store.transaction(async (transaction) => await appendGroup(transaction, team, group, now()));
    for (const { leaf, nodes } of kept) proofs.remember(team, leaf, nodes);
    const note = await signer.sign(team, { size: frontier.size, root: rootOf(frontier, hash) });
    for (const [index, { sent, resolve, reject }] of group.entries()) {
      const place = placed[index];
      if (place === undefined) continue;
      if (place.kind === 'placed') receiptOf(team, { place, since: sent.since, size: frontier.size, note }).then(resolve, reject);
      else resolve(place);
    }
  };

  const receiptOf = async (team: string, { place, since, size, note }: { readonly place: Placed; readonly since: number; readonly size: number; readonly note: string }): Promise<Appended> => {
    const consistency = since > size ? null : await proofs.hashes(team, consistencyRanges(since, size));
    const runs: Run[] = [];
    for (const run of place.runs) runs.push({ ...run, proof: await proofs.hashes(team, runRanges(run.leaf, run.count, size)) });
    return { kind: 'kept', receipt: { note, since, consistency, runs }, fresh: place.fresh };
  };

  return {
    async append(team, sent) {
      const batch = parseBatch(sent.lines, digest);
      return await new Promise((resolve, reject) => {
        const queue = queues.get(team);
        const waiting = { batch, sent, resolve, reject };
        if (queue !== undefined) {
          queue.push(waiting);
          return;
        }
        const fresh = [waiting];
        queues.set(team, fresh);
        void work(team, fresh);
      });
    },
    async view(team) {
      const frontier = await readFrontier(store, team);
      return { v: 1, ...signer.log(team), note: await signer.sign(team, { size: frontier.size, root: rootOf(frontier, hash) }) };
    },
    async consistency(team, from, to) {
      const { size } = await readFrontier(store, team);
      const end = to ?? size;
      return from > end || end > size ? undefined : { size: end, proof: await proofs.hashes(team, consistencyRanges(from, end)) };
    },
    async inclusion(team, leaf, size) {
      const { size: whole } = await readFrontier(store, team);
      const end = size ?? whole;
      return leaf >= end || end > whole ? undefined : { size: end, proof: await proofs.hashes(team, inclusionRanges(leaf, end)) };
    },
    async page(team, after) {
      const { size } = await readFrontier(store, team);
      return { size, events: await pageFrom(store, team, after, { events: maxPageEvents, bytes: pageBytes }) };
    },
  };
}

function groupSize(queue: readonly Waiting[]): number {
  let events = 0;
  const over = queue.findIndex(({ batch }) => (events += batch.events.length) > mostAtOnce);
  return over === -1 ? queue.length : Math.max(1, over);
}

type Placed = { readonly kind: 'placed'; readonly runs: readonly Omit<Run, 'proof'>[]; readonly fresh: number };
type Placing = Placed | Exclude<Appended, { kind: 'kept' }>;
type Group = { readonly placed: readonly Placing[]; readonly kept: readonly KeptEvent[]; readonly frontier: Frontier };

async function appendGroup(transaction: Transaction, team: string, group: readonly Waiting[], at: number): Promise<Group> {
  const before = await lockFrontier(transaction, team);
  let frontier = before;
  const placed: Placing[] = [];
  const kept: KeptEvent[] = [];
  for (const { batch, sent } of group) {
    const found = await findPlaces(transaction, team, { batch, sent });
    if (found.kind !== 'found') {
      placed.push(found);
      continue;
    }
    const added = addEvents(frontier, batch, { known: found.places, member: sent.member, at });
    await insertEvents(transaction, team, added.events);
    frontier = added.frontier;
    kept.push(...added.events);
    placed.push({ kind: 'placed', runs: runsOf(batch.stream, [...found.places, ...added.events]), fresh: added.events.length });
  }
  if (frontier.size > before.size) await keepFrontier(transaction, team, frontier);
  return { placed, kept, frontier };
}

type Found = { readonly kind: 'found'; readonly places: readonly Place[] } | Exclude<Appended, { kind: 'kept' }>;

/** Which events of the batch are there already: a beginning of it, since streams have no gaps here. */
async function findPlaces(transaction: Transaction, team: string, { batch: { stream, first, events }, sent }: Pick<Waiting, 'batch' | 'sent'>): Promise<Found> {
  const rows = await placesOf(transaction, team, stream, [first - 1, first + events.length - 1]);
  const isLinked = first === 1 || rows[0]?.seq === first - 1;
  if (!isLinked) return { kind: 'gap', next: (await lastOf(transaction, team, stream)) + 1 };
  const before = first === 1 ? undefined : rows[0];
  if (before !== undefined && before.hash !== events[0]?.event.prev) return { kind: 'fork', seq: before.seq };
  const places = rows.filter(({ seq }) => seq >= first);
  const owner = rows.at(-1)?.member;
  // The links are no secret: whoever reads the log could go on with the stream of somebody else, whose own events would be refused then.
  if (owner !== undefined && owner !== sent.member && sent.members.has(owner)) return { kind: 'other-member', member: owner };
  const other = places.find(({ seq, hash: known }) => events[seq - first]?.event.hash !== known);
  return other === undefined ? { kind: 'found', places } : { kind: 'fork', seq: other.seq };
}

type Adding = { readonly known: readonly Place[]; readonly member: string; readonly at: number };

function addEvents(start: Frontier, { stream, events }: Batch, { known, member, at }: Adding): { readonly frontier: Frontier; readonly events: readonly KeptEvent[] } {
  let frontier = start;
  const added = events.slice(known.length).map(({ event, line }): KeptEvent => {
    const leaf = frontier.size;
    const grown = grow(frontier, leafOf(member, event.hash, hash), hash);
    frontier = grown.frontier;
    return { leaf, stream, seq: event.seq, member, at, hash: event.hash, line, nodes: grown.finished };
  });
  return { frontier, events: added };
}

/** Neighbours in the stream that are neighbours in the log too. */
function runsOf(stream: string, places: readonly Pick<Place, 'seq' | 'leaf' | 'member'>[]): readonly Omit<Run, 'proof'>[] {
  const runs: Omit<Run, 'proof'>[] = [];
  for (const { seq, leaf, member } of places) {
    const last = runs.at(-1);
    const goesOn = last !== undefined && last.member === member && last.leaf + last.count === leaf;
    if (goesOn) runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push({ stream, seq, leaf, count: 1, member });
  }
  return runs;
}
