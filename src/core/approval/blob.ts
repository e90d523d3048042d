/** Requests and decisions as text for any chat, when there is no server: `cfm1.` and the compressed envelope. */
import { b64u, parseB64u, textOf, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { isEnvelope } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { isPlain } from './strictJson.ts';

const prefix = 'cfm1.';
const maxTextLength = 2_000_000;
/** What a blob may unpack to; a request has at most 1 MiB, more as base64url. */
export const maxBlobBytes = 2 * 1024 * 1024;

/** Raw DEFLATE (RFC 1951). */
export interface Deflater {
  deflate(bytes: Bytes): Promise<Bytes>;
  /** `undefined` when it is not DEFLATE or would become longer than `maxBytes`; never unpacks further than that. */
  inflate(bytes: Bytes, maxBytes: number): Promise<Bytes | undefined>;
}

/** One line without spaces. What it says is signed but can be read by everybody who has the text. */
export async function blobText(deflater: Deflater, envelope: Envelope): Promise<string> {
  return prefix + b64u(await deflater.deflate(utf8(JSON.stringify(envelope))));
}

/** The envelope in a text that was pasted: chats put words around it and break it into lines. `undefined` when there is none. */
export async function parseBlob(deflater: Deflater, text: string): Promise<Envelope | undefined> {
  if (text.length > maxTextLength || !text.includes(prefix)) return undefined;
  const after = text.slice(text.indexOf(prefix) + prefix.length);
  // Whole as it was sent, or else with all the line breaks that were put into it.
  for (const candidate of [after, after.replaceAll(/\s+/g, '')]) {
    const packed = parseB64u(/^[\w-]*/.exec(candidate)?.[0] ?? '');
    const bytes = packed === undefined || packed.length === 0 ? undefined : await deflater.inflate(packed, maxBlobBytes);
    const envelope = bytes && envelopeIn(bytes);
    if (envelope !== undefined) return envelope;
  }
  return undefined;
}

function envelopeIn(bytes: Bytes): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(textOf(bytes) ?? '');
    return isEnvelope(value) && isPlain(value) ? value : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}
