/** Signatures of `ssh-keygen -Y sign -n confirm@countersign`. */
import { b64, concat, equalBytes, parseB64, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import type { Crypto, SignatureAlgorithm } from './crypto.ts';
import { fixed32 } from './der.ts';
import { parseSshKey, readSsh, sshString } from './sshKey.ts';
import type { SshPublicKey } from './sshKey.ts';
import type { SignatureCheck } from './signatureCheck.ts';
import { invalid, valid } from './signatureCheck.ts';

export const sshNamespace = 'confirm@countersign';

const magic = utf8('SSHSIG');
const begin = '-----BEGIN SSH SIGNATURE-----\n';
const end = '-----END SSH SIGNATURE-----\n';
const userPresent = 0x01;
const userVerified = 0x04;

/** As `ssh-keygen` writes it: 70 letters on a line. */
export function armour(blob: Bytes): string {
  return `${begin}${b64(blob).replace(/.{1,70}/g, '$&\n')}${end}`;
}

/** The blob, or `undefined` for anything `armour` would not have written; a missing last line break is forgiven nobody. */
function dearmour(text: string): Bytes | undefined {
  if (!text.startsWith(begin) || !text.endsWith(end)) return undefined;
  const blob = parseB64(text.slice(begin.length, -end.length).replaceAll('\n', ''));
  return blob && armour(blob) === text ? blob : undefined;
}

/** @param pub - the trusted key, SSH wire format */
export async function verifySshsig(crypto: Crypto, pub: Bytes, signature: string, signed: Bytes): Promise<SignatureCheck> {
  const blob = dearmour(signature);
  const key = parseSshKey(pub);
  const parts = blob && readBlob(blob);
  if (parts === undefined || key === undefined || !equalBytes(parts.publicKey, pub)) return invalid('signature-invalid');
  if (parts.namespace !== sshNamespace) return invalid('ssh-namespace');
  const hash = parts.hash === 'sha512' ? await crypto.sha512(signed) : await crypto.sha256(signed);
  const message = concat(magic, sshString(utf8(parts.namespace)), sshString(new Uint8Array(0)), sshString(utf8(parts.hash)), sshString(hash));
  return await verifyParts(crypto, key, parts.signature, message);
}

type Blob = { readonly publicKey: Bytes; readonly namespace: string; readonly hash: 'sha256' | 'sha512'; readonly signature: Bytes };

function readBlob(blob: Bytes): Blob | undefined {
  const reader = readSsh(blob);
  const isOurs = equalBytes(reader.bytes(magic.length) ?? magic.slice(1), magic) && reader.uint32() === 1;
  const [publicKey, namespace, reserved, hash, signature] = [reader.string(), reader.text(), reader.string(), reader.text(), reader.string()];
  if (!isOurs || !reader.isAtEnd() || reserved?.length !== 0 || !publicKey || namespace === undefined || !signature) return undefined;
  return hash === 'sha512' || hash === 'sha256' ? { publicKey, namespace, hash, signature } : undefined;
}

async function verifyParts(crypto: Crypto, key: SshPublicKey, blob: Bytes, message: Bytes): Promise<SignatureCheck> {
  const reader = readSsh(blob);
  const algorithm = algorithmOf(key, reader.text());
  const raw = key.algorithm === 'p256' ? ecdsa(reader.string()) : reader.string();
  const device = key.application && { flags: reader.byte(), counter: reader.bytes(4) };
  if (algorithm === undefined || raw === undefined || !reader.isAtEnd()) return invalid('signature-invalid');
  const signed = device === undefined ? message : await deviceMessage(crypto, key, device, message);
  if (signed === undefined || !(await crypto.verify(algorithm, key.spki, raw, signed))) return invalid('signature-invalid');
  if (device?.flags === undefined) return valid('software');
  // OpenSSH accepts a signature nobody touched the key for; an approval needs a person.
  if ((device.flags & userPresent) === 0) return invalid('user-not-present');
  return valid((device.flags & userVerified) === 0 ? 'touch' : 'uv-local');
}

/** What a security key really signs: its own flags and counter, and the hash of the message. */
async function deviceMessage(crypto: Crypto, key: SshPublicKey, device: { flags: number | undefined; counter: Bytes | undefined }, message: Bytes): Promise<Bytes | undefined> {
  if (device.flags === undefined || device.counter === undefined || key.application === undefined) return undefined;
  return concat(await crypto.sha256(key.application), new Uint8Array([device.flags]), device.counter, await crypto.sha256(message));
}

/** RSA keys sign with SHA-2 of either length; all others have the name of their key. */
function algorithmOf(key: SshPublicKey, name: string | undefined): SignatureAlgorithm | undefined {
  if (key.type !== 'ssh-rsa') return name === key.type ? key.algorithm : undefined;
  if (name === 'rsa-sha2-512') return 'rsa-sha512';
  return name === 'rsa-sha2-256' ? 'rsa-sha256' : undefined;
}

function ecdsa(numbers: Bytes | undefined): Bytes | undefined {
  if (numbers === undefined) return undefined;
  const reader = readSsh(numbers);
  const r = fixed32(reader.string() ?? new Uint8Array(0));
  const s = fixed32(reader.string() ?? new Uint8Array(0));
  return r && s && reader.isAtEnd() ? concat(r, s) : undefined;
}
