/**
 * The editor's own keys of a person, one pair for each team: one signs, the other opens what is sealed to the person. Private parts are
 * kept where passwords are. It is a software key: programs of this person can use it unseen, and the team's rules know that.
 */
import { b64u, parseB64u } from '../../core/approval/bytes.ts';
import type { Crypto, PrivateKey } from '../../core/approval/crypto.ts';
import type { Signer } from '../../core/approval/envelope.ts';
import { closed, b64uOf, b64uText, name, oneOf } from '../../core/approval/guards.ts';
import type { Guarded } from '../../core/approval/guards.ts';
import { keyidOf } from '../../core/approval/keyRecord.ts';
import type { KeyRecord } from '../../core/approval/keyRecord.ts';
import { isoText } from '../../core/approval/isoTime.ts';
import { selfTest } from '../../core/approval/selfTest.ts';
import type { SecretStore } from '../credentials/secretStore.ts';

export type OwnKey = {
  readonly keyid: string;
  /** As it stands in a team file. */
  readonly record: KeyRecord;
  readonly signer: Signer;
  readonly enc: PrivateKey;
};

export type OwnKeyRead =
  | { readonly kind: 'found'; readonly key: OwnKey }
  | { readonly kind: 'absent' }
  /** It is not known whether there is one, or it cannot be used; in words. */
  | { readonly kind: 'failed'; readonly message: string };

export interface MemberKeys {
  find(team: string): Promise<OwnKeyRead>;
  /** The key there is, or a new one. Never replaces one. */
  findOrMake(team: string, label: string): Promise<Exclude<OwnKeyRead, { kind: 'absent' }>>;
}

const isPair = closed({ pkcs8: b64uText(1000), pub: b64uText(400) });
const isStored = closed({ v: oneOf(1), team: name(64), keyid: b64uOf(32), added: name(40), label: name(80), sign: isPair, enc: isPair });
type Stored = Guarded<typeof isStored>;

/** @param now - epoch milliseconds */
export function createMemberKeys(crypto: Crypto, secrets: () => SecretStore, now: () => number): MemberKeys {
  const open = new Map<string, OwnKey>();
  let tested: Promise<string | undefined> | undefined;

  const find = async (team: string): Promise<OwnKeyRead> => {
    tested ??= problemOf(crypto);
    const problem = await tested;
    if (problem !== undefined) return { kind: 'failed', message: problem };
    const read = await secrets().read(nameOf(team));
    if (read.kind === 'absent' || read.kind === 'unknown') return { kind: 'absent' };
    if (read.kind === 'failed') return read;
    const known = open.get(read.value);
    if (known !== undefined) return { kind: 'found', key: known };
    const key = await openStored(crypto, team, read.value);
    if (key === undefined) return { kind: 'failed', message: `What is kept as your key for the team ${team} is damaged. Ask an administrator to revoke it, remove it and join again.` };
    open.set(read.value, key);
    return { kind: 'found', key };
  };

  return {
    find,
    async findOrMake(team, label) {
      const found = await find(team);
      if (found.kind !== 'absent') return found;
      const written = await secrets().write(nameOf(team), JSON.stringify(await makeStored(crypto, team, label, isoText(now()))));
      if (written.kind === 'failed') return written;
      // What is read back counts: another window may have been faster, and a store may forget.
      const made = await find(team);
      return made.kind === 'absent' ? { kind: 'failed', message: `Your new key was not kept: ${secrets().label} gave nothing back.` } : made;
    },
  };
}

/** Connections have a colon in their name, so no password is called like this. */
function nameOf(team: string): string {
  return `team-key/${team}`;
}

async function makeStored(crypto: Crypto, team: string, label: string, added: string): Promise<Stored> {
  const [sign, enc] = [await crypto.generate('sign', true), await crypto.generate('agree', true)];
  const pair = async (key: PrivateKey): Promise<Stored['enc']> => ({ pkcs8: b64u(await crypto.exportKey(key)), pub: b64u(key.publicKey) });
  return { v: 1, team, keyid: await keyidOf(crypto, 'es256', sign.publicKey), added, label, sign: await pair(sign), enc: await pair(enc) };
}

/** `undefined` when it is not what was kept, belongs to another team, or its parts do not fit together. */
async function openStored(crypto: Crypto, team: string, text: string): Promise<OwnKey | undefined> {
  const stored = parseStored(text);
  if (stored?.team !== team) return undefined;
  const [sign, enc] = await Promise.all([importPair(crypto, 'sign', stored.sign), importPair(crypto, 'agree', stored.enc)]);
  if (sign === undefined || enc === undefined || (await keyidOf(crypto, 'es256', sign.publicKey)) !== stored.keyid || !(await fits(crypto, sign))) return undefined;
  const { keyid } = stored;
  const signer: Signer = { keyid, sign: async (signed) => ({ keyid, sig: b64u(await crypto.sign(sign, signed)) }) };
  return { keyid, record: { alg: 'es256', pub: stored.sign.pub, added: stored.added, label: stored.label }, signer, enc };
}

function parseStored(text: string): Stored | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isStored(value) ? value : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}

async function importPair(crypto: Crypto, use: 'sign' | 'agree', { pkcs8, pub }: Stored['enc']): Promise<PrivateKey | undefined> {
  const [secret, publicKey] = [parseB64u(pkcs8), parseB64u(pub)];
  if (secret === undefined || publicKey === undefined) return undefined;
  // A key that cannot be imported is damaged.
  return await crypto.importKey(use, secret, publicKey).catch(() => undefined);
}

async function fits(crypto: Crypto, key: PrivateKey): Promise<boolean> {
  const probe = crypto.random(32);
  return await crypto.verify('p256', key.publicKey, await crypto.sign(key, probe), probe);
}

/** Why the cryptography of this editor cannot be trusted with keys; a missing Ed25519 only means that such SSH keys do not count. */
async function problemOf(crypto: Crypto): Promise<string | undefined> {
  const failed = (await selfTest(crypto)).filter((name) => name !== 'Ed25519');
  return failed.length === 0 ? undefined : `The cryptography of this editor gives wrong answers (${failed.join(', ')}), so no key is used. Update VS Code.`;
}
