/** A confirmation server over HTTP, as requester, reviewer and administrator use it from the editor or the command line. */
import { b64u } from '../../core/approval/bytes.ts';
import type { Bytes } from '../../core/approval/bytes.ts';
import { parseB64u } from '../../core/approval/bytes.ts';
import type { Crypto } from '../../core/approval/crypto.ts';
import { bodyBytes, openEnvelope, payloadTypes, signBody } from '../../core/approval/envelope.ts';
import type { Envelope, Signer } from '../../core/approval/envelope.ts';
import { isObject } from '../../core/approval/guards.ts';
import { keyidOf, verifySignature } from '../../core/approval/keyRecord.ts';
import type { SignedTeam } from '../../core/approval/teamChain.ts';
import {
  parseChallenge, parseClaimed, parseInboxEntry, parseReceiptBody, parseRequestEvent, parseRequestView, parseServerView, parseSession, parseTeamFiles,
} from '../../protocol/confirmation.ts';
import type { InboxEntry, LoginBody, MessageKind, PostRequest, RequestEvent, RequestView, ServerView, TeamFileMessage } from '../../protocol/confirmation.ts';
import { followEvents } from './eventFollower.ts';
import { call } from './httpCall.ts';
import type { Answer } from './httpCall.ts';

/** What the read token of a link opens. */
export type LinkAccess = { readonly id: string; readonly readToken: Bytes };
export type Session = { readonly token: string; readonly expires: number };
export type InboxNews = { readonly kind: 'request'; readonly entry: InboxEntry } | { readonly kind: 'gone'; readonly id: string };
export type Waiting = { readonly signal: AbortSignal; readonly onState?: (state: 'waiting' | 'interrupted') => void };

/** None of these rejects. What comes back is parsed, and still only what a server says: signatures decide. */
export interface ConfirmationRelay {
  server(): Promise<Answer<ServerView>>;
  /** Files in the order of their versions; those it has are passed over. */
  putTeam(files: readonly SignedTeam[]): Promise<Answer<object>>;
  teamAfter(session: Session, team: string, version: number): Promise<Answer<readonly SignedTeam[]>>;
  /** May be sent again, unchanged, when the answer was lost. */
  file(message: PostRequest): Promise<Answer<object>>;
  view(link: LinkAccess): Promise<Answer<RequestView>>;
  teamOf(link: LinkAccess): Promise<Answer<SignedTeam>>;
  /** The same bytes are kept once, however often they are sent. */
  post(link: LinkAccess, kind: MessageKind, box: Bytes): Promise<Answer<object>>;
  /** Every event after `seq`, each once, until the request is over. */
  follow(link: LinkAccess, seq: number, waiting: Waiting): AsyncGenerator<RequestEvent, void, undefined>;
  /** Takes the request, once. The same envelope, sent again, gets the same receipt; its signature and what it is for are checked. */
  claim(id: string, act: Envelope): Promise<Answer<Envelope>>;
  close(id: string, act: Envelope): Promise<Answer<object>>;
  logIn(team: string, signer: Signer, now: number): Promise<Answer<Session>>;
  /** What waits for a member, and what stops waiting. `session` is asked for anew when the line was interrupted. */
  inbox(session: () => Promise<Session | undefined>, waiting: Waiting): AsyncGenerator<InboxNews, void, undefined>;
}

const anything = (value: unknown): object | undefined => (isObject(value) ? value : undefined);
const paths: Readonly<Record<MessageKind, string>> = { decision: 'decisions', seen: 'seen', enrolment: 'enrolments' };

/** @param root - where the server is; a path is kept, because it may be below a proxy */
export function connectRelay(crypto: Crypto, root: string): ConfirmationRelay {
  const base = `${root.replace(/\/+$/, '')}/v1`;
  const at = (id: string): string => `${base}/requests/${encodeURIComponent(id)}`;
  const tokenOf = ({ readToken }: LinkAccess): string => b64u(readToken);
  return {
    server: async () => await call(`${base}/server`, {}, parseServerView),
    putTeam: async (files) => await putTeam(`${base}/teams`, files),
    teamAfter: async ({ token }, team, version) => mapAnswer(await call(`${base}/teams/${encodeURIComponent(team)}?after=${String(version)}`, { token }, parseTeamFiles), ({ files }) => files.map(signedTeam)),
    file: async (message) => await call(`${base}/requests`, { json: message }, anything),
    view: async (link) => await call(at(link.id), { token: tokenOf(link) }, parseRequestView),
    teamOf: async (link) => mapAnswer(await call(`${at(link.id)}/team`, { token: tokenOf(link) }, (value) => parseTeamFiles({ files: [value] })?.files[0]), signedTeam),
    post: async (link, kind, box) => await call(`${at(link.id)}/${paths[kind]}`, { token: tokenOf(link), json: { box: b64u(box) } }, anything),
    follow: (link, seq, waiting) => followRequest(`${at(link.id)}/events`, tokenOf(link), seq, waiting),
    claim: async (id, act) => await claim(crypto, base, id, act),
    close: async (id, act) => await call(`${at(id)}/close`, { json: { act } }, anything),
    logIn: async (team, signer, now) => await logIn(base, team, signer, now),
    inbox: (session, waiting) => followInbox(`${base}/inbox`, session, waiting),
  };
}

function mapAnswer<From, To>(answer: Answer<From>, map: (value: From) => To): Answer<To> {
  return answer.kind === 'ok' ? { kind: 'ok', value: map(answer.value) } : answer;
}

function signedTeam({ file, signatures }: TeamFileMessage): SignedTeam {
  return { file: parseB64u(file) ?? new Uint8Array(0), signatures };
}

async function putTeam(url: string, files: readonly SignedTeam[]): Promise<Answer<object>> {
  let last: Answer<object> = { kind: 'ok', value: {} };
  for (const { file, signatures } of files) {
    last = await call(url, { json: { file: b64u(file), signatures } }, anything);
    // An older one than the server has: the next may be the one it lacks.
    if (last.kind !== 'ok' && !(last.kind === 'refused' && last.code === 'team-rolled-back')) return last;
  }
  return last;
}

/** More than happens to any request: a server keeps some dozens of each kind. */
const mostEvents = 1000;

async function* followRequest(url: string, token: string, seq: number, { signal, onState }: Waiting): AsyncGenerator<RequestEvent, void, undefined> {
  let last = seq;
  for await (const { data } of followEvents({ url, token: async () => await Promise.resolve(token), after: () => last, signal, onState })) {
    const event = parseRequestEvent(parseJson(data));
    // Events come in order; one that was seen, or that jumps back, is not told again.
    if (event === undefined || event.seq <= last) continue;
    // Each would be written down. An answer can still come as text.
    if (event.seq > mostEvents) return;
    last = event.seq;
    yield event;
    if (event.kind === 'claimed' || event.kind === 'closed' || event.kind === 'expired') return;
  }
}

async function* followInbox(url: string, session: () => Promise<Session | undefined>, { signal, onState }: Waiting): AsyncGenerator<InboxNews, void, undefined> {
  for await (const { kind, data } of followEvents({ url, token: async () => (await session())?.token, after: () => 0, signal, onState })) {
    const value = parseJson(data);
    if (kind === 'gone' && isObject(value) && typeof value['id'] === 'string') yield { kind: 'gone', id: value['id'] };
    const entry = kind === 'request' ? parseInboxEntry(value) : undefined;
    if (entry !== undefined) yield { kind: 'request', entry };
  }
}

async function claim(crypto: Crypto, base: string, id: string, act: Envelope): Promise<Answer<Envelope>> {
  const answer = mapAnswer(await call(`${base}/requests/${encodeURIComponent(id)}/claim`, { json: { act } }, parseClaimed), ({ receipt }) => receipt);
  if (answer.kind !== 'ok') return answer;
  const server = await call(`${base}/server`, {}, parseServerView);
  if (server.kind !== 'ok') return server;
  return (await isReceipt(crypto, answer.value, server.value, { id, act })) ? answer : { kind: 'unreachable', message: 'The server sent a receipt that is not for this claim. It is not known whether the request was claimed.' };
}

async function isReceipt(crypto: Crypto, receipt: Envelope, { key }: ServerView, { id, act }: { readonly id: string; readonly act: Envelope }): Promise<boolean> {
  const [opened, asked] = [openEnvelope(receipt, payloadTypes.receipt), openEnvelope(act, payloadTypes.act)];
  const pub = parseB64u(key.pub);
  if (opened.kind === 'refused' || asked.kind === 'refused' || pub === undefined || (await keyidOf(crypto, key.alg, pub)) !== key.keyid) return false;
  const [signature] = opened.signatures;
  const body = parseReceiptBody(opened.body);
  const isSigned = signature?.keyid === key.keyid && (await verifySignature(crypto, { alg: key.alg, pub }, signature, opened.signed)).kind === 'valid';
  return isSigned && body?.id === id && body.claim === b64u(await crypto.sha256(asked.signed));
}

async function logIn(base: string, team: string, signer: Signer, now: number): Promise<Answer<Session>> {
  const asked = await call(`${base}/challenges`, { method: 'POST' }, parseChallenge);
  if (asked.kind !== 'ok') return asked;
  const body: LoginBody = { v: 1, team, host: new URL(base).host, challenge: asked.value.challenge, time: now };
  return await call(`${base}/login`, { json: { login: await signBody(payloadTypes.login, bodyBytes(body), [signer]) } }, parseSession);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not from our server; the parsers refuse it.
    return undefined;
  }
}
