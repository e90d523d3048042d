/** One call to a confirmation server, which may be slow, gone, or somebody else's. */
import { concat, textOf } from '../../core/approval/bytes.ts';
import type { Bytes } from '../../core/approval/bytes.ts';
import { parseProblem } from '../../protocol/confirmation.ts';

/** How a call ended. `refused`: the server said no. `unreachable`: it is not known whether it did what was asked. */
export type Answer<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'unreachable'; readonly message: string };

export type CallOptions = { readonly method?: 'GET' | 'POST'; readonly token?: string | undefined; readonly json?: object; readonly signal?: AbortSignal | undefined };

const patienceMs = 15_000;
/** A sealed request is the largest thing a server sends. */
const maxAnswerBytes = 4 * 1024 * 1024;

/**
 * @param parse - what the answer must look like; anything else counts as unreachable, because it was not the server that answered
 * @returns never rejects
 */
export async function call<Value>(url: string, options: CallOptions, parse: (value: unknown) => Value | undefined): Promise<Answer<Value>> {
  try {
    const timeout = AbortSignal.timeout(patienceMs);
    const answer = await send(url, options, options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]));
    const body = await readJson(answer);
    if (!answer.ok) return refusal(answer.status, body);
    const value = parse(body);
    return value === undefined ? { kind: 'unreachable', message: `${new URL(url).host} answered in a way that is not a confirmation server's.` } : { kind: 'ok', value };
  } catch (error) {
    return { kind: 'unreachable', message: `${hostOf(url)} did not answer: ${reasonOf(error)}.` };
  }
}

/** The answer itself, for those that go on. Rejects when there is none. */
export async function send(url: string, { method, token, json }: CallOptions, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return await fetch(url, {
    method: method ?? (json === undefined ? 'GET' : 'POST'),
    headers: { ...(json === undefined ? {} : { 'Content-Type': 'application/json' }), ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    // A token must not follow to another place.
    redirect: 'error',
    signal,
  });
}

function refusal<Value>(status: number, body: unknown): Answer<Value> {
  const problem = parseProblem(body);
  // Without a reason of its own it was a proxy on the way, or the server is in trouble: nobody knows what became of the call.
  if (problem === undefined || status >= 500) return { kind: 'unreachable', message: `The server answered ${String(status)}.` };
  return { kind: 'refused', code: problem.error.code, message: problem.error.message };
}

async function readJson(answer: Response): Promise<unknown> {
  const parts: Bytes[] = [];
  let size = 0;
  const body: ReadableStream<Uint8Array> | null = answer.body;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > maxAnswerBytes) throw new Error('the answer is too long');
    parts.push(Uint8Array.from(part));
  }
  try {
    return JSON.parse(textOf(concat(...parts)) ?? '');
  } catch {
    // Not JSON: the caller's parser refuses it.
    return undefined;
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'The address';
}

/** The reason below `fetch failed`, without addresses or values. */
export function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}
