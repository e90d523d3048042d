/** A confirmation server in the same process, or at a port, and the calls of its clients. */
import { b64u } from '../../../src/core/approval/bytes.ts';
import type { Bytes } from '../../../src/core/approval/bytes.ts';
import type { Envelope } from '../../../src/core/approval/envelope.ts';
import { bodyBytes, payloadTypes, signBody } from '../../../src/core/approval/envelope.ts';
import { linkKeys, newSecret, openBox, readHash, sealBox } from '../../../src/core/approval/seal.ts';
import type { SealedKind } from '../../../src/core/approval/seal.ts';
import { acceptTeam } from '../../../src/core/approval/teamChain.ts';
import type { SignedTeam } from '../../../src/core/approval/teamChain.ts';
import type { Team } from '../../../src/core/approval/team.ts';
import { signAct, signFiling } from '../../../src/protocol/confirmation.ts';
import type { InboxItem } from '../../../src/protocol/confirmation.ts';
import { createLog } from '../../../src/server/log.ts';
import { startApp } from '../../../src/server/serve.ts';
import type { RunningApp, ServerOptions } from '../../../src/server/serve.ts';
import { openSqlite } from '../../../src/server/store/sqlite.ts';
import { crypto, passkey, softwareKey } from './keys.ts';
import type { OwnKey } from './keys.ts';
import { ask, requestBody, signedTeam, teamBody } from './people.ts';
import type { Asked } from './people.ts';

export type Call = (path: string, init?: { method?: string; token?: string; json?: unknown; body?: BodyInit; headers?: Record<string, string> }) => Promise<Response>;

export const page = { script: 'void 0;', style: 'body {}' };

export type Relay = RunningApp & { readonly call: Call; readonly log: string[] };

/** With a store in memory. */
export async function startRelay(options: Partial<ServerOptions> = {}): Promise<Relay> {
  const log: string[] = [];
  const running = await startApp({ store: await openSqlite(':memory:'), log: createLog((line) => log.push(line)), page, ...options });
  return { ...running, log, call: callOver(async (path, init) => await running.app.request(path, init)) };
}

export function callOver(request: (path: string, init: RequestInit) => Promise<Response>): Call {
  return async (path, { method, token, json, body, headers } = {}) =>
    await request(path, {
      method: method ?? (json === undefined && body === undefined ? 'GET' : 'POST'),
      headers: { ...(json === undefined ? {} : { 'Content-Type': 'application/json' }), ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...headers },
      ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
    });
}

export const callAt = (origin: string): Call => callOver(async (path, init) => await fetch(origin + path, init));

/** Alice asks, Bob reviews with a passkey, Carol too; all are in the team. */
export type Cast = { readonly alice: OwnKey; readonly bob: OwnKey; readonly carol: OwnKey; readonly team: Team; readonly signed: SignedTeam };

export async function cast(): Promise<Cast> {
  const [alice, bob, carol] = await Promise.all([softwareKey(), passkey(), passkey()]);
  const signed = await signedTeam(teamBody([{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [bob] }, { id: 'carol', keys: [carol] }]), [alice]);
  const state = await acceptTeam(crypto, undefined, [signed]);
  if (state.kind === 'refused') throw new Error(state.code);
  return { alice, bob, carol, team: state.team, signed };
}

export async function postTeam(call: Call, { file, signatures }: SignedTeam): Promise<Response> {
  return await call('/v1/teams', { json: { file: b64u(file), signatures } });
}

/** A request with the secret of its link, as its requester has it. */
export type Filed = { readonly asked: Asked; readonly id: string; readonly secret: Bytes; readonly key: Bytes; readonly token: string; readonly message: Awaited<ReturnType<typeof signFiling>> };

export type FilingChange = { readonly now?: number; readonly lifetimeMs?: number; readonly inbox?: readonly InboxItem[]; readonly signer?: OwnKey; readonly plain?: Bytes };

export async function prepare({ alice, team }: Cast, change: FilingChange = {}): Promise<Filed> {
  const now = change.now ?? Date.now();
  const asked = await ask(alice, requestBody(team, { created: now, expires: now + (change.lifetimeMs ?? 600_000) }));
  const { id } = asked.body;
  const secret = newSecret(crypto);
  const { key, readToken } = await linkKeys(crypto, id, secret);
  const box = await sealBox(crypto, key, { kind: 'request', id }, change.plain ?? bodyBytes(asked.envelope));
  const filing = { id, team: team.digest, expires: asked.body.expires, readHash: await readHash(crypto, readToken), box, inbox: change.inbox ?? [] };
  return { asked, id, secret, key, token: b64u(readToken), message: await signFiling(crypto, filing, (change.signer ?? alice).signer, now) };
}

/** A request that is on the server. */
export async function fileOn(call: Call, people: Cast, change: FilingChange = {}): Promise<Filed> {
  const filed = await prepare(people, change);
  const answer = await call('/v1/requests', { json: filed.message });
  if (answer.status !== 201) throw new Error(`${String(answer.status)} ${await answer.text()}`);
  return filed;
}

export async function sealed({ id, key }: Filed, kind: SealedKind, envelope: Envelope): Promise<string> {
  return b64u(await sealBox(crypto, key, { kind, id }, bodyBytes(envelope)));
}

export async function opened({ id, key }: Filed, kind: SealedKind, box: Bytes): Promise<unknown> {
  const bytes = await openBox(crypto, key, { kind, id }, box);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as unknown);
}

export async function actOn(filed: Pick<Filed, 'id'>, action: 'claim' | 'close', key: OwnKey, time = Date.now()): Promise<{ act: Envelope }> {
  return { act: await signAct(crypto, { id: filed.id, action, time }, key.signer) };
}

/** @param host - in the same process, requests have this one */
export async function logIn(call: Call, key: OwnKey, team = 'shop', host = 'localhost'): Promise<Response> {
  const { challenge } = (await (await call('/v1/challenges', { method: 'POST' })).json()) as { challenge: string };
  const body = { v: 1, team, host, challenge, time: Date.now() };
  return await call('/v1/login', { json: { login: await signBody(payloadTypes.login, bodyBytes(body), [key.signer]) } });
}

/** Reads a stream of events until `enough` of them came. */
export async function eventsFrom(response: Response, enough: number): Promise<{ readonly kind: string; readonly data: any; readonly id: string | undefined }[]> {
  const events: { kind: string; data: any; id: string | undefined }[] = [];
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string): string | undefined => block.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const kind = field('event');
      if (kind !== undefined) events.push({ kind, data: JSON.parse(field('data') ?? 'null'), id: field('id') });
    }
    if (events.length >= enough) break;
  }
  return events;
}
