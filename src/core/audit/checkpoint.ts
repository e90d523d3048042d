/** Checkpoints of a log as https://c2sp.org/tlog-checkpoint has them: whose log, how many leaves, and the head of their tree, signed. */
import { b64, equalBytes, parseB64, utf8 } from '../approval/bytes.ts';
import type { Bytes } from '../approval/bytes.ts';
import type { Crypto } from '../approval/crypto.ts';
import { rawEcdsa } from '../approval/der.ts';
import { parseNote } from './checkpointNote.ts';

export type Checkpoint = {
  /** Names the log. One log, one origin, for ever. */
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  /** Head of the tree over them. */
  readonly root: Bytes;
};

/** A log as it is believed: what it calls itself, and the key it signs with (SPKI, P-256). */
export type LogKey = { readonly origin: string; readonly pub: Bytes };

export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${String(size)}\n${b64(root)}\n`;
}

/** Lines after the third belong to others and are not read. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin = '', digits = '', base64 = '', ...more] = text.split('\n');
  const root = parseB64(base64);
  const size = Number(digits);
  const isWhole = more.at(-1) === '' && more.slice(0, -1).every((line) => line !== '');
  if (origin === '' || !/^(?:0|[1-9]\d{0,15})$/u.test(digits) || !Number.isSafeInteger(size) || root?.length !== 32 || !isWhole) return undefined;
  return { origin, size, root };
}

/** First four bytes of the digest of the SPKI, as signature type 2 (ECDSA) has it. */
export async function noteKeyId(crypto: Pick<Crypto, 'sha256'>, pub: Bytes): Promise<Bytes> {
  return (await crypto.sha256(pub)).slice(0, 4);
}

export type OpenedCheckpoint =
  | { readonly kind: 'signed'; readonly checkpoint: Checkpoint }
  /** `other-log`: the origin is another one. `unsigned`: no signature of the key of this log, or one that does not hold. */
  | { readonly kind: 'refused'; readonly code: 'malformed' | 'other-log' | 'unsigned' };

/**
 * Nothing in a note is believed before its signature is. Signatures of others (witnesses, a next key) are passed over.
 *
 * @param name - of the key in the signature line, where it is not the origin
 */
export async function openCheckpoint(crypto: Pick<Crypto, 'sha256' | 'verify'>, { origin, pub }: LogKey, note: string, name = origin): Promise<OpenedCheckpoint> {
  const parsed = parseNote(note);
  if (parsed === undefined) return { kind: 'refused', code: 'malformed' };
  const keyId = await noteKeyId(crypto, pub);
  const own = parsed.signatures.filter((each) => each.name === name && equalBytes(each.keyId, keyId));
  const held = await Promise.all(own.map(async ({ signature }) => await holds(crypto, pub, signature, parsed.text)));
  if (held.length === 0 || held.includes(false)) return { kind: 'refused', code: 'unsigned' };
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint === undefined) return { kind: 'refused', code: 'malformed' };
  return checkpoint.origin === origin ? { kind: 'signed', checkpoint } : { kind: 'refused', code: 'other-log' };
}

async function holds(crypto: Pick<Crypto, 'verify'>, pub: Bytes, der: Bytes, text: string): Promise<boolean> {
  const raw = rawEcdsa(der);
  return raw !== undefined && (await crypto.verify('p256', pub, raw, utf8(text)));
}
