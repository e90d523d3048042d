/** The life of a request: filed, answered, claimed once or closed or expired. What is in the boxes nobody here can read. */
import { b64u, parseB64u } from '../core/approval/bytes.ts';
import type { Bytes } from '../core/approval/bytes.ts';
import { isReadToken } from '../core/approval/seal.ts';
import type { Crypto } from '../core/approval/crypto.ts';
import { bodyBytes, openEnvelope, payloadTypes, signBody } from '../core/approval/envelope.ts';
import type { Envelope } from '../core/approval/envelope.ts';
import { clockSkewMs } from '../core/approval/verifyApproval.ts';
import { signerOf } from '../core/approval/verifyRequest.ts';
import { inboxHash, maxBoxBytes, maxLifetimeMs, maxMessageBytes, parseActBody, parsePostBody } from '../protocol/confirmation.ts';
import type { ActBody, MessageKind, PostBody, PostRequest, ReceiptBody, RequestEvent, RequestState, RequestView } from '../protocol/confirmation.ts';
import type { Limits } from './limits.ts';
import { Refused, notFound } from './refused.ts';
import type { ServerKey } from './serverKey.ts';
import type { SqlRow, Store, Transaction } from './store/store.ts';
import type { Teams } from './teams.ts';

export type RequestsOptions = { readonly crypto: Crypto; readonly store: Store; readonly teams: Teams; readonly key: ServerKey; readonly limits: Limits; readonly now: () => number };

export interface Requests {
  file(message: PostRequest): Promise<'filed' | 'known'>;
  /** @throws Refused unless the token belongs to the request */
  authorise(id: string, token: string): Promise<void>;
  view(id: string): Promise<RequestView>;
  /** What happened after `seq`, in order. */
  eventsAfter(id: string, seq: number): Promise<readonly RequestEvent[]>;
  append(id: string, kind: MessageKind, box: string): Promise<{ readonly seq: number; readonly isNew: boolean }>;
  /** Claims or closes, once. A claim that is sent again gets its receipt again. */
  act(id: string, envelope: Envelope): Promise<Envelope | undefined>;
  teamOf(id: string): Promise<string>;
  /** Ends what is over and removes what nobody can ask about any more. */
  sweep(): Promise<void>;
}

export const inboxTopic = (team: string): string => `inbox/${team}`;

export function createRequests(options: RequestsOptions): Requests {
  const { crypto, store, limits, now } = options;
  const read = async (id: string): Promise<SqlRow> => {
    const [row] = await store.query('SELECT id, state, team, digest, expires, seq, box FROM requests WHERE id = $1', [id]);
    if (row === undefined) throw notFound();
    return row;
  };
  return {
    file: async (message) => await file(options, message),
    async authorise(id, token) {
      const [row] = await store.query('SELECT read_hash FROM requests WHERE id = $1', [id]);
      if (row === undefined || !(await isReadToken(crypto, token, String(row['read_hash'])))) throw notFound();
    },
    async view(id) {
      const { state, digest, expires, seq, box } = await read(id);
      const isOver = state === 'open' && Number(expires) <= now();
      return { id, state: isOver ? 'expired' : (state as RequestState), team: String(digest), expires: Number(expires), seq: Number(seq), now: now(), box: isOver || !(box instanceof Uint8Array) ? null : b64u(box) };
    },
    eventsAfter: async (id, seq) => (await store.query('SELECT seq, kind, at, box FROM events WHERE request = $1 AND seq > $2 ORDER BY seq', [id, seq])).map(eventOf),
    async append(id, kind, box) {
      const bytes = parseB64u(box);
      if (bytes === undefined || bytes.length > maxMessageBytes) throw new Refused(413, 'too-large', `A message has at most ${String(maxMessageBytes)} bytes.`);
      const hash = b64u(await crypto.sha256(bytes));
      return await store.transaction(async (transaction) => await appendOnce(transaction, { id, kind, hash, bytes }, options));
    },
    act: async (id, envelope) => await act(options, id, envelope),
    teamOf: async (id) => String((await read(id))['digest']),
    async sweep() {
      const over = await store.query("SELECT id FROM requests WHERE state = 'open' AND expires <= $1 LIMIT 500", [now()]);
      for (const { id } of over) await store.transaction(async (transaction) => await end(transaction, String(id), 'expired', now()));
      await store.query("DELETE FROM requests WHERE state <> 'open' AND ended <= $1", [now() - limits.keepEndedMs]);
    },
  };
}

async function file({ crypto, store, teams, limits, now }: RequestsOptions, message: PostRequest): Promise<'filed' | 'known'> {
  const { id, expires, readHash, box } = message;
  const team = await teams.current(message.team);
  const opened = openEnvelope(message.auth, payloadTypes.post);
  const requester = opened.kind === 'opened' ? await signerOf(crypto, team, opened) : undefined;
  const body = opened.kind === 'opened' ? parsePostBody(opened.body) : undefined;
  if (requester === undefined || body === undefined) throw new Refused(401, 'not-a-member', 'The request is not signed by a member of the team whose key is in force.');
  const bytes = parseB64u(box);
  if (bytes === undefined || bytes.length > maxBoxBytes) throw new Refused(413, 'too-large', `A sealed request has at most ${String(maxBoxBytes)} bytes.`);
  const boxHash = b64u(await crypto.sha256(bytes));
  if (!(await covers(crypto, body, message, boxHash))) throw new Refused(401, 'other-fields', 'The signature is about another request than the one that was sent.');
  if (Math.abs(body.time - now()) > clockSkewMs) throw new Refused(401, 'clock', `The request was signed at another time than now (${new Date(now()).toISOString()}). Check the clock.`);
  if (expires <= now() || expires > now() + maxLifetimeMs) throw new Refused(400, 'expires', 'The request ends in the past, or more than seven days from now.');
  return await store.transaction(async (transaction) => {
    const [same] = await transaction.query('SELECT requester, box_hash, read_hash FROM requests WHERE id = $1', [id]);
    if (same !== undefined) {
      // The answer to the first attempt was lost.
      if (same['requester'] === requester && same['box_hash'] === boxHash && same['read_hash'] === readHash) return 'known';
      throw new Refused(409, 'id-taken', 'There is another request with this id.');
    }
    const [open] = await transaction.query("SELECT count(*) AS n FROM requests WHERE team = $1 AND requester = $2 AND state = 'open'", [team.body.team, requester]);
    if (Number(open?.['n']) >= limits.openRequests) throw new Refused(429, 'too-many-open', `${requester} has ${String(limits.openRequests)} open requests. Close some first.`);
    const filed = await transaction.query(
      "INSERT INTO requests (id, team, digest, requester, expires, created, read_hash, box_hash, box, state, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', 0) ON CONFLICT (id) DO NOTHING RETURNING id",
      [id, team.body.team, team.digest, requester, expires, now(), readHash, boxHash, bytes],
    );
    // Another instance was faster; sent again, it will be compared with that one.
    if (filed.length === 0) throw new Refused(409, 'id-taken', 'A request with this id is being filed. Try again.');
    for (const { member, sealed } of message.inbox) await transaction.query('INSERT INTO inbox (request, team, member, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT (request, member) DO NOTHING', [id, team.body.team, member, sealed]);
    await transaction.notify(inboxTopic(team.body.team));
    return 'filed';
  });
}

async function covers(crypto: Crypto, body: PostBody, { id, team, expires, readHash, inbox }: PostRequest, boxHash: string): Promise<boolean> {
  return body.id === id && body.team === team && body.expires === expires && body.readHash === readHash && body.box === boxHash && body.inbox === (await inboxHash(crypto, inbox));
}

type Message = { readonly id: string; readonly kind: MessageKind; readonly hash: string; readonly bytes: Bytes };

async function appendOnce(transaction: Transaction, { id, kind, hash, bytes }: Message, { limits, now }: RequestsOptions): Promise<{ readonly seq: number; readonly isNew: boolean }> {
  // Locks the request: what is appended at the same time waits, and gets the next number.
  const [request] = await transaction.query('UPDATE requests SET seq = seq WHERE id = $1 RETURNING state, expires, seq', [id]);
  if (request === undefined) throw notFound();
  const [same] = await transaction.query('SELECT seq FROM events WHERE request = $1 AND kind = $2 AND hash = $3', [id, kind, hash]);
  if (same !== undefined) return { seq: Number(same['seq']), isNew: false };
  checkOpen(request, now());
  const [kept] = await transaction.query('SELECT count(*) AS n FROM events WHERE request = $1 AND kind = $2', [id, kind]);
  if (Number(kept?.['n']) >= limits.messages) throw new Refused(429, 'too-many-messages', `There are ${String(limits.messages)} messages of this kind already.`);
  const seq = Number(request['seq']) + 1;
  await transaction.query('UPDATE requests SET seq = $2 WHERE id = $1', [id, seq]);
  await transaction.query('INSERT INTO events (request, seq, kind, hash, box, at) VALUES ($1, $2, $3, $4, $5, $6)', [id, seq, kind, hash, bytes, now()]);
  await transaction.notify(id);
  return { seq, isNew: true };
}

function checkOpen({ state, expires }: SqlRow, now: number): void {
  if (state === 'expired' || (state === 'open' && Number(expires) <= now)) throw new Refused(410, 'expired', 'The request has expired. Ask for a new one.');
  if (state !== 'open') throw new Refused(409, String(state), state === 'claimed' ? 'The request was already claimed: somebody is running it, or has.' : 'The request was closed.');
}

async function act(options: RequestsOptions, id: string, envelope: Envelope): Promise<Envelope | undefined> {
  const { crypto, store, teams, key, now } = options;
  const opened = openEnvelope(envelope, payloadTypes.act);
  const body = opened.kind === 'opened' ? parseActBody(opened.body) : undefined;
  if (opened.kind === 'refused' || body?.id !== id) throw new Refused(401, 'not-the-requester', 'This is not signed for this request.');
  const claim = b64u(await crypto.sha256(opened.signed));
  const receipt: ReceiptBody = { v: 1, id, claim, time: now() };
  const signed = body.action === 'claim' ? await signBody(payloadTypes.receipt, bodyBytes(receipt), [key.signer]) : undefined;
  const [found] = await store.query('SELECT team FROM requests WHERE id = $1', [id]);
  const team = found && (await teams.named(String(found['team'])));
  const member = team && (await signerOf(crypto, team, opened));
  return await store.transaction(async (transaction) => {
    const [request] = await transaction.query('UPDATE requests SET seq = seq WHERE id = $1 RETURNING state, expires, requester, claim, receipt', [id]);
    if (request === undefined || member === undefined || request['requester'] !== member) throw new Refused(401, 'not-the-requester', 'Only a key in force of the member who filed a request can claim or close it.');
    if (body.action === 'claim' && request['claim'] === claim) return JSON.parse(String(request['receipt'])) as Envelope;
    if (Math.abs(body.time - now()) > clockSkewMs) throw new Refused(401, 'clock', `This was signed at another time than now (${new Date(now()).toISOString()}). Check the clock.`);
    if (body.action === 'close' && request['state'] === 'closed') return undefined;
    checkOpen(request, now());
    await finish(transaction, { id, body, claim, signed }, now());
    return signed;
  });
}

type Act = { readonly id: string; readonly body: ActBody; readonly claim: string; readonly signed: Envelope | undefined };

async function finish(transaction: Transaction, { id, body, claim, signed }: Act, now: number): Promise<void> {
  if (signed !== undefined) await transaction.query('UPDATE requests SET claim = $2, receipt = $3 WHERE id = $1', [id, claim, JSON.stringify(signed)]);
  await end(transaction, id, body.action === 'claim' ? 'claimed' : 'closed', now);
}

/** Nothing of the sealed request stays: who has the link later finds nothing to open. */
async function end(transaction: Transaction, id: string, state: 'claimed' | 'closed' | 'expired', now: number): Promise<void> {
  const [request] = await transaction.query("UPDATE requests SET state = $2, seq = seq + 1, ended = $3, box = NULL WHERE id = $1 AND state = 'open' RETURNING seq, team", [id, state, now]);
  if (request === undefined) return;
  await transaction.query('INSERT INTO events (request, seq, kind, hash, box, at) VALUES ($1, $2, $3, NULL, NULL, $4)', [id, Number(request['seq']), state, now]);
  await transaction.query('DELETE FROM inbox WHERE request = $1', [id]);
  await transaction.notify(id);
  await transaction.notify(inboxTopic(String(request['team'])));
}

function eventOf({ seq, kind, at, box }: SqlRow): RequestEvent {
  const event = { seq: Number(seq), kind: kind as RequestEvent['kind'], at: Number(at) };
  return box instanceof Uint8Array ? { ...event, box: b64u(box) } : event;
}
