/** One good envelope for each scheme, and every way an approval must fail, with its reason code. */
import { b64u, parseB64u } from '../../../src/core/approval/bytes.ts';
import { bodyBytes, payloadTypes, signBody } from '../../../src/core/approval/envelope.ts';
import type { Envelope } from '../../../src/core/approval/envelope.ts';
import { strictTerms } from '../../../src/core/approval/terms.ts';
import type { Terms } from '../../../src/core/approval/terms.ts';
import { passkey, softwareKey, sshKey } from '../../support/confirmation/keys.ts';
import type { OwnKey } from '../../support/confirmation/keys.ts';
import { ask, decide, decisionBody, lenient, minute, noon, requestBody, signedTeam, team, teamBody } from '../../support/confirmation/people.ts';
import type { Asked, Person } from '../../support/confirmation/people.ts';

export type ApprovalCase = {
  readonly name: string;
  readonly team?: string;
  readonly request?: string;
  readonly now?: number;
  readonly terms?: Terms;
  readonly envelopes: readonly unknown[];
  /** `results`: for each envelope its reason code, or the assurance of one that holds. */
  readonly expect: { readonly kind: string; readonly code?: string; readonly missing?: number; readonly results: readonly string[] };
};

const localhost = { rpId: 'localhost', origins: ['http://localhost:*'], origin: 'http://localhost:43117' };

async function schemes(): Promise<Readonly<Record<string, readonly [key: OwnKey, assurance: string]>>> {
  return {
    'es256': [await softwareKey(), 'software'],
    'webauthn-es256 touched': [await passkey({ flags: 0x01 }), 'touch'],
    'webauthn-es256 verified': [await passkey(), 'uv'],
    'webauthn-es256 verified, synced': [await passkey({ flags: 0x1d }), 'uv'],
    'webauthn-es256 verified on localhost': [await passkey(localhost), 'uv-local'],
    'webauthn-es256, a member of clientDataJSON nobody knows': [await passkey({ more: { other_keys_can_be_added_here: 'do not compare' } }), 'uv'],
    'webauthn-rs256 touched': [await passkey({ kind: 'rsa', flags: 0x01 }), 'touch'],
    'webauthn-rs256 verified': [await passkey({ kind: 'rsa' }), 'uv'],
    'webauthn-eddsa touched': [await passkey({ kind: 'ed25519', flags: 0x01 }), 'touch'],
    'webauthn-eddsa verified': [await passkey({ kind: 'ed25519' }), 'uv'],
    'sshsig ed25519': [await sshKey(), 'software'],
    'sshsig ed25519, sha256': [await sshKey({ hash: 'sha256' }), 'software'],
    'sshsig ecdsa': [await sshKey({ kind: 'p256' }), 'software'],
    'sshsig rsa': [await sshKey({ kind: 'rsa' }), 'software'],
    'sshsig sk-ed25519 touched': [await sshKey({ flags: 1 }), 'touch'],
    'sshsig sk-ed25519 verified': [await sshKey({ flags: 5 }), 'uv-local'],
    'sshsig sk-ecdsa touched': [await sshKey({ kind: 'p256', flags: 1 }), 'touch'],
    'sshsig sk-ecdsa verified': [await sshKey({ kind: 'p256', flags: 5 }), 'uv-local'],
  };
}

/** Keys that are in the team file, with hands that sign what must not count. */
async function bentKeys(): Promise<Readonly<Record<string, readonly [key: OwnKey, code: string]>>> {
  return {
    'a passkey that registers instead of approving': [await passkey({ type: 'webauthn.create' }), 'webauthn-type'],
    'a passkey with the challenge of something else': [await passkey({ challenge: b64u(new Uint8Array(32)) }), 'webauthn-challenge'],
    'a passkey on another origin': [await passkey({ origin: 'https://evil.example.com' }), 'webauthn-origin'],
    'a passkey on a host that begins like localhost': [await passkey({ ...localhost, origin: 'http://localhost.example.com' }), 'webauthn-origin'],
    'a passkey on localhost that is not allowed there': [await passkey({ origin: 'http://localhost:1234' }), 'webauthn-origin'],
    'a passkey in a frame of another origin': [await passkey({ more: { crossOrigin: true } }), 'webauthn-embedded'],
    'a passkey below another page': [await passkey({ more: { topOrigin: 'https://confirm.example.com' } }), 'webauthn-embedded'],
    'a passkey of another relying party': [await passkey({ hashedRpId: 'example.com' }), 'webauthn-rp'],
    'a passkey nobody touched': [await passkey({ flags: 0x04 }), 'user-not-present'],
    'a passkey that is backed up but cannot be': [await passkey({ flags: 0x15 }), 'webauthn-flags'],
    'an SSH signature for git': [await sshKey({ namespace: 'git' }), 'ssh-namespace'],
    'an SSH security key nobody touched': [await sshKey({ flags: 0 }), 'user-not-present'],
    'an SSH security key verified but not touched': [await sshKey({ flags: 4 }), 'user-not-present'],
  };
}

export async function approvalVectors(): Promise<object> {
  const good = await schemes();
  const bent = await bentKeys();
  const [alice, aliceToo, bob, bobToo, carol, dave, erin, stranger] = await Promise.all([softwareKey(), passkey(), passkey(), softwareKey('second'), passkey(), passkey(), passkey(), passkey()]);
  const others = [...Object.values(good), ...Object.values(bent)].map(([key]) => key);
  const people: readonly Person[] = [
    { id: 'alice', roles: ['dba'], keys: [alice, aliceToo] },
    { id: 'bob', roles: ['dba'], keys: [bob, bobToo] },
    { id: 'carol', roles: ['dba', 'owner'], keys: [carol] },
    { id: 'dave', keys: [dave] },
    { id: 'erin', roles: ['dba'], keys: [erin], revoked: [0] },
    // One person may have 16 keys.
    { id: 'grace', keys: others.slice(0, 16) },
    { id: 'heidi', keys: others.slice(16) },
  ];
  const ours = await team(people);
  const expired = teamBody(people, { expires: '2026-11-01T00:00:00Z' });
  const newer = teamBody(people, { issued: '2026-11-20T00:00:00Z' });
  const owner = (key: OwnKey): string => people.find(({ keys }) => keys.includes(key))?.id ?? '';
  const asked = await ask(alice, requestBody(ours));
  const other = await ask(alice, requestBody(ours, { statements: [{ sql: 'DELETE FROM customers', params: [], class: 'destructive' }] }));
  const byAgent = await ask(alice, requestBody(ours, { origin: 'agent:claude' }));
  const ofStranger = await ask(alice, requestBody(ours, { requester: 'mallory' }));
  const yes = async (key: OwnKey, change = {}, of: Asked = asked): Promise<Envelope> => await decide(of, owner(key), [key], change);

  const bobs = await yes(bob);
  const carols = await yes(carol);
  const carolsNo = await yes(carol, { decision: 'reject', comment: 'wrong customer' });
  const two: Terms = { ...strictTerms, groups: [{ approvals: 2, roles: ['dba'] }] };
  const across: Terms = { ...strictTerms, groups: [{ approvals: 1, roles: ['dba'] }, { approvals: 1, roles: ['owner'] }] };
  const approved = (...results: string[]): ApprovalCase['expect'] => ({ kind: 'approved', results });
  const waiting = (missing: number, ...results: string[]): ApprovalCase['expect'] => ({ kind: 'waiting', missing, results });
  const refused = (code: string): ApprovalCase['expect'] => ({ kind: 'refused', code, results: [] });
  const one = (name: string, envelope: unknown, code: string): ApprovalCase => ({ name, envelopes: [envelope], expect: waiting(1, code) });

  const cases: ApprovalCase[] = [];
  for (const [name, [key, assurance]] of Object.entries(good)) cases.push({ name, terms: lenient, envelopes: [await yes(key)], expect: approved(assurance) });
  for (const [name, [key, code]] of Object.entries(bent)) cases.push({ name, terms: lenient, envelopes: [await yes(key)], expect: waiting(1, code) });
  cases.push(
    { name: 'nobody answered yet', envelopes: [], expect: waiting(1) },
    { name: 'a rejection', envelopes: [carolsNo], expect: { kind: 'rejected', results: ['uv'] } },
    { name: 'approve, then reject', envelopes: [carols, carolsNo], expect: { kind: 'rejected', results: ['uv', 'uv'] } },
    { name: 'reject, then approve', envelopes: [carolsNo, carols], expect: { kind: 'rejected', results: ['uv', 'uv'] } },
    { name: 'one approves, another rejects', envelopes: [bobs, carolsNo], expect: { kind: 'rejected', results: ['uv', 'uv'] } },
    { name: 'two of two', terms: two, envelopes: [bobs, carols], expect: approved('uv', 'uv') },
    { name: 'one of two', terms: two, envelopes: [bobs], expect: waiting(1, 'uv') },
    { name: 'the same envelope three times is one person', terms: two, envelopes: [bobs, bobs, bobs], expect: waiting(1, 'uv', 'uv', 'uv') },
    { name: 'one person with two keys is one person', terms: { ...two, assurance: 'software' }, envelopes: [bobs, await yes(bobToo)], expect: waiting(1, 'uv', 'software') },
    { name: 'one envelope with two signatures of one person is one person', terms: { ...two, assurance: 'software' }, envelopes: [await decide(asked, 'bob', [bob, bobToo])], expect: waiting(1, 'uv') },
    { name: 'one envelope signed by two persons counts for its reviewer only', terms: two, envelopes: [await decide(asked, 'bob', [bob, carol])], expect: waiting(1, 'uv') },
    { name: 'two groups, two persons, however they are ordered', terms: across, envelopes: [carols, bobs], expect: approved('uv', 'uv') },
    { name: 'two groups, one person who is in both', terms: across, envelopes: [carols], expect: waiting(1, 'uv') },
    { name: 'ECDSA with n - s is the same approval again', terms: { ...two, assurance: 'software' }, envelopes: [await yes(bobToo), malleated(await yes(bobToo))], expect: waiting(1, 'software', 'software') },

    { ...one('bytes that are no request', bobs, ''), request: b64u(bodyBytes({ v: 2 })), expect: refused('request-malformed') },
    { ...one('after the request expired', bobs, ''), now: noon + 10 * minute, expect: refused('request-expired') },
    { ...one('later than policy allows, though the request says otherwise', bobs, ''), terms: { ...strictTerms, ttlMinutes: 2 }, now: noon + minute, expect: refused('request-expired') },
    { ...one('the team file expired', bobs, ''), team: 'expired', expect: refused('team-expired') },
    { ...one('the team file was changed meanwhile', bobs, ''), team: 'newer', expect: refused('team-changed') },
    { ...one('the team file is not signed', bobs, ''), team: 'unsigned', expect: refused('team-unsigned') },
    { ...one('asked by somebody who is not in the team', bobs, ''), request: b64u(ofStranger.bytes), expect: refused('requester-unknown') },

    one('no envelope at all', 'yes', 'envelope-malformed'),
    one('an envelope with a member too many', { ...bobs, approved: true }, 'envelope-malformed'),
    one('a payload with padding', { ...bobs, payload: `${bobs.payload}=` }, 'envelope-malformed'),
    one('another payload type', await signBody(payloadTypes.enrolment, bodyBytes(decisionBody(asked, 'bob')), [bob.signer]), 'payload-type'),
    one('17 signatures', { ...bobs, signatures: Array.from({ length: 17 }, () => bobs.signatures[0]) }, 'too-many-signatures'),
    one('no signature', { ...bobs, signatures: [] }, 'key-unknown'),
    one('a key that is not in the team file', await decide(asked, 'bob', [stranger]), 'key-unknown'),
    one('a key that was revoked', await yes(erin), 'key-revoked'),
    one('the signature of another decision', { ...bobs, signatures: carols.signatures.map((signature) => ({ ...signature, keyid: bob.keyid })) }, 'webauthn-challenge'),
    one('a passkey signature without its parts', { ...bobs, signatures: bobs.signatures.map(({ keyid, sig }) => ({ keyid, sig })) }, 'signature-invalid'),
    one('a body with a member too many', await signBody(payloadTypes.decision, bodyBytes({ ...decisionBody(asked, 'bob'), admin: true }), [bob.signer]), 'body-malformed'),
    one('a body with white space', await signBody(payloadTypes.decision, new TextEncoder().encode(JSON.stringify(decisionBody(asked, 'bob'), undefined, 1)), [bob.signer]), 'body-malformed'),
    one('SQL was edited after approval', await yes(bob, {}, other), 'other-request'),
    one('in the name of another reviewer', await decide(asked, 'carol', [bob]), 'not-key-owner'),
    one('the requester approves', await yes(aliceToo), 'self-approval'),
    { ...one('the person behind an agent approves', await yes(aliceToo, {}, byAgent), 'self-approval'), request: b64u(byAgent.bytes) },
    { ...one('without the role', await yes(dave), 'role'), terms: { ...strictTerms, groups: [{ approvals: 1, roles: ['dba'] }] } },
    one('a software key where a verified person is demanded', await yes(bobToo), 'assurance'),
    one('a passkey whose owner was not verified', await decide(asked, owner(good['webauthn-es256 touched']?.[0] ?? bob), [good['webauthn-es256 touched']?.[0] ?? bob]), 'assurance'),
    { ...one('a web page where the own editor is demanded', bobs, 'assurance'), terms: { ...strictTerms, assurance: 'uv-local' } },
    one('made for another team file', await yes(bob, { team: b64u(new Uint8Array(32)) }), 'other-team'),
    one('from the future', await yes(bob, { time: noon + 6 * minute }), 'time-ahead'),
    { name: 'a clock four minutes ahead', envelopes: [await yes(bob, { time: noon + 4 * minute })], expect: approved('uv') },
    { name: 'a clock an hour behind', envelopes: [await yes(bob, { time: noon - 60 * minute })], expect: approved('uv') },
    one('a decision that expired', await yes(bob, { expires: noon }), 'decision-expired'),
  );
  return {
    now: noon,
    teams: {
      ours: fileOf(await signedTeam(teamBody(people), [alice])),
      expired: fileOf(await signedTeam(expired, [alice])),
      newer: fileOf(await signedTeam(newer, [alice])),
      unsigned: fileOf(await signedTeam(teamBody(people), [stranger])),
    },
    request: b64u(asked.bytes),
    requestDigest: asked.digest,
    requestEnvelope: asked.envelope,
    keys: Object.fromEntries(Object.entries(good).map(([name, [key]]) => [name, { keyid: key.keyid, pkcs8: key.secret }])),
    cases,
  };
}

function fileOf({ file, signatures }: Awaited<ReturnType<typeof signedTeam>>): object {
  return { file: new TextDecoder().decode(file), signatures };
}

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other signature that fits the same key and message: it shows that signature bytes name nothing. */
function malleated(envelope: Envelope): Envelope {
  return {
    ...envelope,
    signatures: envelope.signatures.map((signature) => {
      const raw = parseB64u(signature.sig) ?? new Uint8Array(64);
      const s = order - BigInt(`0x${Buffer.from(raw.slice(32)).toString('hex')}`);
      return { ...signature, sig: b64u(Uint8Array.from([...raw.slice(0, 32), ...Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])) };
    }),
  };
}
