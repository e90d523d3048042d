/** An independent verifier of passkeys agrees with ours about every passkey in the vectors. */
import assert from 'node:assert/strict';
import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { parseB64u, utf8 } from '../../../../src/core/approval/bytes.ts';
import { pae } from '../../../../src/core/approval/envelope.ts';
import { keyidOf } from '../../../../src/core/approval/keyRecord.ts';
import type { KeyRecord } from '../../../../src/core/approval/keyRecord.ts';
import { readTeam } from '../../../../src/core/approval/team.ts';
import { crypto } from '../../../support/confirmation/keys.ts';
import type { ApprovalCase } from '../../../vectors/confirmation/generateApprovals.ts';

const vectors = JSON.parse(readFileSync(new URL('../../../vectors/confirmation/approvals.json', import.meta.url), 'utf8'));
const team = await readTeam(crypto, utf8(vectors.teams.ours.file));
assert.ok(team.kind === 'read');
const records = new Map<string, KeyRecord>();
for (const record of team.team.body.members.flatMap(({ keys }) => keys)) records.set(await keyidOf(crypto, record.alg, parseB64u(record.pub) ?? new Uint8Array(0)), record);

const passkeyCases = (vectors.cases as readonly ApprovalCase[]).flatMap(({ name, envelopes, expect }) => {
  const [envelope] = envelopes as readonly any[];
  const signature = envelopes.length === 1 ? envelope?.signatures?.[0] : undefined;
  const record = records.get(signature?.keyid);
  const isPasskey = record?.alg.startsWith('webauthn-') === true && envelope.signatures.length === 1 && signature.clientDataJSON !== undefined;
  return isPasskey ? [{ name, envelope, signature, record, results: expect.results }] : [];
});
/** Where only the protocol around the signature is broken, the signature is good. */
const aboutTheSignature = ['webauthn-type', 'webauthn-challenge', 'webauthn-origin', 'webauthn-rp', 'webauthn-flags', 'user-not-present', 'signature-invalid'];

describe('an independent verifier agrees', () => {
  assert.ok(passkeyCases.length >= 20);
  for (const { name, envelope, signature, record, results } of passkeyCases) {
    // Frames are not its business, and an envelope that cannot be read has no signature to agree about.
    if (results.length === 0 || results.some((code) => code === 'webauthn-embedded' || code === 'envelope-malformed')) continue;
    test(name, async () => {
      const theirs = await accepts(envelope, signature, record);
      assert.equal(theirs, !results.some((code) => aboutTheSignature.includes(code)));
    });
  }
});

async function accepts(envelope: any, signature: any, record: KeyRecord): Promise<boolean> {
  const challenge = createHash('sha256').update(pae(envelope.payloadType, parseB64u(envelope.payload) ?? new Uint8Array(0))).digest('base64url');
  const id = record.credentialId ?? '';
  const origins = (record.origins ?? []).map((origin) => origin.replace(':*', ':43117'));
  const verified = await verifyAuthenticationResponse({
    response: { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response: { authenticatorData: signature.authenticatorData, clientDataJSON: signature.clientDataJSON, signature: signature.sig } },
    expectedChallenge: challenge,
    expectedOrigin: origins,
    expectedRPID: record.rpId ?? '',
    credential: { id, publicKey: cose(record), counter: 0 },
    requireUserVerification: false,
  }).catch(() => ({ verified: false }));
  return verified.verified;
}

/** The key as that verifier wants it: a COSE map, in CBOR. */
function cose(record: KeyRecord): Uint8Array<ArrayBuffer> {
  const jwk = createPublicKey({ key: Buffer.from(record.pub, 'base64url'), format: 'der', type: 'spki' }).export({ format: 'jwk' });
  const bytes = (text = ''): Buffer => Buffer.from(text, 'base64url');
  const entries: Readonly<Record<string, readonly (readonly [number, number | Buffer])[]>> = {
    'webauthn-es256': [[1, 2], [3, -7], [-1, 1], [-2, bytes(jwk.x)], [-3, bytes(jwk.y)]],
    'webauthn-rs256': [[1, 3], [3, -257], [-1, bytes(jwk.n)], [-2, bytes(jwk.e)]],
    'webauthn-eddsa': [[1, 1], [3, -8], [-1, 6], [-2, bytes(jwk.x)]],
  };
  const map = entries[record.alg] ?? [];
  return Uint8Array.from(Buffer.concat([Buffer.from([0xa0 + map.length]), ...map.flatMap(([key, value]) => [number(key), typeof value === 'number' ? number(value) : Buffer.concat([head(0x40, value.length), value])])]));
}

function number(value: number): Buffer {
  return value < 0 ? head(0x20, -1 - value) : head(0, value);
}

function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([major + value]);
  return value < 256 ? Buffer.from([major + 24, value]) : Buffer.from([major + 25, value >> 8, value & 0xff]);
}
