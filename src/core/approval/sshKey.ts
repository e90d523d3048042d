/** Public keys as OpenSSH writes them, and the little reader that keys and signatures share. */
import { equalBytes, textOf } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import type { SignatureAlgorithm } from './crypto.ts';
import { rsaSpki, spkiPrefixes } from './der.ts';
import { isSafeEd25519 } from './ed25519.ts';
import { concat } from './bytes.ts';

/** Reads SSH's fields one after the other. After a field that does not fit, every answer is `undefined`. */
export interface SshReader {
  string(): Bytes | undefined;
  text(): string | undefined;
  /** Big-endian. */
  uint32(): number | undefined;
  byte(): number | undefined;
  bytes(length: number): Bytes | undefined;
  isAtEnd(): boolean;
}

export function readSsh(data: Bytes): SshReader {
  let at = 0;
  const bytes = (length: number): Bytes | undefined => {
    const end = at + length;
    const part = end <= data.length ? data.slice(at, end) : undefined;
    at = part === undefined ? Number.POSITIVE_INFINITY : end;
    return part;
  };
  const uint32 = (): number | undefined => bytes(4)?.reduce((number, byte) => number * 256 + byte, 0);
  const string = (): Bytes | undefined => {
    const length = uint32();
    return length === undefined ? undefined : bytes(length);
  };
  const text = (): string | undefined => {
    const field = string();
    return field && textOf(field);
  };
  return { bytes, uint32, string, text, byte: () => bytes(1)?.[0], isAtEnd: () => at === data.length };
}

/** One field: its length, then itself. */
export function sshString(field: Bytes): Bytes {
  const { length } = field;
  return concat(new Uint8Array([length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff]), field);
}

export type SshPublicKey = {
  readonly type: 'ssh-ed25519' | 'ecdsa-sha2-nistp256' | 'ssh-rsa' | 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com';
  readonly spki: Bytes;
  readonly algorithm: SignatureAlgorithm;
  /** Of keys in a security key: what they were made for, e.g. `ssh:`. */
  readonly application?: Bytes;
};

const minRsaBytes = 256;
const maxRsaBytes = 2048;

/** The key in an SSH wire blob; `undefined` for other kinds, weak keys and anything left over. */
export function parseSshKey(blob: Bytes): SshPublicKey | undefined {
  const reader = readSsh(blob);
  const type = reader.text();
  const key = type === undefined ? undefined : readKey(type, reader);
  return key && reader.isAtEnd() ? key : undefined;
}

function readKey(type: string, reader: SshReader): SshPublicKey | undefined {
  switch (type) {
    case 'ssh-ed25519':
      return withSpki(type, ed25519(reader), 'ed25519');
    case 'sk-ssh-ed25519@openssh.com':
      return withApplication(withSpki(type, ed25519(reader), 'ed25519'), reader);
    case 'ecdsa-sha2-nistp256':
      return withSpki(type, p256(reader), 'p256');
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return withApplication(withSpki(type, p256(reader), 'p256'), reader);
    case 'ssh-rsa':
      return withSpki(type, rsa(reader), 'rsa-sha512');
    default:
      return undefined;
  }
}

function withSpki(type: SshPublicKey['type'], spki: Bytes | undefined, algorithm: SignatureAlgorithm): SshPublicKey | undefined {
  return spki && { type, spki, algorithm };
}

function withApplication(key: SshPublicKey | undefined, reader: SshReader): SshPublicKey | undefined {
  const application = reader.string();
  return key && application && { ...key, application };
}

function ed25519(reader: SshReader): Bytes | undefined {
  const point = reader.string();
  return point && isSafeEd25519(point) ? concat(spkiPrefixes.ed25519, point) : undefined;
}

function p256(reader: SshReader): Bytes | undefined {
  const curve = reader.text();
  const point = reader.string();
  return curve === 'nistp256' && point?.length === 65 && point[0] === 4 ? concat(spkiPrefixes.p256, point) : undefined;
}

function rsa(reader: SshReader): Bytes | undefined {
  const exponent = unsigned(reader.string());
  const modulus = unsigned(reader.string());
  return exponent && modulus && modulus.length >= minRsaBytes && modulus.length <= maxRsaBytes ? rsaSpki(modulus, exponent) : undefined;
}

/** A positive number without the zero byte that keeps it from being negative. */
function unsigned(number: Bytes | undefined): Bytes | undefined {
  const first = number?.[0];
  if (number === undefined || first === undefined || first >= 0x80) return undefined;
  return first === 0 ? number.slice(1) : number;
}

/** Whether an Ed25519 key in SPKI is one that can be trusted. */
export function isSafeEd25519Spki(spki: Bytes): boolean {
  const { ed25519: prefix } = spkiPrefixes;
  return equalBytes(spki.slice(0, prefix.length), prefix) && isSafeEd25519(spki.slice(prefix.length));
}
