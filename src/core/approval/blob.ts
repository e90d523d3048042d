/** Requests and decisions as text for any chat, when there is no server: `cfm1.` and the compressed content. */
import { b64u, parseB64u, textOf, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { isEnvelope } from './envelope.ts';
import { closed, isObject, text as textGuard } from './guards.ts';
import type { Guarded } from './guards.ts';
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

/**
 * What a text carries. With a request goes the team file it is bound to, for reviewers who do not have it; it proves nothing that
 * reviewers with a team file of their own would not check against that.
 */
const isBlobContent = closed({ envelope: isEnvelope }, { team: closed({ file: textGuard(1_500_000), signatures: isObject }) });
export type BlobContent = Guarded<typeof isBlobContent>;

/** One line without spaces. What it says is signed but can be read by everybody who has the text. */
export async function blobText(deflater: Deflater, content: BlobContent): Promise<string> {
  return prefix + b64u(await deflater.deflate(utf8(JSON.stringify(content))));
}

/** The content of a text that was pasted: chats put words around it and break it into lines. `undefined` when there is none. */
export async function parseBlob(deflater: Deflater, text: string): Promise<BlobContent | undefined> {
  if (text.length > maxTextLength || !text.includes(prefix)) return undefined;
  const after = text.slice(text.indexOf(prefix) + prefix.length);
  // Whole as it was sent, or else with all the line breaks that were put into it.
  for (const candidate of [after, after.replaceAll(/\s+/g, '')]) {
    const packed = parseB64u(/^[\w-]*/.exec(candidate)?.[0] ?? '');
    const bytes = packed === undefined || packed.length === 0 ? undefined : await deflater.inflate(packed, maxBlobBytes);
    const content = bytes && contentIn(bytes);
    if (content !== undefined) return content;
  }
  return undefined;
}

function contentIn(bytes: Bytes): BlobContent | undefined {
  try {
    const value: unknown = JSON.parse(textOf(bytes) ?? '');
    return isBlobContent(value) && isPlain(value) ? value : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}
