/** Messages between a confirmation server and its clients: the editor, the reviewer's page, the command line. Version 1. */
import type { Bytes } from '../core/approval/bytes.ts';
import { b64u, utf8 } from '../core/approval/bytes.ts';
import type { Crypto } from '../core/approval/crypto.ts';
import { bodyBytes, isEnvelope, payloadTypes, signBody } from '../core/approval/envelope.ts';
import type { Envelope, Signer } from '../core/approval/envelope.ts';
import { b64uOf, b64uText, closed, isObject, listOf, name, nullable, oneOf, text, time, whole } from '../core/approval/guards.ts';
import type { Guarded } from '../core/approval/guards.ts';
import { isMemberId, isRequestId } from '../core/approval/request.ts';
import { isTeamName } from '../core/approval/team.ts';
import { strictParse } from '../core/approval/strictJson.ts';

/** Bytes of a sealed request, and of a sealed message about one. */
export const maxBoxBytes = 1_600_000;
export const maxMessageBytes = 64 * 1024;
/** No request lives longer than this on a server. */
export const maxLifetimeMs = 7 * 24 * 60 * 60 * 1000;

const letters = (bytes: number): number => Math.ceil((bytes * 4) / 3);
const version = { v: oneOf(1) };

/** One member's way to the request without its link: the link's secret, sealed to the member's key. */
const isInboxItem = closed({ member: isMemberId, sealed: b64uText(400) });
export type InboxItem = Guarded<typeof isInboxItem>;

/** `POST /v1/requests`. `auth` is signed by the requester and covers all the others. */
export const isPostRequest = closed({
  id: isRequestId,
  team: b64uOf(32),
  expires: time,
  readHash: b64uOf(32),
  box: b64uText(letters(maxBoxBytes)),
  inbox: listOf(isInboxItem, 500),
  auth: isEnvelope,
});
export type PostRequest = Guarded<typeof isPostRequest>;

/** What `auth` signs. */
const isPostBody = closed({ ...version, id: isRequestId, team: b64uOf(32), expires: time, readHash: b64uOf(32), box: b64uOf(32), inbox: b64uOf(32), time });
export type PostBody = Guarded<typeof isPostBody>;

/** `POST /v1/requests/<id>/decisions`, `…/seen` and `…/enrolments`: sealed with the link's key. */
export const isPostMessage = closed({ box: b64uText(letters(maxMessageBytes)) });
export const messageKinds = ['decision', 'seen', 'enrolment'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** What is sealed into a sighting: that somebody looks. Not signed, so it is news and no proof. */
export const isSeenBody = closed({ ...version, reviewer: nullable(isMemberId), time });
export type SeenBody = Guarded<typeof isSeenBody>;

/** `POST /v1/requests/<id>/claim` and `…/close`. */
export const isPostAct = closed({ act: isEnvelope });
const isActBody = closed({ ...version, id: isRequestId, action: oneOf('claim', 'close'), time, nonce: b64uOf(32) });
export type ActBody = Guarded<typeof isActBody>;

/** `POST /v1/teams`: the exact bytes of the file, and what stands in `team.sig.json`. */
export const isPostTeam = closed({ file: b64uText(letters(1024 * 1024)), signatures: isObject });
export type TeamFileMessage = Guarded<typeof isPostTeam>;

/** `POST /v1/login`: a member's key over a challenge of the server. */
export const isPostLogin = closed({ login: isEnvelope });
/** `host` is the server as the member reached it: another server that passes the challenge on gets a login for itself. */
const isLoginBody = closed({ ...version, team: isTeamName, host: name(300), challenge: text(200), time });
export type LoginBody = Guarded<typeof isLoginBody>;

/** What a server signs when it has given a request to the one who claimed it. */
const isReceiptBody = closed({ ...version, id: isRequestId, claim: b64uOf(32), time });
export type ReceiptBody = Guarded<typeof isReceiptBody>;

export const requestStates = ['open', 'claimed', 'closed', 'expired'] as const;
export type RequestState = (typeof requestStates)[number];

/** Something that happened to a request. `seq` counts from 1 without gaps, for each request. */
const isRequestEvent = closed({ seq: whole(1, Number.MAX_SAFE_INTEGER), kind: oneOf(...messageKinds, 'claimed', 'closed', 'expired'), at: time }, { box: b64uText(letters(maxMessageBytes)) });
export type RequestEvent = Guarded<typeof isRequestEvent>;

/** `GET /v1/requests/<id>`. `box` is gone once the request is over. */
const isRequestView = closed({ id: isRequestId, state: oneOf(...requestStates), team: b64uOf(32), expires: time, seq: whole(0, Number.MAX_SAFE_INTEGER), now: time, box: nullable(b64uText(letters(maxBoxBytes))) });
export type RequestView = Guarded<typeof isRequestView>;

/** `GET /v1/server`. */
const isServerView = closed({ ...version, key: closed({ alg: oneOf('es256'), pub: b64uText(200), keyid: b64uOf(32) }), now: time });
export type ServerView = Guarded<typeof isServerView>;

/** One open request in a member's inbox. */
const isInboxEntry = closed({ id: isRequestId, expires: time, sealed: b64uText(400) });
export type InboxEntry = Guarded<typeof isInboxEntry>;

const isProblem = closed({ error: closed({ code: name(64), message: text(2000) }) });
/** Why a call was refused. `code` is for programs, `message` for people. */
export type Problem = Guarded<typeof isProblem>;

/** Parsers of what a server sends: it may be anybody's. */
export const parseRequestView = parserOf(isRequestView);
export const parseRequestEvent = parserOf(isRequestEvent);
export const parseServerView = parserOf(isServerView);
export const parseInboxEntry = parserOf(isInboxEntry);
export const parseProblem = parserOf(isProblem);
export const parseTeamFiles = parserOf(closed({ files: listOf(isPostTeam, 1000) }));
export const parseClaimed = parserOf(closed({ receipt: isEnvelope }));
export const parseSession = parserOf(closed({ token: text(1000), expires: time }));
export const parseChallenge = parserOf(closed({ challenge: text(200) }));

function parserOf<Value>(guard: (value: unknown) => value is Value): (value: unknown) => Value | undefined {
  return (value) => (guard(value) ? value : undefined);
}

/** Parsers of signed bodies. */
export const parsePostBody = bodyParserOf(isPostBody);
export const parseActBody = bodyParserOf(isActBody);
export const parseLoginBody = bodyParserOf(isLoginBody);
export const parseReceiptBody = bodyParserOf(isReceiptBody);

function bodyParserOf<Value>(guard: (value: unknown) => value is Value): (bytes: Bytes) => Value | undefined {
  return (bytes) => {
    const parsed = strictParse(bytes);
    return parsed !== undefined && guard(parsed.value) ? parsed.value : undefined;
  };
}

/** Binds the inbox of a request: who finds it there, and what each finds. */
export async function inboxHash(crypto: Crypto, inbox: readonly InboxItem[]): Promise<string> {
  return b64u(await crypto.sha256(utf8(JSON.stringify(inbox.map(({ member, sealed }) => [member, sealed])))));
}

/** Everything of a request as a server gets it. */
export type Filing = { readonly id: string; readonly team: string; readonly expires: number; readonly readHash: string; readonly box: Bytes; readonly inbox: readonly InboxItem[] };

/** @param now - the requester's clock, epoch milliseconds */
export async function signFiling(crypto: Crypto, { box, inbox, ...rest }: Filing, signer: Signer, now: number): Promise<PostRequest> {
  const body: PostBody = { v: 1, ...rest, box: b64u(await crypto.sha256(box)), inbox: await inboxHash(crypto, inbox), time: now };
  return { ...rest, box: b64u(box), inbox, auth: await signBody(payloadTypes.post, bodyBytes(body), [signer]) };
}

/** A claim can be sent again when its answer was lost: keep the envelope, not only the wish. */
export async function signAct(crypto: Crypto, act: Pick<ActBody, 'id' | 'action' | 'time'>, signer: Signer): Promise<Envelope> {
  const body: ActBody = { v: 1, id: act.id, action: act.action, time: act.time, nonce: b64u(crypto.random(32)) };
  return await signBody(payloadTypes.act, bodyBytes(body), [signer]);
}
