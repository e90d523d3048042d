/**
 * Requests that were asked on this machine, from asking to their end: sealed on disk, so that waiting survives restarts and crashes.
 * That a request was taken for execution is a file of its own, which only one caller can make and nobody removes.
 */
import path from 'node:path';
import { stat } from 'node:fs/promises';
import type { PendingRequest, PendingRequests, PendingState } from '../../app/approvalPorts.ts';
import type { SecretStore } from '../credentials/secretStore.ts';
import { isMissing, writeOnce } from './durableFiles.ts';
import { createSealedEntries } from './sealedEntries.ts';

export type PendingOptions = {
  /** Absolute path; made when it is missing. */
  readonly folder: string;
  readonly secrets: () => SecretStore;
  /** Something cannot be read, or could not be kept. */
  readonly onTrouble?: (message: string) => void;
};

export function createPendingRequests({ folder, secrets, onTrouble }: PendingOptions): PendingRequests {
  const kept = createSealedEntries<PendingRequest>({ folder, secrets, purpose: 'requests-key', suffix: 'request' });
  const markOf = (id: string): string => path.join(folder, `${id}.taken`);
  const isTaken = async (id: string): Promise<boolean> =>
    await stat(markOf(id)).then(() => true, (thrown: unknown) => {
      if (isMissing(thrown)) return false;
      throw thrown;
    });
  /** Whoever took it may have ended before it wrote so: the mark counts. */
  const asMarked = async (entry: PendingRequest): Promise<PendingRequest> => (entry.state === 'waiting' && (await isTaken(entry.id)) ? { ...entry, state: 'taken' } : entry);
  let told = '';

  return {
    async keep(entry) {
      if (await isTaken(entry.id)) throw new Error('a request with this id was run on this machine before');
      if (!(await kept.create(entry))) throw new Error('a request with this id is kept already');
    },
    change: async (id, facts) => await asMarked(await kept.update(id, (current) => merge(current, facts))),
    async get(id) {
      const entry = await kept.get(id);
      return entry && (await asMarked(entry));
    },
    async list() {
      const { entries, unreadable, problem = '' } = await kept.list();
      const marked = await Promise.all(entries.map(asMarked));
      const text = unreadable.join(' ');
      if (text !== told && text !== '') onTrouble?.(`${unreadable.length === 1 ? 'A request for confirmation' : `${String(unreadable.length)} requests for confirmation`} in ${folder} cannot be opened: ${problem}. Nothing was removed, and nothing of them is run. Ask again for what they were about.`);
      told = text;
      return marked.toSorted((a, b) => b.created - a.created);
    },
    async keepClaim(id, claim, refused) {
      const { claim: first = claim } = await kept.update(id, (current) => ({ ...current, claim: isOther(current.claim, refused) ? current.claim : claim }));
      return first;
    },
    async take(id) {
      const entry = await kept.get(id);
      return entry?.state === 'waiting' && (await writeOnce(markOf(id), `${id}\n`));
    },
    remove: async (id) => await kept.remove(id),
  };
}

/** Another window may have added what this one has not seen: lists only grow, and an end stays an end. */
function merge(current: PendingRequest, facts: Partial<PendingRequest>): PendingRequest {
  return {
    ...current,
    ...facts,
    decisions: union(current.decisions, facts.decisions ?? []),
    seen: union(current.seen, facts.seen ?? []),
    seq: Math.max(current.seq, facts.seq ?? 0),
    state: laterState(current.state, facts.state ?? current.state),
  };
}

/** There is a claim, and it is not this one. */
function isOther(current: PendingRequest['claim'], refused: PendingRequest['claim']): current is NonNullable<PendingRequest['claim']> {
  return current !== undefined && JSON.stringify(current) !== JSON.stringify(refused);
}

function union<Value>(known: readonly Value[], more: readonly Value[]): readonly Value[] {
  const texts = new Set(known.map((value) => JSON.stringify(value)));
  return [...known, ...more.filter((value) => !texts.has(JSON.stringify(value)))];
}

const order: Readonly<Record<PendingState, number>> = { 'waiting': 0, 'taken': 1, 'in-doubt': 2, 'committed': 3, 'reviewed': 3, 'rejected': 3, 'expired': 3, 'cancelled': 3, 'drifted': 3, 'failed': 3 };

/** The first end stays; only that it was committed is known better than anything said before. */
function laterState(current: PendingState, wanted: PendingState): PendingState {
  return wanted === 'committed' || order[wanted] > order[current] ? wanted : current;
}
