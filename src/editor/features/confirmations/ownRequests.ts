/**
 * The requests that were asked on this machine: followed at their servers for as long as they wait, through reloads, sleep and servers
 * that come and go; run when others have confirmed them. Does nothing while nothing waits.
 */
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import type { PendingRequest } from '../../../app/approvalPorts.ts';
import { isUnreviewed, lacksReview } from '../../../app/askAfterwards.ts';
import type { Clock } from '../../../app/ports.ts';
import { parseB64u } from '../../../core/approval/bytes.ts';
import { parseEnvelopeText } from '../../../core/approval/envelope.ts';
import { isFinal } from '../../../core/approval/executionRefusal.ts';
import { linkKeys, openBox } from '../../../core/approval/seal.ts';
import type { LinkKeys } from '../../../core/approval/seal.ts';
import { strictParse } from '../../../core/approval/strictJson.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { isSeenBody } from '../../../protocol/confirmation.ts';
import type { RequestEvent } from '../../../protocol/confirmation.ts';
import type { ReviewEnd } from '../../../protocol/review.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import type { RequestRuns } from '../run/requestRuns.ts';
import { describeOwn } from './describeOwn.ts';
import { endOfApproved, type Ending } from './endOfApproved.ts';
import { awaitingOf, endOf, type OwnRequest, type OwnStage } from './ownRequest.ts';
import { watchLine, type LineWatch, type ServerLine } from './serverLine.ts';

export type OwnRequestPorts = {
  readonly confirmation: Confirmation;
  readonly clock: Clock;
  readonly catalogue: Pick<ConnectionCatalogue, 'byId'>;
  readonly runs: () => Promise<RequestRuns>;
  /** The panels, if any were ever opened in this window. */
  readonly panels: () => Pick<RequestRuns, 'tell'> | undefined;
  /** Whether the document that asked is open in this window: then this window runs it, without waiting for others. */
  readonly isHere: (document: string) => boolean;
  /** The editor runs on another machine than its window. */
  readonly isRemote: boolean;
  readonly changed: () => void;
  /** What this window has just committed without others is put to them. */
  readonly filed: (id: string) => void;
  /** Something was decided, or needs the person. */
  readonly tell: (news: OwnNews) => void;
};

export type OwnNews = { readonly kind: 'ended'; readonly own: OwnRequest; readonly end: ReviewEnd } | { readonly kind: 'ready'; readonly own: OwnRequest; readonly why: string };

export interface OwnRequests {
  /** Latest first. */
  all(): readonly OwnRequest[];
  of(id: string): OwnRequest | undefined;
  /** Reads what is kept again, and follows what waits. Never rejects. */
  refresh(): Promise<void>;
  /** It was just asked here, and its link is on the clipboard, or it is not. */
  asked(id: string, copied: 'link' | undefined): Promise<void>;
  /** Another window asked it, or changed something about it. Never rejects. */
  notice(id: string): Promise<void>;
  /** Reads it again, and runs nothing. */
  look(id: string): Promise<OwnRequest | undefined>;
  /** Looks at the answers again, and runs it when they suffice. @param quiet - nobody is asked for a password */
  consider(id: string, quiet: boolean): Promise<void>;
  /** Shows it in the panel of its document. */
  show(id: string): Promise<void>;
  dispose(): void;
}

/** Another window has the document that asked: it goes first. */
const othersFirstMs = 3000;
/** What could not be written down a moment ago may be now. */
const againMs = 2000;
/** An ended request is kept so long for looking at. */
const keepEndedMs = 7 * 24 * 60 * 60 * 1000;

/** What is learned in this window only. */
type Facts = { readonly stage?: OwnStage; readonly end?: ReviewEnd; readonly why?: string };
type Followed = { own: OwnRequest; copied: 'link' | undefined; stop: (() => void) | undefined; /** Where it is listened to; it is kept before a server has it. */ server: string | undefined; line: ServerLine | undefined };

export function createOwnRequests(ports: OwnRequestPorts): OwnRequests {
  const { confirmation, clock, catalogue, runs, panels, changed, tell } = ports;
  const { pending, crypto } = confirmation;
  const known = new Map<string, Followed>();
  /** Being run by this window: from the first step to the last, whatever comes in between. */
  const running = new Set<string>();
  /** Committed without others, and others are being asked. */
  const filing = new Set<string>();
  let isDisposed = false;

  const update = async (id: string, facts: Facts = {}): Promise<OwnRequest | undefined> => {
    const entry = await pending.get(id);
    const described = entry && (await describeOwn({ confirmation, catalogue, isRemote: ports.isRemote, now: clock.now() }, entry));
    // Read after the last wait: what was learned meanwhile stays.
    const before = known.get(id);
    if (described === undefined) {
      unfollow(id);
      known.delete(id);
      changed();
      return undefined;
    }
    const stage = running.has(id) ? 'running' : described.entry.state === 'waiting' ? (facts.stage ?? before?.own.stage ?? 'waiting') : 'over';
    const own: OwnRequest = { ...described, stage, ...learned(before, facts) };
    known.set(id, { own, copied: before?.copied, stop: before?.stop, server: before?.server, line: before?.line });
    if (isOver(own)) unfollow(id);
    tellPanel(own);
    changed();
    return own;
  };
  const tellPanel = (own: OwnRequest): void => {
    panels()?.tell(own.entry.id, isOver(own) ? { type: 'end', end: endOf(own) } : { type: 'awaiting', awaiting: awaitingOf(own, known.get(own.entry.id)?.copied, clock.now()) });
  };
  const unfollow = (id: string): void => {
    known.get(id)?.stop?.();
    const followed = known.get(id);
    if (followed) followed.stop = undefined;
  };

  const follow = (entry: PendingRequest): void => {
    const followed = known.get(entry.id);
    // What was read before a server had it does not end what is listened to since.
    if (followed === undefined || isDisposed || (followed.stop && [followed.server, undefined].includes(entry.server))) return;
    followed.stop?.();
    followed.server = entry.server;
    const controller = new AbortController();
    // A server may be silent; the time ends all the same.
    const stopClock = clock.after(Math.max(0, entry.expires - clock.now()) + 1000, () => considerLater(entry.id));
    const line = watchLine(clock, (state) => void hear(entry.id, state).catch(() => undefined));
    followed.stop = () => {
      line.stop();
      controller.abort();
      stopClock();
    };
    if (entry.server !== undefined) void listen(entry, entry.server, { signal: controller.signal, line }).catch(() => followLater(entry.id));
  };
  /** What could not be kept is asked for again: the server has it. */
  const followLater = (id: string): void => {
    unfollow(id);
    clock.after(againMs, () => {
      const own = known.get(id)?.own;
      if (own && !isOver(own)) follow(own.entry);
    });
  };
  const listen = async (entry: PendingRequest, server: string, { signal, line }: { readonly signal: AbortSignal; readonly line: LineWatch }): Promise<void> => {
    const keys = await linkKeys(crypto, entry.id, entry.secret);
    const relay = await confirmation.servers.relay(server);
    for await (const event of relay.follow({ id: entry.id, readToken: keys.readToken }, entry.seq, { signal, onState: line.say })) await take(entry.id, keys, event);
    if (!signal.aborted) line.lose();
  };
  /** The server went silent, or is back: then what it stood in the way of is tried again. */
  const hear = async (id: string, line: ServerLine | undefined): Promise<void> => {
    const followed = known.get(id);
    if (followed === undefined || isDisposed) return;
    followed.line = line;
    await update(id, line === undefined && followed.own.stage === 'ready' ? { stage: 'waiting' } : {});
    if (line === undefined) considerLater(id);
  };
  const take = async (id: string, keys: LinkKeys, event: RequestEvent): Promise<void> => {
    // Closed because it ended here: how it ended stands.
    const isEnded = event.kind === 'closed' && (await pending.get(id))?.state !== 'waiting';
    await pending.change(id, { seq: event.seq, ...(isEnded ? {} : await factsOf(confirmation, id, keys, event)) });
    await consider(id, true);
  };

  /** What cannot be read now is looked at again with the next event, or when somebody looks. */
  const considerLater = (id: string): void => void consider(id, true).catch(() => undefined);
  const consider = async (id: string, quiet: boolean): Promise<void> => {
    const own = await update(id);
    const profile = own && catalogue.byId(own.entry.connection);
    if (!own || !profile || own.entry.state !== 'waiting' || !isDecided(own) || running.has(id)) return;
    // It was tried, and waits for the person.
    if (quiet && own.stage === 'ready' && own.verdict.kind === 'approved') return;
    if (quiet && !ports.isHere(own.entry.document)) await new Promise<void>((resolve) => clock.after(othersFirstMs, resolve));
    if (isDisposed || running.has(id)) return;
    running.add(id);
    const { ending, review } = await carryOut(id, profile, quiet).finally(() => running.delete(id));
    await settle(id, ending);
    if (review !== undefined) {
      await followReview(review);
      ports.filed(review);
    }
    // What nobody had answered by then is asked anew.
    else if (own.body.afterwards !== undefined && ending.kind === 'ended') await refresh();
  };
  const carryOut = async (id: string, profile: ConnectionProfile, quiet: boolean): Promise<{ readonly ending: Ending; readonly review?: string }> => {
    const own = await update(id);
    if (own?.entry.state !== 'waiting') return { ending: { kind: 'elsewhere' } };
    // What is final already needs neither the document nor a session.
    const end = await (await runs()).run(own.entry, profile, { quiet, mayRun: own.verdict.kind === 'approved' && own.body.afterwards === undefined });
    return { ending: endOfApproved(end, own), ...(end.kind === 'ran' && end.review !== undefined ? { review: end.review } : {}) };
  };
  const followReview = async (id: string): Promise<void> => {
    const own = await update(id);
    if (own) follow(own.entry);
  };
  /** A window may have ended in between, or the team was not in force. */
  const askForReview = async (entry: PendingRequest): Promise<void> => {
    const profile = catalogue.byId(entry.connection);
    if (!profile || filing.has(entry.run) || isDisposed) return;
    filing.add(entry.run);
    const asked = await (await runs()).askAfterwards(entry, profile).finally(() => filing.delete(entry.run));
    if (typeof asked !== 'string') await followReview(asked.id);
  };
  const settle = async (id: string, ending: Ending): Promise<void> => {
    switch (ending.kind) {
      case 'waiting':
        return void (await update(id, { stage: 'waiting' }));
      case 'later': {
        const isApproved = known.get(id)?.own.verdict.kind === 'approved';
        const waiting = await update(id, { stage: isApproved ? 'ready' : 'waiting', why: ending.why });
        // What nobody approved is not said to be ready, whatever stood in the way of ending it.
        if (waiting && isApproved) tell({ kind: 'ready', own: waiting, why: ending.why });
        return;
      }
      case 'elsewhere':
        return void (await update(id, { stage: 'over' }));
      case 'ended': {
        await pending.change(id, { note: ending.end.text }).catch(() => undefined);
        const ended = await update(id, { stage: 'over', end: ending.end });
        if (ended) tell({ kind: 'ended', own: ended, end: ending.end });
      }
    }
  };

  const refresh = async (): Promise<void> => {
    const entries = await pending.list().catch(() => []);
    const now = clock.now();
    for (const entry of entries) {
      if (entry.state !== 'waiting' && entry.expires + keepEndedMs < now && !isUnreviewed(entry, entries)) {
        await pending.remove(entry.id).catch(() => undefined);
        continue;
      }
      const own = await update(entry.id);
      if (own?.entry.state !== 'waiting') continue;
      follow(own.entry);
      considerLater(entry.id);
    }
    for (const entry of entries) if (lacksReview(entry, entries)) void askForReview(entry).catch(() => undefined);
    for (const id of known.keys()) if (!entries.some((entry) => entry.id === id)) known.delete(id);
    changed();
  };

  return {
    all: () => [...known.values()].map(({ own }) => own).toSorted((a, b) => b.entry.created - a.entry.created),
    of: (id) => known.get(id)?.own,
    refresh,
    async asked(id, copied) {
      const own = await update(id);
      if (!own) return;
      const followed = known.get(id);
      if (followed) followed.copied = copied;
      tellPanel(own);
      follow(own.entry);
    },
    async notice(id) {
      // What cannot be opened here is told with the list.
      const own = await update(id).catch(async () => await refresh().then(() => undefined));
      if (own?.entry.state !== 'waiting') return;
      follow(own.entry);
      considerLater(id);
    },
    look: async (id) => await update(id),
    consider,
    async show(id) {
      const own = known.get(id)?.own ?? (await update(id));
      if (!own) return;
      (await runs()).show(own.entry, own.body);
      tellPanel(own);
    },
    dispose() {
      isDisposed = true;
      for (const id of known.keys()) unfollow(id);
    },
  };
}

function learned(before: Followed | undefined, facts: Facts): Pick<OwnRequest, 'end' | 'line' | 'why'> {
  const [end, why] = [facts.end ?? before?.own.end, facts.why ?? before?.own.why];
  return { ...(before?.line === undefined ? {} : { line: before.line }), ...(why === undefined ? {} : { why }), ...(end === undefined ? {} : { end }) };
}

/** Confirmed, rejected, or impossible for good; a team file that is not in force now may be tomorrow. */
function isDecided({ verdict }: OwnRequest): boolean {
  return verdict.kind === 'refused' ? isFinal(verdict.code) : verdict.kind !== 'waiting';
}

export function isOver({ stage }: Pick<OwnRequest, 'stage'>): boolean {
  return stage === 'over';
}

/** What an event adds to what is kept. Boxes that cannot be opened were not sent by anybody with the link. */
async function factsOf({ crypto }: Confirmation, id: string, { key }: LinkKeys, { kind, box }: RequestEvent): Promise<Partial<PendingRequest>> {
  if (kind === 'closed') return { state: 'cancelled' };
  const sealed = box === undefined ? undefined : parseB64u(box);
  if (sealed === undefined || (kind !== 'decision' && kind !== 'seen')) return {};
  const plain = await openBox(crypto, key, { kind, id }, sealed);
  if (plain === undefined) return {};
  if (kind === 'decision') {
    const envelope = parseEnvelopeText(plain);
    return envelope === undefined ? {} : { decisions: [envelope] };
  }
  const seen = strictParse(plain)?.value;
  return isSeenBody(seen) ? { seen: [{ reviewer: seen.reviewer, time: seen.time }] } : {};
}
