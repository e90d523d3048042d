/** V1 to V15 against the vectors of the protocol. */
import assert from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseB64u, utf8 } from '../../../../src/core/approval/bytes.ts';
import { requestDigest } from '../../../../src/core/approval/digest.ts';
import { payloadTypes, signBody } from '../../../../src/core/approval/envelope.ts';
import { readTeam } from '../../../../src/core/approval/team.ts';
import { acceptTeam } from '../../../../src/core/approval/teamChain.ts';
import type { RequestBody } from '../../../../src/core/approval/request.ts';
import type { TeamState } from '../../../../src/core/approval/teamChain.ts';
import { strictTerms } from '../../../../src/core/approval/terms.ts';
import { verifyApproval } from '../../../../src/core/approval/verifyApproval.ts';
import type { ApprovalVerdict } from '../../../../src/core/approval/verifyApproval.ts';
import { verifyRequest } from '../../../../src/core/approval/verifyRequest.ts';
import { acceptedFlips } from '../../../support/confirmation/flips.ts';
import { crypto, newPrivateKey, privateKeyOf, softwareKey, sshKey } from '../../../support/confirmation/keys.ts';
import { ask, requestBody, team, teamBody } from '../../../support/confirmation/people.ts';
import type { ApprovalCase } from '../../../vectors/confirmation/generateApprovals.ts';

const vectors = JSON.parse(readFileSync(new URL('../../../vectors/confirmation/approvals.json', import.meta.url), 'utf8'));
const cases: readonly ApprovalCase[] = vectors.cases;

const bytes = (text: string) => parseB64u(text) ?? new Uint8Array(0);

async function teamState(name: string): Promise<TeamState> {
  const { file, signatures } = vectors.teams[name];
  return await acceptTeam(crypto, undefined, [{ file: utf8(file), signatures }]);
}

async function verdictOf({ team = 'ours', request = vectors.request, now = vectors.now, terms = strictTerms, envelopes }: ApprovalCase): Promise<ApprovalVerdict> {
  return await verifyApproval(crypto, { request: bytes(request), team: await teamState(team), terms, envelopes, now });
}

function summaryOf(verdict: ApprovalVerdict): object {
  const results = verdict.results.map((result) => (result.kind === 'holds' ? result.assurance : result.code));
  const code = verdict.kind === 'refused' ? { code: verdict.code } : {};
  return { kind: verdict.kind, ...code, ...(verdict.kind === 'waiting' ? { missing: verdict.missing } : {}), results };
}

describe('an approval', () => {
  for (const row of cases) test(row.name, async () => assert.deepEqual(summaryOf(await verdictOf(row)), row.expect));

  test('the request has the digest the vectors say', async () => assert.equal(await requestDigest(crypto, bytes(vectors.request)), vectors.requestDigest));

  test('every code that can be about an envelope, and most about a request, is in the vectors', () => {
    const codes = new Set(cases.flatMap(({ expect }) => [...expect.results, expect.code ?? '']));
    const wanted = ['envelope-malformed', 'payload-type', 'too-many-signatures', 'key-unknown', 'key-revoked', 'signature-invalid', 'webauthn-type', 'webauthn-challenge', 'webauthn-origin', 'webauthn-embedded', 'webauthn-rp', 'webauthn-flags', 'user-not-present', 'ssh-namespace', 'body-malformed', 'other-request', 'not-key-owner', 'self-approval', 'role', 'assurance', 'other-team', 'time-ahead', 'decision-expired', 'request-malformed', 'request-expired', 'team-expired', 'team-changed', 'team-unsigned', 'requester-unknown'];
    assert.deepEqual(wanted.filter((code) => !codes.has(code)), []);
  });
});

test('a valid approval with any one bit changed is refused (all schemes: test/integration/server/flips.test.ts)', async () => assert.deepEqual(await acceptedFlips(cases.find((row) => row.name === 'es256')?.envelopes[0]), []));

describe('a request, as its reviewer checks it', () => {
  const envelope = vectors.requestEnvelope;
  const rows: readonly [name: string, envelope: unknown, team: string, now: number, expected: string][] = [
    ['as it was asked', envelope, 'ours', vectors.now, 'genuine'],
    ['its last second is over', envelope, 'ours', vectors.now + 600_000, 'request-expired'],
    ['from the future', envelope, 'ours', vectors.now - 600_000, 'request-ahead'],
    ['from a clock four minutes ahead', envelope, 'ours', vectors.now - 240_000, 'genuine'],
    ['another team file', envelope, 'newer', vectors.now, 'team-changed'],
    ['an unsigned team file', envelope, 'unsigned', vectors.now, 'team-unsigned'],
    ['an expired team file', envelope, 'expired', vectors.now, 'team-expired'],
    ['nobody signed', { ...envelope, signatures: [] }, 'ours', vectors.now, 'request-unsigned'],
    ['another payload', { ...envelope, payload: 'e30' }, 'ours', vectors.now, 'request-unsigned'],
    ['a decision', cases.find(({ name }) => name === 'es256')?.envelopes[0], 'ours', vectors.now, 'request-malformed'],
    ['no envelope', {}, 'ours', vectors.now, 'request-malformed'],
  ];
  for (const [name, given, team, now, expected] of rows) {
    test(name, async () => {
      const checked = await verifyRequest(crypto, given, await teamState(team), now);
      assert.equal(checked.kind === 'refused' ? checked.code : checked.kind, expected);
    });
  }

  const places: readonly (readonly [name: string, signed: object, facts: Partial<RequestBody['target']> & { readonly environment: RequestBody['facts']['environment'] }, expected: string])[] = [
    ['production is called production', {}, { environment: 'production' }, 'genuine'],
    ['production is called staging', {}, { environment: 'staging' }, 'place-understated'],
    ['production is called development, by another spelling of its host', {}, { environment: 'development', host: 'DB-1.:5432' }, 'place-understated'],
    ['production under another profile', {}, { environment: 'development', profile: 'scratch' }, 'place-understated'],
    ['staging is called production', { environment: 'staging' }, { environment: 'production' }, 'genuine'],
    ['another database beside it', {}, { environment: 'development', database: 'scratch' }, 'genuine'],
    ['another port', {}, { environment: 'development', host: 'db-1:5433' }, 'genuine'],
    ['the usual port, which the file does not say', { port: undefined }, { environment: 'development' }, 'place-understated'],
  ];
  for (const [name, signed, { environment, ...target }, expected] of places) {
    test(`what the signed team file calls a place holds for reviewers: ${name}`, async () => {
      const [alice, bob] = [await softwareKey(), await softwareKey()];
      const ours = await team([{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [bob] }], { connections: [{ name: 'shop', engine: 'postgresql', host: 'db-1', port: 5432, user: 'app', database: 'shop', environment: 'production', ...signed }] });
      const body = requestBody(ours);
      const { envelope: made } = await ask(alice, { ...body, target: { ...body.target, ...target }, facts: { ...body.facts, environment } });
      const checked = await verifyRequest(crypto, made, { kind: 'accepted', team: ours }, body.created + 1000);
      assert.equal(checked.kind === 'refused' ? checked.code : checked.kind, expected);
    });
  }

  test('nobody files a request in the name of another', async () => {
    // The decision keys of others are in the same team: their signature is valid and still not the requester's.
    const { keys, request } = vectors;
    const grace = await softwareKey('grace', privateKeyOf(keys.es256.pkcs8));
    assert.equal(grace.keyid, keys.es256.keyid);
    const forged = await signBody(payloadTypes.request, bytes(request), [grace.signer]);
    const checked = await verifyRequest(crypto, forged, await teamState('ours'), vectors.now);
    assert.deepEqual(checked, { kind: 'refused', code: 'request-unsigned' });
  });
});

describe('a key of two persons', () => {
  for (const [name, second] of [['as an SSH key', async (key: KeyObject) => await sshKey({ kind: 'p256', key })], ['as the same', async (key: KeyObject) => await softwareKey('again', key)]] as const) {
    test(`is found when the other has it ${name}`, async () => {
      const key = newPrivateKey('p256');
      const body = teamBody([{ id: 'alice', keys: [await softwareKey('laptop', key)] }, { id: 'bob', keys: [await second(key)] }]);
      assert.deepEqual(await readTeam(crypto, utf8(JSON.stringify(body))), { kind: 'refused', code: 'key-in-two-persons' });
    });
  }

  test('is no key of one person that is listed twice', async () => {
    const key = newPrivateKey('p256');
    const body = teamBody([{ id: 'alice', keys: [await softwareKey('laptop', key), await sshKey({ kind: 'p256', key })] }]);
    assert.equal((await readTeam(crypto, utf8(JSON.stringify(body)))).kind, 'read');
  });
});
