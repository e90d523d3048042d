/** Alice, who asks, and the others: a team file with real keys, requests and decisions, to be bent by tests. */
import { b64u, utf8 } from '../../../src/core/approval/bytes.ts';
import type { Bytes } from '../../../src/core/approval/bytes.ts';
import type { DecisionBody } from '../../../src/core/approval/decision.ts';
import { requestDigest } from '../../../src/core/approval/digest.ts';
import { bodyBytes, payloadTypes, signBody } from '../../../src/core/approval/envelope.ts';
import type { Envelope } from '../../../src/core/approval/envelope.ts';
import { newRequestId } from '../../../src/core/approval/seal.ts';
import type { RequestBody } from '../../../src/core/approval/request.ts';
import type { Team, TeamBody } from '../../../src/core/approval/team.ts';
import { acceptTeam, signTeam } from '../../../src/core/approval/teamChain.ts';
import type { SignedTeam } from '../../../src/core/approval/teamChain.ts';
import { strictTerms } from '../../../src/core/approval/terms.ts';
import type { Terms } from '../../../src/core/approval/terms.ts';
import { crypto } from './keys.ts';
import type { OwnKey } from './keys.ts';

/** 2026-11-21T12:00:00Z, when everything here happens unless a test says otherwise. */
export const noon = Date.UTC(2026, 10, 21, 12);
export const minute = 60_000;

export type Person = { readonly id: string; readonly roles?: readonly string[]; readonly keys: readonly OwnKey[]; readonly enc?: string; readonly revoked?: readonly number[] };

/** A team file in JSON; the first person's first key signs it. */
export function teamBody(people: readonly Person[], change: Partial<TeamBody> = {}): TeamBody {
  return {
    v: 1,
    team: 'shop',
    version: 1,
    prev: null,
    issued: '2026-01-01T00:00:00Z',
    expires: '2027-06-01T00:00:00Z',
    admins: { threshold: 1, keyids: [people[0]?.keys[0]?.keyid ?? ''] },
    members: people.map(({ id, roles = [], keys, enc, revoked = [] }) => ({
      id,
      name: `${id[0]?.toUpperCase() ?? ''}${id.slice(1)}`,
      roles,
      keys: keys.map(({ record }, index) => (revoked.includes(index) ? { ...record, revoked: '2026-11-01T00:00:00Z' } : record)),
      ...(enc === undefined ? {} : { enc }),
    })),
    policy: { confirmations: [] },
    ...change,
  };
}

export async function signedTeam(body: unknown, signers: readonly OwnKey[]): Promise<SignedTeam> {
  const file = utf8(`// The team.\n${JSON.stringify(body, undefined, 2)}\n`);
  return { file, signatures: await signTeam(file, signers.map(({ signer }) => signer)) };
}

/** An accepted team of these people. */
export async function team(people: readonly Person[], change: Partial<TeamBody> = {}): Promise<Team> {
  const state = await acceptTeam(crypto, undefined, [await signedTeam(teamBody(people, change), people[0]?.keys.slice(0, 1) ?? [])]);
  if (state.kind === 'refused') throw new Error(state.code);
  return state.team;
}

export function requestBody(of: Pick<Team, 'digest'>, change: Partial<RequestBody> = {}): RequestBody {
  return {
    v: 1,
    id: newRequestId(crypto),
    nonce: b64u(crypto.random(32)),
    team: of.digest,
    requester: 'alice',
    origin: 'human',
    created: noon - minute,
    expires: noon + 10 * minute,
    reason: 'Customer 42 asked to be forgotten',
    target: { engine: 'postgresql', system: '7431/16384', database: 'shop', role: 'app_rw', host: 'db-1:5432', profile: 'shop' },
    session: { search_path: '"$user", public', TimeZone: 'UTC' },
    statements: [{ sql: 'DELETE FROM customers WHERE id = $1', params: [{ t: 'int4', v: '42' }], class: 'destructive' }],
    effect: { tables: [{ name: 'public.customers', ins: 0, upd: 0, del: 1 }], rows: b64u(new Uint8Array(32)), count: 1, complete: true },
    preview: {
      masked: true,
      tables: [{ name: 'public.customers', columns: [{ name: 'id', type: 'integer' }, { name: 'email', type: 'text' }], key: [0], masked: [1], changes: [{ kind: 'deleted', before: ['42', '•••'] }] }],
    },
    facts: { environment: 'production', risks: [{ level: 'high', text: 'Deletes rows' }], permanent: [], undo: { kind: 'planned', text: 'The deleted row is kept and can be put back.' } },
    runOnce: true,
    ...change,
  };
}

export type Asked = { readonly body: RequestBody; readonly bytes: Bytes; readonly digest: string; readonly envelope: Envelope };

export async function ask(key: OwnKey, body: RequestBody): Promise<Asked> {
  const bytes = bodyBytes(body);
  return { body, bytes, digest: await requestDigest(crypto, bytes), envelope: await signBody(payloadTypes.request, bytes, [key.signer]) };
}

export function decisionBody(asked: Asked, reviewer: string, change: Partial<DecisionBody> = {}): DecisionBody {
  return {
    v: 1,
    request: asked.digest,
    decision: 'approve',
    reviewer,
    team: asked.body.team,
    time: noon,
    expires: noon + 10 * minute,
    saw: { view: 'web', masked: true, effect: true },
    comment: '',
    ...change,
  };
}

export async function decide(asked: Asked, reviewer: string, keys: readonly OwnKey[], change: Partial<DecisionBody> = {}): Promise<Envelope> {
  return await signBody(payloadTypes.decision, bodyBytes(decisionBody(asked, reviewer, change)), keys.map(({ signer }) => signer));
}

/** The requester's own signature, in an emergency. */
export async function consent(asked: Asked, who: string, keys: readonly OwnKey[], change: Partial<DecisionBody> = {}): Promise<Envelope> {
  return await signBody(payloadTypes.emergency, bodyBytes(decisionBody(asked, who, change)), keys.map(({ signer }) => signer));
}

/** The weakest terms there are, for tests about something else. */
export const lenient: Terms = { ...strictTerms, assurance: 'software' };
