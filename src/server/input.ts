/** What comes in: one place where bodies, tokens and addresses are read, with all their limits. */
import type { Context } from 'hono';
import { concat, textOf } from '../core/approval/bytes.ts';
import type { Bytes } from '../core/approval/bytes.ts';
import { depthOf, isPlain } from '../core/approval/strictJson.ts';
import { Refused, notFound } from './refused.ts';

const maxDepth = 8;

/** The body, parsed and checked. Anything but JSON of the right shape is refused, also a form another page could send. */
export async function readBody<Value>(context: Context, isValue: (value: unknown) => value is Value, maxBytes: number): Promise<Value> {
  const { req } = context;
  if (!/^application\/json(;\s*charset=utf-8)?$/i.test(req.header('content-type') ?? '')) throw new Refused(415, 'not-json', 'Send JSON with the header Content-Type: application/json.');
  if (isCrossSite(context)) throw new Refused(403, 'cross-site', 'Another page may not call this server.');
  const declared = Number(req.header('content-length') ?? 0);
  const bytes = declared > maxBytes ? undefined : await readAtMost(req.raw.body, maxBytes);
  if (bytes === undefined) throw new Refused(413, 'too-large', `A message of this kind has at most ${String(maxBytes)} bytes.`);
  const value = parse(bytes);
  if (!isValue(value)) throw new Refused(400, 'malformed', 'The message does not have the members it should have, and no other.');
  return value;
}

function isCrossSite({ req }: Context): boolean {
  const site = req.header('sec-fetch-site');
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

async function readAtMost(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Bytes | undefined> {
  const parts: Bytes[] = [];
  let size = 0;
  // Leaving the loop cancels the rest.
  for await (const part of body ?? []) {
    size += part.length;
    if (size > maxBytes) return undefined;
    parts.push(Uint8Array.from(part));
  }
  return concat(...parts);
}

function parse(bytes: Bytes): unknown {
  const text = textOf(bytes);
  if (text === undefined || depthOf(text) > maxDepth) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isPlain(value) ? value : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}

/** The token of `Authorization: Bearer …`. */
export function bearerOf({ req }: Context): string {
  const [, token] = /^Bearer ([\w.-]{1,1000})$/.exec(req.header('authorization') ?? '') ?? [];
  if (token === undefined) throw notFound();
  return token;
}

/** A number a client says it has seen, from `Last-Event-ID` or `?after=`. */
export function lastSeen({ req }: Context): number {
  const text = req.header('last-event-id') ?? req.query('after') ?? '0';
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** Who calls. Behind a proxy that is trusted, the last address it added. */
export function addressOf(context: Context, trustProxy: boolean): string {
  const forwarded = trustProxy ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  const { incoming } = (context.env ?? {}) as { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } };
  return forwarded ?? incoming?.socket?.remoteAddress ?? 'unknown';
}

/** The server as the client reached it. */
export function hostOf({ req }: Context, trustProxy: boolean): string {
  const forwarded = trustProxy ? req.header('x-forwarded-host')?.split(',').at(-1)?.trim() : undefined;
  return forwarded ?? new URL(req.url).host;
}
