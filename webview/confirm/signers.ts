/** Hands that can sign in a browser: passkeys, and software keys of this browser. */
import { b64u, parseB64u } from '../../src/core/approval/bytes.ts';
import type { Bytes } from '../../src/core/approval/bytes.ts';
import type { Crypto } from '../../src/core/approval/crypto.ts';
import type { Signer } from '../../src/core/approval/envelope.ts';
import { isoText } from '../../src/core/approval/isoTime.ts';
import { keyidOf } from '../../src/core/approval/keyRecord.ts';
import type { RequestBody } from '../../src/core/approval/request.ts';
import type { KeyRecord } from '../../src/core/approval/keyRecord.ts';
import type { Team } from '../../src/core/approval/team.ts';
import { webauthnChallenge } from '../../src/core/approval/webauthn.ts';
import { loadKey, saveKey, savedKeyids } from './keyStore.ts';

/** Somebody in the team who can sign with this browser. */
export type Candidate = { readonly id: string; readonly name: string; readonly kind: 'passkey' | 'software'; readonly signer: Signer };

/** Everybody but the requester who has a passkey for this site, or a key in this browser; in an emergency only the requester. Passkeys come first. */
export async function candidatesOf(crypto: Crypto, team: Team, { requester, emergency }: Pick<RequestBody, 'requester' | 'emergency'>): Promise<readonly Candidate[]> {
  const saved = await savedKeyids().catch(() => new Set<string>());
  const found = [...team.keys.values()].flatMap(({ keyid, member, record }): readonly Candidate[] => {
    if (record.revoked !== undefined || (member.id === requester) === (emergency === undefined)) return [];
    const who = { id: member.id, name: member.name };
    if (record.alg.startsWith('webauthn-')) return record.rpId === location.hostname ? [{ ...who, kind: 'passkey', signer: passkeySigner(crypto, record, keyid) }] : [];
    return saved.has(keyid) ? [{ ...who, kind: 'software', signer: softwareSigner(crypto, keyid) }] : [];
  });
  return found.toSorted((a, b) => a.kind.localeCompare(b.kind));
}

function softwareSigner(crypto: Crypto, keyid: string): Signer {
  return {
    keyid,
    async sign(signed) {
      const key = await loadKey(keyid);
      if (key === undefined) throw new Error('This browser does not have the key any more.');
      return { keyid, sig: b64u(await crypto.sign(key, signed)) };
    },
  };
}

function passkeySigner(crypto: Crypto, record: KeyRecord, keyid: string): Signer {
  const id = parseB64u(record.credentialId ?? '') ?? new Uint8Array(0);
  return {
    keyid,
    async sign(signed) {
      const publicKey: PublicKeyCredentialRequestOptions = {
        challenge: await webauthnChallenge(crypto, signed),
        rpId: location.hostname,
        allowCredentials: [{ type: 'public-key', id }],
        userVerification: 'required',
      };
      const credential = await navigator.credentials.get({ publicKey });
      if (!(credential instanceof PublicKeyCredential) || !(credential.response instanceof AuthenticatorAssertionResponse)) throw new Error('No passkey answered.');
      const { authenticatorData, clientDataJSON, signature } = credential.response;
      return { keyid, sig: text(signature), authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON) };
    },
  };
}

/** A key that was just made, and not yet in any team file. */
export type NewKey = { readonly record: KeyRecord; readonly signer: Signer };

const algorithms = [
  { cose: -7, alg: 'webauthn-es256' },
  { cose: -8, alg: 'webauthn-eddsa' },
  { cose: -257, alg: 'webauthn-rs256' },
] as const;

/** Asks the device for a passkey of this site. @throws whatever the browser says when nobody agreed */
export async function newPasskey(crypto: Crypto, person: { readonly id: string; readonly name: string }): Promise<NewKey> {
  const publicKey: PublicKeyCredentialCreationOptions = {
    challenge: crypto.random(32),
    rp: { id: location.hostname, name: 'Countersign' },
    user: { id: crypto.random(16), name: person.id, displayName: person.name },
    pubKeyCredParams: algorithms.map(({ cose }) => ({ type: 'public-key', alg: cose })),
    authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
    attestation: 'none',
  };
  const credential = await navigator.credentials.create({ publicKey });
  if (!(credential instanceof PublicKeyCredential) || !(credential.response instanceof AuthenticatorAttestationResponse)) throw new Error('No passkey was made.');
  const spki = credential.response.getPublicKey();
  const alg = algorithms.find(({ cose }) => cose === (credential.response as AuthenticatorAttestationResponse).getPublicKeyAlgorithm())?.alg;
  if (spki === null || alg === undefined) throw new Error('This passkey signs in a way that cannot be checked. Use another device.');
  const record: KeyRecord = { alg, pub: text(spki), added: isoText(Date.now()), label: 'Passkey', rpId: location.hostname, origins: [originOf()], credentialId: text(credential.rawId) };
  return { record, signer: passkeySigner(crypto, record, await keyidOf(crypto, alg, new Uint8Array(spki))) };
}

/** One's own machine serves the page at a port that changes. */
function originOf(): string {
  return location.hostname === 'localhost' ? 'http://localhost:*' : location.origin;
}

/** A key of this browser that cannot leave it. Programs on this machine may use it unseen. */
export async function newSoftwareKey(crypto: Crypto): Promise<NewKey> {
  const key = await crypto.generate('sign', false);
  const keyid = await keyidOf(crypto, 'es256', key.publicKey);
  await saveKey(keyid, key);
  return { record: { alg: 'es256', pub: b64u(key.publicKey), added: isoText(Date.now()), label: 'Browser' }, signer: softwareSigner(crypto, keyid) };
}

function text(buffer: ArrayBuffer): string {
  const bytes: Bytes = new Uint8Array(buffer);
  return b64u(bytes);
}
