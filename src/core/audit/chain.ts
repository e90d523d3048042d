/**
 * A chain of events: every line carries the digest of the line before it, so that none can be changed, left out or put in
 * without a trace. Pure; the digest comes in as an argument.
 */
import { parseSha256, type Sha256 } from '../brand.ts';
import { isObject } from '../profile/reader.ts';

/** SHA-256 of the UTF-8 bytes of a text, as 64 lower-case hexadecimal digits. */
export type Digest = (text: string) => Sha256;

/** The last link of a stream; `seq` 0 and `genesis` before the first one. */
export type ChainHead = { readonly stream: string; readonly seq: number; readonly hash: Sha256 };

/** Anything may stand where a head should. */
export function isHead(value: unknown): value is ChainHead {
  const head = value as Partial<ChainHead> | null | undefined;
  return typeof head?.stream === 'string' && typeof head.seq === 'number' && typeof head.hash === 'string';
}

/** A JSON object. What it holds is the business of whoever records it. */
export type EventBody = Readonly<Record<string, unknown>>;

/** A part of an event that should be an object; an empty one where it is none. */
export function recordOf(value: unknown): EventBody {
  return typeof value === 'object' && value !== null ? (value as EventBody) : {};
}

export type ChainedEvent = {
  readonly v: 1;
  /** Written by one program from its start to its end. */
  readonly stream: string;
  /** 1, 2, 3 … without gaps. */
  readonly seq: number;
  readonly prev: Sha256;
  readonly body: EventBody;
  /** Of the JSON text of `[v, stream, seq, prev, body]`. */
  readonly hash: Sha256;
};

/** What the first link calls its predecessor. */
export const genesis = '0'.repeat(64) as Sha256;

export function newStream(stream: string): ChainHead {
  return { stream, seq: 0, hash: genesis };
}

/** The next link. Its JSON text is one line. */
export function chainEvent({ stream, seq, hash }: ChainHead, body: EventBody, digest: Digest): ChainedEvent {
  const link = { v: 1, stream, seq: seq + 1, prev: hash, body } as const;
  return { ...link, hash: hashOf(link, digest) };
}

export function headOf({ stream, seq, hash }: ChainedEvent): ChainHead {
  return { stream, seq, hash };
}

export function lineOf(event: ChainedEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** `undefined` when the text is not the JSON of an event. Says nothing about its hash. */
export function parseEvent(line: string): ChainedEvent | undefined {
  const value = parseJson(line);
  if (!isObject(value) || value['v'] !== 1) return undefined;
  const { stream, seq, prev, body, hash } = value;
  const prevHash = typeof prev === 'string' ? parseSha256(prev) : undefined;
  const ownHash = typeof hash === 'string' ? parseSha256(hash) : undefined;
  if (typeof stream !== 'string' || !isSequence(seq) || !isObject(body) || !prevHash || !ownHash) return undefined;
  return { v: 1, stream, seq, prev: prevHash, body, hash: ownHash };
}

/** What is wrong with a link. `gap`: links are missing before it. `altered`: its own text was changed. */
export type ChainProblem = 'other-stream' | 'gap' | 'broken' | 'altered';

/** `undefined` when the event is the next link after `head`. */
export function problemWith(event: ChainedEvent, head: ChainHead, digest: Digest): ChainProblem | undefined {
  if (event.stream !== head.stream) return 'other-stream';
  if (event.hash !== hashOf(event, digest)) return 'altered';
  if (event.seq !== head.seq + 1) return 'gap';
  return event.prev === head.hash ? undefined : 'broken';
}

function hashOf({ v, stream, seq, prev, body }: Omit<ChainedEvent, 'hash'>, digest: Digest): Sha256 {
  return digest(JSON.stringify([v, stream, seq, prev, body]));
}

function isSequence(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Cut off or not ours: the caller says what that means.
    return undefined;
  }
}
