/** Known answers, asked of the platform's cryptography before it is trusted: builds differ in what they can do. */
import { equalBytes, parseB64, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { pae } from './envelope.ts';

const hex = (digits: string): Bytes => new Uint8Array((digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));

/** @returns what does not work, by name; empty when everything does. A missing Ed25519 only means that such SSH keys cannot be checked. */
export async function selfTest(crypto: Crypto): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const [name, check] of checks) if (!(await check(crypto).catch(() => false))) failed.push(name);
  return failed;
}

type Check = readonly [name: string, check: (crypto: Crypto) => Promise<boolean>];

/** FIPS 180, RFC 5869 A.1, the example of the DSSE protocol, RFC 8032 7.1, and test case 14 of the GCM specification. */
const checks: readonly Check[] = [
  ['SHA-256', async (crypto) => equalBytes(await crypto.sha256(utf8('abc')), hex('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'))],
  ['SHA-512', async (crypto) => equalBytes((await crypto.sha512(utf8('abc'))).slice(0, 16), hex('ddaf35a193617abacc417349ae204131'))],
  ['HKDF', async (crypto) => equalBytes(await crypto.derive(hex('0b'.repeat(22)), hex('000102030405060708090a0b0c'), hex('f0f1f2f3f4f5f6f7f8f9')), hex('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf'))],
  ['ECDSA', async (crypto) => (await verifies(crypto, dsse.signed)) && !(await verifies(crypto, utf8('another text')))],
  ['Ed25519', async (crypto) => await crypto.verify('ed25519', hex(rfc8032.spki), hex(rfc8032.signature), new Uint8Array(0))],
  ['AES-GCM', encryptsAndDecrypts],
  ['ECDH', agrees],
];

const dsse = {
  spki: hex('3059301306072a8648ce3d020106082a8648ce3d0301070342000467cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d2380c782bd54e269125a44f4433aff1432ce94e12bca73aa67ac80cea12608ddf74'),
  signature: parseB64('A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==') ?? new Uint8Array(0),
  signed: pae('http://example.com/HelloWorld', utf8('hello world')),
};
const rfc8032 = {
  spki: '302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  signature: 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
};

async function verifies(crypto: Crypto, signed: Bytes): Promise<boolean> {
  return await crypto.verify('p256', dsse.spki, dsse.signature, signed);
}

async function encryptsAndDecrypts(crypto: Crypto): Promise<boolean> {
  const [key, iv, plain, none] = [new Uint8Array(32), new Uint8Array(12), new Uint8Array(16), new Uint8Array(0)];
  const sealed = await crypto.encrypt(key, iv, plain, none);
  const opened = await crypto.decrypt(key, iv, sealed, none);
  const withOther = await crypto.decrypt(key, iv, sealed, utf8('aad'));
  return equalBytes(sealed, hex('cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919')) && opened !== undefined && equalBytes(opened, plain) && withOther === undefined;
}

async function agrees(crypto: Crypto): Promise<boolean> {
  const [a, b] = [await crypto.generate('agree', false), await crypto.generate('agree', false)];
  const [mine, theirs] = [await crypto.agree(a, b.publicKey), await crypto.agree(b, a.publicKey)];
  return mine !== undefined && theirs !== undefined && equalBytes(mine, theirs);
}
